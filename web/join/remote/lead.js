/** Leading the room: the card, the run, what everybody does now. */

/** @import { Controls } from "./controls.js" */
/** @import { Block } from "./types.js" */

import { SORTS } from "../../src/class/wall/words.js";
import { h, setAttribute, setText } from "../../src/toolkit/dom.js";
import { block, press, toggle } from "./controls.js";

/** @param {Controls} controls @returns {Block} */
export function leadBlock(controls) {
  const where = h("p", { class: "remote-where", data: { testid: "remote-seen" } });
  const back = press(controls, "◂ Card", "next", () => ({ by: -1 }), { hook: "card-back" });
  const next = press(controls, "Card ▸", "next", () => ({ by: 1 }), { hook: "card-next" });
  const play = press(controls, "Play", "play", () => ({ on: true }), { hook: "play" });
  const pause = press(controls, "Pause", "play", () => ({ on: false }), { hook: "pause" });
  const eyes = toggle(controls, "Eyes up", "eyes_up");
  const seeds = h("input", { type: "checkbox", data: { testid: "remote-seeds" } });
  const turn = toggle(controls, "Your turn", "your_turn", (on) => ({ on, seeds: seeds.checked }));
  const order = h(
    "select",
    { class: "remote-field", aria: { label: "Order of the runs" }, data: { testid: "remote-wall-sort" } },
    ...SORTS.map(([value, words]) => h("option", { value }, words)),
  );
  const wall = toggle(controls, "Everybody’s runs", "wall", (on) => ({ on, sort: order.value }));
  order.addEventListener("change", () => {
    if (wall.getAttribute("aria-pressed") === "true")
      void controls.told(controls.command("wall", { on: true, sort: order.value }));
  });
  const collect = toggle(controls, "Collect all starts", "collect");
  const down = press(controls, "Take the run down", "put_up", () => ({ member: null }), { hook: "take-down" });
  const element = block(
    "Lead",
    "lead",
    where,
    h("div", { class: "remote-row" }, back, next, play, pause),
    h("div", { class: "remote-row" }, eyes, turn),
    h("label", { class: "remote-check" }, seeds, "a seed of one’s own for each"),
    h("div", { class: "remote-row" }, wall, collect, down),
    h("label", { class: "remote-label" }, "Order of the runs", order),
  );
  return {
    element,
    update(room) {
      const { seen, line } = room;
      setText(
        where,
        line === "away"
          ? "The large screen is away: it comes back by itself."
          : (seen?.title ?? "The large screen shows no room yet."),
      );
      setAttribute(eyes, "aria-pressed", String(room.eyes_up !== null));
      setAttribute(turn, "aria-pressed", String(room.turn !== null));
      setAttribute(wall, "aria-pressed", String(room.wall !== null));
      setAttribute(collect, "aria-pressed", String(Boolean(room.wall?.collected)));
      if (room.turn) seeds.checked = room.turn.seeds;
      if (room.wall && document.activeElement !== order) order.value = room.wall.sort;
      down.hidden = room.put_up === null;
    },
  };
}
