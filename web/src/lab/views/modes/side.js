/** One mode: its Jacobian as far as it is filled, how many passes that took, and what the present pass carries along. */

/** @import { Side } from "./read.js" */

import { h, memo, setAttribute, setText } from "../../../toolkit/dom.js";
import { formatExact, formatNumber } from "../../../toolkit/maths.js";
import { heatOf, jacobianTable } from "./jacobian.js";

/** Numbers of a station that are written out; of more the first ones, and how many there are. */
const WRITTEN = 10;

/**
 * @param {"forward" | "reverse"} mode
 * @param {(step: number) => void} go
 */
export function sideView(mode, go) {
  const title = h("h3", {});
  const count = h("p", { class: "modes-count", data: { testid: `modes-${mode}-count` } });
  const table = jacobianTable(mode, go);
  const pass = h("p", { class: "small modes-pass" });
  const rows = h("tbody", {});
  const carried = h("table", { class: "modes-carried", data: { testid: `modes-${mode}-pass` } }, rows);
  const element = h(
    "section",
    { class: "modes-side", data: { mode } },
    h("header", {}, title, count),
    table.element,
    pass,
    h(
      "div",
      { class: "modes-scroll", tabindex: 0, role: "region", aria: { label: `The numbers of a pass of ${mode} mode` } },
      carried,
    ),
  );
  const changed = memo();
  return {
    element,
    /** @param {Side} side @param {number} step */
    update(side, step) {
      if (!changed(side, step)) return;
      const made = Math.min(step + 1, side.passes);
      setText(title, side.title);
      const passes = `${side.passes} ${side.passes === 1 ? "pass" : "passes"}`;
      const done = step + 1 >= side.passes;
      setText(count, done ? `done after ${passes}` : `${made} of ${passes}`);
      element.toggleAttribute("data-done", done);
      setAttribute(element, "data-passes", String(made));
      table.update(side, step);
      const at = made - 1;
      setText(pass, `${step + 1 > side.passes ? "Its last pass" : "This pass"}: ${wordsOf(side, at)}`);
      rows.replaceChildren(...side.stations.map((station, i) => rowOf(side, station, at, i === side.stations.length - 1)));
    },
  };
}

/** @param {Side} side @param {number} at */
function wordsOf(side, at) {
  return side.mode === "forward"
    ? `the derivative by ${side.inputs[at]} carried forward makes column ${at + 1}`
    : `the derivative of ${side.outputs[at]} carried back makes row ${at + 1}`;
}

/** @param {Side} side @param {import("./read.js").Station} station @param {number} at @param {boolean} last */
function rowOf(side, station, at, last) {
  const { data, shape } = side.numbers;
  const start = at * shape[1] + station.first;
  const numbers = Array.from(data.slice(start, start + station.units));
  const most = Math.max(...numbers.map(Math.abs));
  const cells = numbers.slice(0, WRITTEN).map((number) => {
    const cell = h("td", { data: { value: formatExact(number) }, title: formatExact(number) }, formatNumber(number, 3, 1e-3));
    cell.style.setProperty("--heat", `${heatOf(number, most)}%`);
    cell.classList.toggle("negative", number < 0);
    return cell;
  });
  const left = station.units - cells.length;
  return h(
    "tr",
    { class: last ? "last" : "" },
    h("th", { scope: "row" }, station.symbol),
    ...cells,
    left > 0 && h("td", { class: "more" }, `… ${left} more`),
  );
}
