/** What others put on the stage and into the class's menu, in their order: each has its own folder. */

/** @import { AppState } from "../types.js" */
/** @import { Room } from "./slice.js" */

import { boardForm } from "./wall/board-form.js";
import { boardView } from "./wall/board.js";
import { handCounts } from "./wall/hand-counts.js";
import { membersView } from "./wall/members.js";
import { takeWallFrame } from "./wall/pieces.js";
import { wallView } from "./wall/view.js";

/**
 * What a part may ask: the room's commands, by `command(name, fields)`, which rejects where one is refused.
 * @typedef {{command: (name: string, fields?: Record<string, unknown>) => Promise<unknown>, store: import("../store.js").Store}} Hands
 *
 * It hides itself where it has nothing to show.
 * @typedef {{element: HTMLElement, update: (room: Room, state: AppState) => void}} RoomView
 */

/** At the foot of the stage. @type {((hands: Hands) => RoomView)[]} */
export const STAGE = [wallView, boardView];

/** In the class's menu. @type {((hands: Hands) => RoomView)[]} */
export const MENU = [handCounts, boardForm, membersView];

/** Pictures that come over the room's own socket. @type {((frame: import("../channels.js").AnyFrame & {meta: unknown}) => void)[]} */
export const FRAME_TAKERS = [takeWallFrame];
