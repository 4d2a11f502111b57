/** When the stage covers the page. */

/** @import { Room, Teaching } from "../slice.js" */

/** Whether there is something that the class is to look at in place of the page. @param {Room} room */
export const hasStage = ({ question, wall, board, put_up: putUp }) =>
  question !== null || Boolean(wall) || Boolean(board) || Boolean(putUp);

/** @param {Teaching} teaching */
export const stageSeen = ({ room, shown, picking, joining }) =>
  room !== null && room.state !== "ended" && (joining || (shown && !picking && hasStage(room)));

/** Whether the controls are on another device of the teacher's. @param {Room | null} room */
export const controlledElsewhere = (room) => (room?.remotes ?? 0) > 0;
