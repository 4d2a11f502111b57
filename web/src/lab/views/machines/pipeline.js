/** The pipeline: a row a device, its tasks over time; what is hatched between them is the bubble. */

/** @import { Shown } from "../types.js" */
/** @import { NamedArray } from "../../../channels.js" */

import { h, memo, setText } from "../../../toolkit/dom.js";
import { formatPercent } from "../../../toolkit/maths.js";

/** What the engine tells of it. @typedef {{machines: number, micro: number, time: number, bubble: number, bubble_real: number | null, stages: number[][]}} Told */
/** @typedef {{device: number, micro: number, backward: boolean, start: number, end: number}} Task */

/** @param {Shown} shown @returns {Told | null} */
const toldOf = ({ values, arrays }) =>
  values.part === "pipeline" && arrays.tasks ? /** @type {Told} */ (/** @type {unknown} */ (values)) : null;

/** @param {NamedArray | undefined} array @returns {Task[]} */
function tasksOf(array) {
  if (!array) return [];
  const [count, width] = array.shape;
  return Array.from({ length: count }, (_, i) => {
    const [device, micro, kind, start, end] = array.data.subarray(i * width, (i + 1) * width);
    return { device, micro, backward: kind === 1, start, end };
  });
}

export function pipelineView() {
  const [equal, real] = [chartOf("pipeline-equal"), chartOf("pipeline-real")];
  const legend = h(
    "p",
    { class: "small pipeline-signs" },
    h("i", { class: "pipeline-task" }),
    "forward ",
    h("i", { class: "pipeline-task backward" }),
    "backward ",
    h("i", { class: "pipeline-idle" }),
    "waits; the numbers are micro-batches",
  );
  const element = h("section", { class: "pipeline-place" }, legend, equal.element, real.element);
  return {
    element,
    /** @param {Shown} shown */
    update(shown) {
      const told = toldOf(shown);
      if (!told) return;
      const one = shown.step;
      equal.show(shown.arrays.tasks, told.machines, `Stages of equal length: ${formatPercent(told.bubble)} bubble`, null, one);
      const own = told.bubble_real === null ? undefined : shown.arrays.tasks_real;
      const title = `This network's layers, cut as evenly as they go: ${formatPercent(told.bubble_real)} bubble`;
      real.show(own, told.machines, title, told.stages, null);
    },
    /** @param {Shown} shown */
    steps: (shown) => toldOf(shown)?.time ?? 0,
    /** @param {Shown} shown */
    words(shown) {
      const told = toldOf(shown);
      if (!told) return "";
      const now = tasksOf(shown.arrays.tasks).filter((task) => task.start <= shown.step && shown.step < task.end);
      const waiting = told.machines - now.length;
      return `time ${shown.step + 1} of ${told.time}: ${now.length} at work, ${waiting} ${waiting === 1 ? "waits" : "wait"}`;
    },
  };
}

/** @param {string} testid */
function chartOf(testid) {
  const title = h("h3", { class: "lab-figure-title" });
  const rows = h("div", { class: "pipeline-rows" });
  const cursor = h("div", { class: "pipeline-cursor" });
  const element = h("figure", { class: "pipeline-chart", data: { testid } }, h("figcaption", {}, title), rows);
  const laid = memo();
  let span = 1;
  return {
    element,
    /**
     * @param {NamedArray | undefined} array
     * @param {number} devices
     * @param {string} words
     * @param {number[][] | null} stages  the layers of each device
     * @param {number | null} step  the slot that is looked at
     */
    show(array, devices, words, stages, step) {
      element.hidden = array === undefined;
      if (!array) return;
      setText(title, words);
      element.style.setProperty("--row", devices > 5 ? "18px" : "26px");
      if (laid(array, stages)) span = lay(rows, cursor, tasksOf(array), devices, stages);
      cursor.hidden = step === null;
      cursor.style.setProperty("--at", String((100 * (step ?? 0)) / span));
      cursor.style.setProperty("--wide", String(100 / span));
    },
  };
}

/**
 * @param {HTMLElement} rows
 * @param {HTMLElement} cursor
 * @param {Task[]} tasks
 * @param {number} devices
 * @param {number[][] | null} stages
 */
function lay(rows, cursor, tasks, devices, stages) {
  const span = Math.max(...tasks.map((task) => task.end));
  const lines = Array.from({ length: devices }, (_, device) => {
    const line = h("div", { class: "pipeline-line" });
    for (const { micro, backward, start, end } of tasks.filter((task) => task.device === device)) {
      const wide = (100 * (end - start)) / span;
      const what = `device ${device + 1}, micro-batch ${micro + 1} ${backward ? "backward" : "forward"}, from ${round(start)} to ${round(end)}`;
      const task = h(
        "span",
        { class: `pipeline-task${backward ? " backward" : ""}`, title: what },
        h("b", {}, String(micro + 1)),
      );
      task.style.left = `${(100 * start) / span}%`;
      task.style.width = `${wide}%`;
      line.append(task);
    }
    return [h("span", { class: "pipeline-name small" }, nameOf(device, stages)), line];
  });
  rows.replaceChildren(...lines.flat(), h("div", { class: "pipeline-over" }, cursor));
  return span;
}

/** @param {number} device @param {number[][] | null} stages */
function nameOf(device, stages) {
  if (!stages) return `device ${device + 1}`;
  const [first, last] = stages[device];
  return first === last ? `layer ${first}` : `layers ${first}–${last}`;
}

/** @param {number} value */
const round = (value) => Number(value.toFixed(2));
