/** The room that one is in, and its parts in the frame: the others are hidden and rest. */

/** @import { AppState, Room, RoomKind, View } from "../types.js" */

import { h } from "../toolkit/dom.js";
import { embedded } from "./embed/asked.js";
import { readFragment } from "../url.js";

/** A room of this page, with its name and its door. @typedef {Room & Pick<RoomKind, "name" | "title" | "within">} NamedRoom */

/**
 * @param {NamedRoom[]} rooms
 * @param {AppState} state
 */
export function roomOf(rooms, state) {
  return rooms.find(({ name }) => name === state.room) ?? rooms[0];
}

/**
 * The room that the address names, or the first.
 * @param {Pick<RoomKind, "name">[]} rooms
 */
export function firstRoom(rooms) {
  const wanted = embedded ?? readFragment().view;
  return (rooms.find(({ name }) => name === wanted) ?? rooms[0]).name;
}

/**
 * One part of every room at one place of the frame: the view, or the transport.
 * @param {NamedRoom[]} rooms
 * @param {"view" | "transport"} part
 * @returns {View}
 */
export function partOfRooms(rooms, part) {
  const element = h("div", { class: `room-${part}` }, ...rooms.map((room) => room[part].element));
  /** @type {NamedRoom | null} */
  let last = null;
  return {
    element,
    update(state) {
      const room = roomOf(rooms, state);
      if (room !== last) {
        for (const each of rooms) each[part].element.hidden = each !== room;
        if (part === "view") {
          last?.depart?.();
          room.arrive?.();
        }
        last = room;
      }
      room[part].update(state);
    },
  };
}
