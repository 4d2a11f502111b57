/** Many machines: means of gradients as charts, the ring chunk by chunk, the pipeline task by task. */

/** @import { OwnView, Shown, Tools } from "./types.js" */

import { h } from "../../toolkit/dom.js";
import { pipelineView } from "./machines/pipeline.js";
import { ringView } from "./machines/ring.js";
import { bar, dot, line, picture } from "./sketch.js";

const PARTS = ["means", "ring", "pipeline"];

/** @param {Shown} shown */
const partOf = ({ values }) => (PARTS.includes(String(values.part)) ? String(values.part) : "means");

/** @param {Tools} tools @returns {OwnView} */
function view({ chart }) {
  const charts = [chart(), chart(), chart()];
  const [ring, pipeline] = [ringView(), pipelineView()];
  const element = h(
    "div",
    { class: "machines", data: { testid: "machines" } },
    ring.element,
    pipeline.element,
    ...charts.map((one) => one.element),
  );
  return {
    element,
    update(shown) {
      const part = partOf(shown);
      element.dataset.part = part;
      ring.element.hidden = part !== "ring";
      pipeline.element.hidden = part !== "pipeline";
      // The ring and the schedule are drawn here; the figures of them are for what is taken along.
      const { figures } = shown;
      const drawn = part === "means" ? figures : part === "ring" ? figures.slice(0, 1) : figures.slice(1, 2);
      charts.forEach((one, i) => one.show(drawn[i], shown));
      element.dataset.count = String(drawn.length);
      if (part === "ring") ring.update(shown);
      if (part === "pipeline") pipeline.update(shown);
    },
    steps: (shown) => (partOf(shown) === "ring" ? ring.steps(shown) : partOf(shown) === "pipeline" ? pipeline.steps(shown) : 0),
    stepWords: (shown) => (partOf(shown) === "ring" ? ring.words(shown) : pipeline.words(shown)),
    pace: 1200,
  };
}

const thumbnail = () => {
  const corners = [
    [44, 14],
    [76, 45],
    [44, 76],
    [12, 45],
  ];
  const round = corners.map(([x, y], i) => {
    const [nx, ny] = corners[(i + 1) % corners.length];
    const [ax, ay] = [x + (nx - x) * 0.28, y + (ny - y) * 0.28];
    const [bx, by] = [x + (nx - x) * 0.72, y + (ny - y) * 0.72];
    return line(`M${ax} ${ay}L${bx} ${by}`, "faint");
  });
  const tasks = [0, 1, 2].flatMap((device) => [
    bar(94 + device * 10, 22 + device * 18, 20, 12, "lane-6"),
    bar(154 - device * 10 - 20, 22 + device * 18, 20, 12, "lane-2"),
  ]);
  return picture(...round, ...corners.map(([x, y], i) => dot(x, y, `lane-${i + 1}`, 9)), ...tasks);
};

export default { thumbnail, view };
