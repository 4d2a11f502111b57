/** What lies beside every room, wherever one is: its keys come before all others. */

/** @import { AppState, Part } from "../types.js" */

/**
 * The key of what lies beside the rooms; undefined where none is its.
 * @param {Part[]} parts
 * @param {AppState} state
 * @param {string} key
 */
export function keyBeside(parts, state, key) {
  for (const { beside } of parts) {
    const found = beside?.keys?.(state)[key];
    if (found) return found;
  }
  return undefined;
}
