/** Where one may go in an embed: it is one room, with what belongs to it; a lesson's cards lead through all. */

/** @import { AppState } from "../../types.js" */

import { roomKinds } from "../../registry.js";
import { embed, embedded } from "./asked.js";

/** Whether one room is all there is: nothing invites to another. */
export const alone = embedded !== null && embed !== "lesson";

/** Why one stays. */
export const stays = () =>
  `This frame shows ${roomKinds().find(({ name }) => name === embedded)?.title ?? "one room"} alone; “open in chainrule” has the others.`;

/** @param {string} room @param {Pick<AppState, "lesson">} state */
export function mayEnter(room, { lesson }) {
  if (!alone || lesson !== null) return true;
  return room === embedded || roomKinds().some(({ name, within }) => name === room && within === embedded);
}
