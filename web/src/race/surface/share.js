/** A race to take away: a link that replays it, a page of its own, a picture, a table. */

import { download } from "../../toolkit/files.js";
import { addressOf, pack, unpack } from "../../link.js";
import { formatCount } from "../../toolkit/maths.js";
import { writeFragment } from "../../url.js";
import { menuOf, pill } from "../../shared/tools.js";
import { FIELD, raceLinkHere } from "./link.js";
import { racePicture } from "../picture.js";

/** Characters a script may have in a link. */
const LONGEST = 8192;

/**
 * The race of this page's address, if there is one: begun in the session that is attached now.
 * @param {import("./actions.js").RaceActions} actions
 */
export async function openRaceLink(actions) {
  const packed = raceLinkHere();
  if (packed === null) return;
  const script = await unpack(packed).catch(() => null);
  if (script === null)
    actions.complain("This link is damaged: a part of it is missing or was changed. Another race stands here instead.");
  else if (await actions.tell({ type: "race_load", script })) {
    if (actions.state.raceClock?.same_bits === false) {
      actions.say("This race was recorded on another machine: its numbers may differ in their last digits.");
    }
  }
  writeFragment({ [FIELD]: null });
}

/** @param {import("./actions.js").RaceActions} actions */
async function copyLink(actions) {
  const script = await actions.script();
  if (script === null) return;
  const packed = await pack(script);
  if (packed.length > LONGEST) {
    actions.complain(
      "This race is too long for a link: it has more changes than eight kilobytes hold. Take it away as a page.",
    );
    return;
  }
  const url = addressOf({ packed }, FIELD);
  try {
    await navigator.clipboard.writeText(url);
  } catch {
    actions.onLink({ url, note: "" });
    return;
  }
  actions.say(`The link is copied. It replays this very race to step ${formatCount(actions.state.raceClock?.step ?? 0)}.`);
}

/** @param {import("./actions.js").RaceActions} actions */
async function exportPicture(actions) {
  const { race, raceClock } = actions.state;
  if (!race || !raceClock) return;
  try {
    const blob = await racePicture(`${race.title} · step ${formatCount(raceClock.step)}`);
    download(`chainrule-race-${race.spec.surface.name}-step-${raceClock.step}.png`, blob);
  } catch (error) {
    actions.complain(`The picture cannot be made: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * The bar's buttons while one is in the room.
 * @param {import("./actions.js").RaceActions} actions
 * @returns {HTMLElement[]}
 */
export function raceTools(actions) {
  return [
    pill("race-share", "Share link", () => copyLink(actions), {}, "share"),
    menuOf("race-export", "Export", [
      ["Page with everything in it", "HTML", () => actions.exportFile("html")],
      ["Picture", "PNG", () => exportPicture(actions)],
      ["Every step of every lane", "CSV", () => actions.exportFile("csv")],
    ]),
  ];
}
