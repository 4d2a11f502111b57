/** The gallery's tiles that are one's own: points to be drawn, and the data last brought along. */

/** @import { InlineData } from "../../protocol.js" */
/** @import { AppState, DatasetRow } from "../../types.js" */

import { h, memo, setAttribute } from "../../toolkit/dom.js";
import { formatCount } from "../../toolkit/maths.js";
import { isInline, specOf, withOwnData } from "../../run/spec.js";
import { icon } from "../../toolkit/icons.js";
import { thumbnail } from "./thumbnails.js";

/** Points that a thumbnail shows. */
const SHOWN = 80;

/**
 * The button that chooses a file.
 * @param {import("../actions.js").TrainActions} actions
 */
export function ownButtons(actions) {
  return h(
    "button",
    {
      type: "button",
      class: "quiet-button own-button",
      title: "a CSV, TSV or Excel file; it can be dropped anywhere on the page too",
      data: { testid: "own-data" },
      onclick: () => actions.pickTable(),
    },
    icon("file"),
    "Your own data…",
  );
}

/** @param {import("../actions.js").TrainActions} actions */
export function ownTiles(actions) {
  /** @type {InlineData | null} */
  let data = null;
  let present = false;
  let drawing = false;
  const pencil = h(
    "button",
    {
      type: "button",
      class: "tile pencil",
      title: "Draw points by hand",
      aria: { label: "Draw points by hand", pressed: false },
      data: { testid: "draw" },
      onclick: () => actions.draw(!drawing),
    },
    icon("pencil"),
  );
  const tile = h("button", {
    type: "button",
    class: "tile",
    hidden: true,
    data: { testid: "own-tile" },
    onclick: () => {
      const kept = data;
      if (kept && !present) actions.begin((now) => withOwnData(now, kept), "data");
    },
  });
  const painted = memo();
  return {
    pencil,
    tile,
    data: () => data,
    chosen: () => present,
    words: () => (data ? wordsOf(data) : ""),
    /** @param {AppState} state */
    update(state) {
      const spec = specOf(state);
      present = spec !== null && isInline(spec.data);
      if (spec && isInline(spec.data)) data = spec.data;
      drawing = state.drawing;
      setAttribute(pencil, "aria-pressed", String(drawing));
      setAttribute(tile, "aria-pressed", String(present));
      tile.hidden = data === null;
      if (!data || !painted(data, state.theme)) return;
      const title = data.title ?? "own data";
      tile.title = title;
      setAttribute(tile, "aria-label", title);
      tile.replaceChildren(thumbnail(asRow(data), state.theme));
    },
  };
}

/** @param {InlineData} data */
function wordsOf(data) {
  const rows = data.train_x.length + (data.test_x?.length ?? 0) + (data.validation_x?.length ?? 0);
  const count = data.train_x[0].length;
  if (data.kind === "image") return `${formatCount(rows)} pictures of ${Math.sqrt(count)} × ${Math.sqrt(count)} pixels.`;
  if (data.kind === "plane" && !data.columns) return `${formatCount(rows)} points, placed by hand.`;
  const across = `${count} column${count === 1 ? "" : "s"}`;
  const from = data.kind === "plane" ? `x is ${data.columns?.[0]}, y is ${data.columns?.[1]}` : across;
  return `${formatCount(rows)} rows, ${from}. To be predicted: ${data.target ?? "y"}.`;
}

/**
 * As much of a catalog's row as a thumbnail needs.
 * @param {InlineData} data
 * @returns {DatasetRow}
 */
function asRow(data) {
  const every = Math.max(1, Math.floor(data.train_x.length / SHOWN));
  /** @template T @param {T[]} values */
  const some = (values) => values.filter((_, i) => i % every === 0);
  const classes = data.classes ?? ["0", "1"];
  const preview =
    data.kind === "plane" ? { x: some(data.train_x), y: some(/** @type {(number | number[])[]} */ (data.train_y)) } : null;
  return /** @type {DatasetRow} */ ({ kind: data.kind, task: data.task, title: data.title ?? "own data", classes, preview });
}
