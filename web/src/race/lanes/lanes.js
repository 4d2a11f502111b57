/** What a lane looks like and is called: its optimizer's colour, dashes and squares where it is not the first, and a name. */

/** @import { AppState } from "../../types.js" */
/** @import { OptimizerSpec } from "../../protocol.js" */
/** @import { Lane } from "../types.js" */

import { css, palette } from "../../toolkit/colours.js";
import { s } from "../../toolkit/dom.js";
import { formatSetting } from "../../toolkit/maths.js";
import { rowNamed } from "../../run/spec.js";
import { lookOf, patternOf } from "./looks.js";

export const MOST_LANES = 16;

/** @param {Lane} lane @param {string} theme */
export function colourOf(lane, theme) {
  const { colour, other } = lookOf(lane);
  return css(palette(theme)[other ? "otherLanes" : "lanes"][colour]);
}

/** Of a lane; null where it goes by a solver, which has neither rate nor dialects. @param {Pick<Lane, "optimizer">} lane */
export function optimizerOf({ optimizer }) {
  return optimizer.lr === undefined ? null : /** @type {OptimizerSpec} */ (optimizer);
}

/** Whether its line is not solid. @param {Lane} lane */
export function isDashed(lane) {
  return lookOf(lane).dash !== "solid";
}

/** Whether its head is a square. @param {Lane} lane */
export function isSquare(lane) {
  return lookOf(lane).other;
}

/**
 * The lanes' names, no two alike: label or rule, the dialect where both are there, the rate where even that is not enough.
 * @param {Lane[]} lanes
 * @param {AppState["catalog"]} catalog
 * @returns {Map<number, string>}
 */
export function namesOf(lanes, catalog) {
  const rows = [...(catalog?.optimizers ?? []), ...(catalog?.solvers ?? [])];
  const plain = (/** @type {Lane} */ { label, optimizer }) =>
    label || (rowNamed(rows, optimizer.name)?.title ?? optimizer.name);
  const spoken = (/** @type {Lane} */ lane) =>
    lane.label || lane.optimizer.dialect !== "pytorch" ? plain(lane) : `${plain(lane)}, PyTorch`;
  const rated = (/** @type {Lane} */ lane) => {
    const rate = optimizerOf(lane)?.lr;
    return rate === undefined ? spoken(lane) : `${spoken(lane)} η ${formatSetting(rate)}`;
  };
  const numbered = (/** @type {Lane} */ lane) => `${rated(lane)} · ${lane.id}`;
  let names = lanes.map(plain);
  for (const name of [spoken, rated, numbered]) {
    const before = names;
    names = lanes.map((lane, i) => (before.indexOf(before[i]) === before.lastIndexOf(before[i]) ? before[i] : name(lane)));
  }
  return new Map(lanes.map((lane, i) => [lane.id, names[i]]));
}

/** A lane's line, as the legend of the standings shows it. */
export function swatch() {
  const line = s("line", { x1: 1, x2: 19, y1: 6, y2: 6, "stroke-width": 3 });
  const head = s("circle", { cx: 10, cy: 6, r: 4.5, "stroke-width": 1 });
  const square = s("rect", { x: 6, y: 2, width: 8, height: 8, "stroke-width": 1 });
  const element = s(
    "svg",
    { viewBox: "0 0 20 12", width: 20, height: 12, "aria-hidden": "true", class: "lane-sign" },
    line,
    head,
    square,
  );
  return {
    element,
    /** @param {Lane} lane @param {string} theme */
    show(lane, theme) {
      const [colour, squared] = [colourOf(lane, theme), isSquare(lane)];
      line.setAttribute("stroke", colour);
      line.setAttribute(
        "stroke-dasharray",
        patternOf(lane)
          .map((length) => length / 2)
          .join(" ") || "none",
      );
      for (const shape of [head, square]) {
        shape.setAttribute("fill", colour);
        shape.setAttribute("stroke", palette(theme).paper);
      }
      head.style.display = squared ? "none" : "";
      square.style.display = squared ? "" : "none";
    },
  };
}
