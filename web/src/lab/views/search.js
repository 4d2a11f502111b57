/** Search: the grid as a map that fills cell by cell with the random draws on it; each opens its run. */

/** @import { Spec } from "../../types.js" */
/** @import { OwnView, Shown, Tools } from "./types.js" */
/** @import { Knob } from "./search/scale.js" */

import { css, mix } from "../../toolkit/colours.js";
import { h, memo, s, setText } from "../../toolkit/dom.js";
import { formatNumber } from "../../toolkit/maths.js";
import { lookOf } from "../figures/look.js";
import { across, ranked } from "./search/scale.js";
import { bar, dot, picture } from "./sketch.js";

/**
 * @typedef {object} Cell  a run of the search, as the engine tells it
 * @property {"grid" | "random"} kind
 * @property {number} row
 * @property {number} column
 * @property {number} x
 * @property {number} y
 * @property {boolean} ended
 * @property {number | null} [loss]
 * @property {number | null} [accuracy]
 */

/** @typedef {{x: Knob, y: Knob, columns: number[], rows: number[], by: string, cells: Cell[], spec: Record<string, unknown>, selected: number | null, knobs: string[]}} Found */

/** Of a random draw (px). */
const RADIUS = 5;

/** @param {Tools} tools @returns {OwnView} */
function view(tools) {
  const map = s("svg", {
    class: "search-map",
    role: "group",
    "aria-label": "Runs of the search: arrow keys go from one to the next, Enter opens it",
  });
  const [up, over] = [h("span", { class: "search-y small" }), h("span", { class: "search-x small" })];
  const ends = Array.from({ length: 4 }, () => h("span", { class: "small" }));
  const place = h("div", { class: "search-map-place" }, map);
  const about = h("p", { class: "search-about small", role: "status", data: { testid: "search-about" } });
  const worst = h("span", {});
  const key = h("p", { class: "search-key small" }, "best", h("span", { class: "search-scale", "aria-hidden": "true" }), worst);
  const paths = h("datalist", { id: "search-knobs" });
  const best = tools.chart();
  const open = h(
    "button",
    { type: "button", class: "quiet-button", data: { testid: "search-open" }, onclick: () => openCell(selected()) },
    "Open the best run",
  );
  const element = h(
    "div",
    { class: "lab-pair search", data: { testid: "search" } },
    h(
      "section",
      { class: "search-place" },
      h("div", { class: "search-up" }, ends[0], up, ends[1]),
      place,
      h("div", { class: "search-over" }, ends[2], over, ends[3]),
      about,
      h("div", { class: "search-foot" }, key, open),
    ),
    best.element,
    paths,
  );
  const changed = memo();
  /** @type {Found | null} */
  let found = null;
  /** @type {Shown | null} */
  let last = null;
  let current = -1;
  map.addEventListener("keydown", byKey);
  new ResizeObserver(() => found && last && draw(found, last)).observe(place);
  return { element, update };

  /** @param {Shown} shown */
  function update(shown) {
    last = shown;
    best.show(
      shown.figures.find(({ name }) => name === "best"),
      shown,
    );
    found = shown.figures.length > 0 ? /** @type {Found} */ (/** @type {unknown} */ (shown.values)) : null;
    open.disabled = selected() === null;
    if (found && changed([shown.figures, shown.theme, shown.projector])) draw(found, shown);
  }

  function selected() {
    return found?.selected ?? null;
  }

  /** @param {Found} of @param {Shown} shown */
  function draw(of, shown) {
    const look = lookOf(shown.theme);
    const [width, height] = [Math.max(40, place.clientWidth), Math.max(40, place.clientHeight)];
    map.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const [xs, ys] = [across(of.x, of.columns), across(of.y, of.rows)];
    const measure = (/** @type {Cell} */ cell) => (of.by === "loss" ? (cell.loss ?? null) : (cell.accuracy ?? null));
    const rank = ranked(of.cells.map(measure), of.by === "loss");
    const ground = look.colours.ground;
    const colour = (/** @type {Cell} */ cell) => {
      const at = rank(measure(cell));
      if (at === null) return cell.ended ? look.colours.paper : "none";
      const place = at * (ground.length - 1);
      const below = Math.min(ground.length - 2, Math.floor(place));
      return css(mix(ground[below], ground[below + 1], place - below));
    };
    const focused = map.contains(document.activeElement);
    const nodes = of.cells.map((cell, number) => {
      const grid = cell.kind === "grid";
      const common = {
        class: `search-cell ${cell.kind}${number === of.selected ? " best" : ""}${cell.ended && measure(cell) === null ? " gone" : ""}`,
        fill: colour(cell),
        "data-cell": String(number),
        role: "button",
        tabindex: "-1",
        "aria-label": wordsOf(cell),
        "aria-disabled": String(!cell.ended),
      };
      if (!grid)
        return s("circle", { ...common, cx: width * xs.share(cell.x), cy: height * (1 - ys.share(cell.y)), r: RADIUS });
      const [x0, x1] = [xs.edges[cell.column], xs.edges[cell.column + 1]];
      const [y0, y1] = [ys.edges[cell.row], ys.edges[cell.row + 1]];
      const box = { x: width * x0, y: height * (1 - y1), width: width * (x1 - x0), height: height * (y1 - y0) };
      return s("rect", { ...common, ...box });
    });
    nodes.forEach((node, number) => {
      node.addEventListener("click", () => openCell(number));
      node.addEventListener("pointerenter", () => point(number));
      node.addEventListener("focus", () => point(number));
    });
    // draws lie on the map, the best on top
    const order = of.cells.map((_, number) => number);
    const layer = (/** @type {number} */ number) => (number === of.selected ? 2 : of.cells[number].kind === "random" ? 1 : 0);
    order.sort((a, b) => layer(a) - layer(b) || a - b);
    map.replaceChildren(...order.map((number) => nodes[number]));
    current = Math.min(current, nodes.length - 1);
    const first = nodes[current >= 0 ? current : (of.selected ?? 0)];
    first?.setAttribute("tabindex", "0");
    if (focused) first?.focus();
    setText(over, of.x.title);
    setText(up, of.y.title);
    const told = [of.rows[0], of.rows[of.rows.length - 1], of.columns[0], of.columns[of.columns.length - 1]];
    ends.forEach((end, i) => setText(end, formatNumber(told[i], 2, 1e-3)));
    setText(worst, `worst validation ${of.by}. Squares: grid; discs: random; dashed: diverged.`);
    suggest(of.knobs);
    if (current < 0)
      setText(
        about,
        of.selected === null ? "Point at a run, or press Enter on it." : `Best: ${wordsOf(of.cells[of.selected])}`,
      );
    else setText(about, wordsOf(of.cells[current]));
  }

  /** The numbers of the spec are offered where a knob is typed. @param {string[]} knobs */
  function suggest(knobs) {
    paths.replaceChildren(...knobs.map((path) => h("option", { value: path })));
    for (const name of ["lab.x", "lab.y"]) document.querySelector(`input[name="${name}"]`)?.setAttribute("list", paths.id);
  }

  /** @param {Cell} cell */
  function wordsOf(cell) {
    if (!found) return "";
    const where = `${cell.kind}: ${found.x.title} ${formatNumber(cell.x, 3, 1e-3)}, ${found.y.title} ${formatNumber(cell.y, 3, 1e-3)}`;
    if (!cell.ended) return `${where}: not run yet`;
    if (cell.loss === null || cell.loss === undefined) return `${where}: diverged`;
    const share = cell.accuracy === null || cell.accuracy === undefined ? "" : `, accuracy ${formatNumber(cell.accuracy, 3)}`;
    return `${where}: validation loss ${formatNumber(cell.loss, 3)}${share}`;
  }

  /** @param {number} number */
  function point(number) {
    current = number;
    if (found) setText(about, wordsOf(found.cells[number]));
  }

  /** @param {number | null} number */
  function openCell(number) {
    const cell = number === null ? undefined : found?.cells[number];
    if (!found || !cell?.ended) return;
    void tools.openRun(specOf(found, cell));
  }

  /** @param {KeyboardEvent} event */
  function byKey(event) {
    const node = /** @type {Element} */ (event.target).closest("[data-cell]");
    if (!node || !found || !last) return;
    const number = Number(node.getAttribute("data-cell"));
    if (event.key === "Enter" || event.key === " ") openCell(number);
    else {
      const to = neighbour(found.cells, number, event.key);
      if (to === null) return;
      map.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
      const next = /** @type {SVGElement | null} */ (map.querySelector(`[data-cell="${to}"]`));
      next?.setAttribute("tabindex", "0");
      next?.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  }
}

/** The cell beside one of the grid, or the draw before or after one. @param {Cell[]} cells @param {number} from @param {string} key */
function neighbour(cells, from, key) {
  const [right, upwards] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[key] ?? [0, 0];
  if (!right && !upwards) return null;
  const { kind, row, column } = cells[from];
  const step = kind === "random" ? right + upwards : right;
  const to = cells.findIndex(
    (cell) => cell.kind === kind && cell.column === column + step && (kind === "random" || cell.row === row + upwards),
  );
  return to < 0 ? from : to;
}

/** The run of a cell: the engine's spec with its two numbers in their places. @param {Found} found @param {Cell} cell */
export function specOf({ spec, x, y }, cell) {
  const made = structuredClone(spec);
  for (const [path, value] of [
    [x.path, cell.x],
    [y.path, cell.y],
  ]) {
    const steps = String(path).split(".");
    /** @type {Record<string, unknown>} */
    let inside = made;
    for (const step of steps.slice(0, -1)) inside = /** @type {Record<string, unknown>} */ (inside[step]);
    inside[steps[steps.length - 1]] = value;
  }
  return /** @type {Spec} */ (/** @type {unknown} */ (made));
}

const thumbnail = () =>
  picture(
    ...[0, 1, 2, 3].flatMap((row) =>
      [0, 1, 2, 3, 4, 5].map((column) =>
        bar(
          22 + column * 20,
          8 + row * 19,
          18,
          17,
          Math.hypot(column - 3, row - 1.5) < 1.2 ? "lane-3" : Math.hypot(column - 3, row - 1.5) < 2.3 ? "lane-6" : "faint",
        ),
      ),
    ),
    dot(86, 38, "neg", 3.5),
    dot(44, 60, "neg", 3.5),
    dot(120, 20, "neg", 3.5),
    dot(66, 24, "neg", 3.5),
  );

export default { thumbnail, view };
