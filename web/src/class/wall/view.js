/**
 * Everybody's runs: small multiples, a picture and one number each, in an order that holds still while one looks at it. One that
 * its owner offered can be pressed, and is then on the screen.
 */

/** @import { Command, Piece, PutUp, RoomEvent, Wall } from "./types.js" */

import { markup } from "../../shared/markup.js";
import { palette } from "../../toolkit/colours.js";
import { h, memo, setText } from "../../toolkit/dom.js";
import { refusedWords } from "./refused.js";
import { collectedView } from "./collected.js";
import { spanOf } from "./draw.js";
import { rovingFocus } from "./grid-keys.js";
import { pieces, sorted } from "./pieces.js";
import { putUpView } from "./put-up.js";
import { tileOf } from "./tile.js";
import { SORTS, numberOf, told } from "./words.js";

/** Milliseconds for which an order holds, whatever the numbers do meanwhile. */
const HOLDS = 4000;
/** The place of “task met first” among the orders. */
const MET = SORTS.findIndex(([name]) => name === "met");
/** Pieces up to which they are large, and middling. */
const [FEW, MANY] = [18, 60];

const EMPTY = "Nobody’s run is here yet. One comes as soon as a learner has a screen of their own.";
const LOST = "The line is lost: these are the last pictures that came.";
const NOT_OFFERED = "Its owner has not offered this run: it stays on its own screen.";

/** @param {{command: Command, store: {schedule: () => void}}} room */
export function wallView({ command, store }) {
  pieces.came = () => store.schedule();
  /** @type {Map<Piece["member"], ReturnType<typeof tileOf>>} */
  const tiles = new Map();
  const line = h("span", { class: "wall-told small", data: { testid: "wall-told" } });
  const order = h(
    "select",
    { class: "wall-order", aria: { label: "Order" }, data: { testid: "wall-sort" }, onchange: () => reorder() },
    ...SORTS.map(([value, words]) => h("option", { value }, words)),
  );
  const task = h("p", { class: "wall-task", hidden: true, data: { testid: "wall-task" } });
  const collected = collectedView();
  const large = putUpView(() => tried(command("put_up", { member: null })));
  const grid = h("div", {
    class: "wall-grid",
    role: "group",
    aria: { label: "Everybody’s runs" },
    data: { testid: "wall-grid" },
  });
  const roved = rovingFocus(grid);
  const empty = h("p", { class: "wall-empty", data: { testid: "wall-empty" } }, EMPTY);
  const status = h("p", { class: "wall-status small", role: "status", data: { testid: "wall-status" } });
  const element = h(
    "section",
    { class: "wall", hidden: true, aria: { label: "Everybody’s runs" }, data: { testid: "wall" } },
    h("div", { class: "wall-head" }, h("h2", { class: "panel-title" }, "Everybody’s runs"), order, line),
    task,
    collected.element,
    h("div", { class: "wall-body" }, large.element, grid, empty),
    status,
  );
  /** @type {{wall: Wall, up: PutUp | null} | null} */
  let shown = null;
  /** @type {Piece["member"][]} */
  let placed = [];
  let placedAt = -Infinity;
  /** @type {number | undefined} */
  let again;
  const [worded, drawn, sorting, fresh] = [memo(), memo(), memo(), memo()];

  async function reorder() {
    await tried(command("wall", { on: true, sort: order.value }));
    if (shown) order.value = shown.wall.sort; // what was refused is not so
  }

  /** @param {Piece["member"]} member */
  async function press(member) {
    const piece = pieces.all.get(member);
    if (!piece) return;
    if (!piece.offered) setText(status, NOT_OFFERED);
    else await tried(command("put_up", { member: shown?.up?.member === member ? null : member }));
  }

  /** @param {Promise<unknown>} answer */
  async function tried(answer) {
    try {
      await answer;
      setText(status, "");
      status.dataset.kind = "";
    } catch (error) {
      setText(status, refusedWords(error));
      status.dataset.kind = "error";
    }
  }

  /** Tiles in their order; it is another only when it is due, and not under the eyes of one who points at a piece. @param {Wall} wall */
  function place(wall) {
    const goal = sorted(pieces.all.values(), wall.sort, wall.number.best).map(({ member }) => member);
    const wished = sorting(wall.sort, pieces.all.size);
    const wait = HOLDS - (performance.now() - placedAt);
    if (!wished && goal.join() === placed.join()) return;
    if (!wished && (wait > 0 || grid.matches(":hover, :focus-within"))) {
      clearTimeout(again);
      again = window.setTimeout(
        () => {
          if (!shown) return;
          place(shown.wall);
          tell(shown.wall, document.documentElement.dataset.theme ?? "light");
        },
        Math.max(wait, 500),
      );
      return;
    }
    placedAt = performance.now();
    placed = goal;
    for (const [member, tile] of tiles) {
      if (pieces.all.has(member)) continue;
      tile.element.remove();
      tiles.delete(member);
    }
    const focus = document.activeElement;
    goal.forEach((member, i) => {
      let tile = tiles.get(member);
      if (!tile) tiles.set(member, (tile = tileOf(member, press)));
      if (grid.children[i] !== tile.element) grid.insertBefore(tile.element, grid.children[i] ?? null);
    });
    if (focus instanceof HTMLElement && grid.contains(focus)) focus.focus(); // moving it took it away
    roved();
    for (const member of goal) pieces.changed.add(member); // its place is spoken
  }

  /** @param {Wall} wall @param {string} theme */
  function tell(wall, theme) {
    const colours = palette(theme);
    const up = shown?.up ?? null;
    const span = wall.shape === "curve" ? spanOf(pieces.all.values()) : null;
    const all = drawn(theme, wall.shape, wall.number.form, wall.task === null, span?.[0], span?.[1], up?.member);
    if (all) for (const member of pieces.all.keys()) pieces.changed.add(member);
    large.show(up, wall, up ? pieces.all.get(up.member) : undefined, colours, span);
    for (const member of pieces.changed) {
      const [piece, tile] = [pieces.all.get(member), tiles.get(member)];
      if (!piece || !tile) continue;
      tile.tell(piece, placed.indexOf(member) + 1, wall, up?.member === member);
      tile.draw(piece, wall.shape, colours, span);
    }
    element.dataset.drawn = String(pieces.changed.size);
    pieces.changed.clear();
  }

  /** @param {Pick<RoomEvent, "wall" | "put_up" | "remotes">} room @param {boolean} lost */
  function show({ wall, put_up: up, remotes }, lost) {
    const elsewhere = remotes > 0;
    element.hidden = wall === null;
    shown = wall && { wall, up };
    if (!wall) {
      clearTimeout(again);
      return;
    }
    const count = pieces.all.size;
    element.dataset.crowd = count <= FEW ? "few" : count <= MANY ? "many" : "crowd";
    empty.hidden = count > 0;
    grid.hidden = count === 0;
    if (document.activeElement !== order) order.value = wall.sort;
    // The teacher's phone has the controls: there is none on what is projected.
    order.hidden = elsewhere;
    order.options[MET].hidden = wall.task === null;
    const theme = document.documentElement.dataset.theme ?? "light";
    element.toggleAttribute("data-elsewhere", elsewhere);
    if (fresh(wall, up, pieces.version, theme)) {
      place(wall);
      tell(wall, theme);
    }
    if (worded(wall, pieces.version)) {
      setText(line, told(wall, [...pieces.all.values()]));
      task.hidden = wall.task === null;
      const { task: asked } = wall;
      if (asked) task.replaceChildren(`${asked.met} of ${asked.of} have met the task: `, markup(asked.ask));
      collected.show(wall.collected, (value) => numberOf(value, wall.number.form));
    }
    if (lost) setText(status, LOST);
    else if (status.textContent === LOST) setText(status, "");
  }

  return {
    element,
    /** @param {Pick<RoomEvent, "wall" | "put_up" | "remotes">} room @param {{teaching: {line: string}}} state */
    update: (room, { teaching }) => show(room, teaching.line === "lost"),
  };
}
