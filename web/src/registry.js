/**
 * Rooms make themselves known here, each in its own module; `rooms.js` says which there are, and in what order. So does what is on
 * the page in every room and is no room (`asides.js`).
 */

/** @import { AsideKind, RoomKind } from "./types.js" */

/** @type {RoomKind[]} */
const known = [];
/** @type {AsideKind[]} */
const asides = [];

/** @param {RoomKind} room */
export function register(room) {
  refuseTwice(room);
  known.push(room);
}

/** @param {AsideKind} aside */
export function registerAside(aside) {
  refuseTwice(aside);
  asides.push(aside);
}

/** @param {RoomKind | AsideKind} part */
function refuseTwice(part) {
  const others = [...known, ...asides];
  const taken = others.flatMap(({ state }) => Object.keys(state));
  const twice = Object.keys(part.state).find((field) => taken.includes(field));
  if (others.some(({ name }) => name === part.name)) throw new Error(`there are two rooms named ${part.name}`);
  if (twice) throw new Error(`the room ${part.name} keeps a field that another room has: ${twice}`);
}

/** In the order in which they made themselves known. */
export function roomKinds() {
  return known;
}

/** What is on the page in every room, in the order in which it made itself known. */
export function asideKinds() {
  return asides;
}
