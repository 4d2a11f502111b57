/** Rooms make themselves known here, each in its own module; `rooms.js` says which there are, and in what order. */

/** @import { RoomKind } from "./types.js" */

/** @type {RoomKind[]} */
const known = [];

/** @param {RoomKind} room */
export function register(room) {
  const taken = known.flatMap(({ state }) => Object.keys(state));
  const twice = Object.keys(room.state).find((field) => taken.includes(field));
  if (known.some(({ name }) => name === room.name)) throw new Error(`there are two rooms named ${room.name}`);
  if (twice) throw new Error(`the room ${room.name} keeps a field that another room has: ${twice}`);
  known.push(room);
}

/** In the order in which they made themselves known. */
export function roomKinds() {
  return known;
}
