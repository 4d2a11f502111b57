/** What lies beside every room, wherever one is: its keys come before all others. */

/** @import { AppState } from "../types.js" */
/** @import { NamedRoom } from "./current-room.js" */

/**
 * The key of what lies beside the rooms; undefined where none is its.
 * @param {NamedRoom[]} rooms
 * @param {AppState} state
 * @param {string} key
 */
export function keyBeside(rooms, state, key) {
  for (const { beside } of rooms) {
    const found = beside?.keys?.(state)[key];
    if (found) return found;
  }
  return undefined;
}
