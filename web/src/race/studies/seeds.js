/** Many seeds: medians with their quartiles, the share that got below the threshold, who wins, and every ending in small. */

/** @import { View } from "../../types.js" */

import { palette } from "../../toolkit/colours.js";
import { h, memo, prepareCanvas, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatNumber, formatPercent, formatSetting } from "../../toolkit/maths.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { colourOf } from "../lanes/lanes.js";
import { patternOf } from "../lanes/looks.js";
import { networkNames } from "../network/names.js";
import { mapTable } from "../network/standings.js";
import { fillBand, fillTable, plotOn, rangeOf, strokeLine } from "./axes.js";
import { adviceLine, numberOf, progress, studyOf, wishField } from "./study.js";

/** @param {import("../network/actions.js").NetworkRaceActions} actions @returns {View} */
export function seedsStudy(actions) {
  const [seeds, first, steps, threshold] = [
    wishField("seeds", "seeds-count", 32, "1 to 64; of start and batches, the data stay"),
    wishField("first", "seeds-first", 0, "the first of them"),
    wishField("steps", "seeds-steps", 1000, "of each run"),
    wishField("threshold", "seeds-threshold", 0.05, "train loss that counts as reached"),
  ];
  const begin = h("button", { type: "submit", class: "quiet-button", data: { testid: "seeds-begin" } }, "run them");
  const how = progress(actions, "seeds");
  const form = h(
    "form",
    { class: "study-form", aria: { label: "Many seeds" } },
    seeds.element,
    first.element,
    steps.element,
    threshold.element,
    begin,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    actions.study(
      {
        type: "study_seeds",
        seeds: numberOf(seeds),
        first: numberOf(first),
        steps: numberOf(steps),
        threshold: numberOf(threshold),
      },
      "study.seeds",
    );
  });
  const empty = h(
    "p",
    { class: "small study-empty" },
    "One run is chance. Run every lane from many starts, over many orders of the same data, and see what is due to the optimizer.",
  );
  const curves = h("canvas", { class: "study-plot", role: "img", data: { testid: "seeds-plot" } });
  const table = h("table", { class: "study-table", data: { testid: "seeds-table" } });
  const endings = h("canvas", { class: "study-endings", role: "img", data: { testid: "seeds-endings" } });
  const words = h("p", { class: "small" });
  const advice = adviceLine("seeds");
  const element = h(
    "section",
    { class: "study", data: { part: "study-seeds" }, aria: { label: "Many seeds" } },
    form,
    how.element,
    empty,
    h("div", { class: "study-found" }, advice.element, curves, table, endings, words),
  );
  const [changed, begun] = [memo(), memo()];
  return {
    element,
    update(state) {
      how.update(state);
      const { network, theme, studies } = state;
      const frame = studyOf(state, "seeds");
      empty.hidden = frame !== null;
      // A study that was begun elsewhere, by a preset, stands in the form as it was asked for.
      const told = studies.seeds?.meta;
      if (told && begun(JSON.stringify(told.about))) {
        const wished = {
          seeds: told.about.seeds.length,
          first: told.about.seeds[0],
          steps: told.about.steps,
          threshold: told.about.threshold,
        };
        for (const [name, { input }] of Object.entries({ seeds, first, steps, threshold })) {
          if (document.activeElement !== input) input.value = formatSetting(wished[/** @type {"seeds"} */ (name)]);
        }
      }
      /** @type {HTMLElement} */ (element.querySelector(".study-found")).hidden = frame === null;
      if (!frame || !network || !changed(frame, network, theme, curves.clientWidth, curves.clientHeight, typeScale())) return;
      const { about, lanes } = frame.meta;
      const { steps: at, median, low, high, last, endings: maps } = frame.arrays;
      const names = networkNames(state);
      const count = about.seeds.length;
      const known = lanes.map(({ id }) => network.lanes.find((lane) => lane.id === id));
      const n = at.data.length;
      const row = (/** @type {import("../../types.js").NamedArray} */ array, /** @type {number} */ i) =>
        array.data.subarray(i * n, (i + 1) * n);
      const [bottom, top] = rangeOf(
        [...low.data, ...high.data].filter((value) => value > 0),
        true,
      );
      const plot = plotOn(
        curves,
        theme,
        { low: 0, high: about.steps, log: false, label: "step" },
        { low: bottom, high: top, log: true, label: "train loss: median, and the middle half of the seeds" },
      );
      known.forEach((lane, i) => {
        const colour = lane ? colourOf(lane, theme) : palette(theme).ink2;
        fillBand(plot, at.data, row(low, i), row(high, i), colour);
        strokeLine(plot, at.data, row(median, i), colour, { dash: lane ? patternOf(lane) : [] });
      });
      setAttribute(curves, "data-drawn", String(frame.meta.step));
      setAttribute(
        curves,
        "aria-label",
        `Median train loss of ${lanes.length} lanes over ${count} seeds, with quartiles; the numbers are in the table`,
      );
      const ends = lanes.map((told, i) => ({
        told,
        median: row(median, i)[n - 1],
        name: names.get(told.id) ?? `lane ${told.id}`,
      }));
      fillTable(
        table,
        ["lane", `below ${formatSetting(about.threshold)}`, "share", "wins", "median"],
        ends.map(({ told, median: middle, name }) => {
          const number = h("span", { data: { seeds: told.id, value: told.count } }, `${told.count} of ${count}`);
          return [name, number, formatPercent(told.share, 0), formatPercent(told.wins, 0), formatNumber(middle, 3)];
        }),
      );
      setText(
        words,
        `After ${formatCount(frame.meta.step)} of ${formatCount(about.steps)} steps. ${maps ? "Each small picture is one run’s answer over the plane, seeds from left to right; those that got below the threshold are underlined." : ""}`,
      );
      const none = lanes.every(({ count: below }) => below === 0) && frame.meta.step === about.steps;
      advice.show(
        none
          ? `No run came below ${formatSetting(about.threshold)} in ${formatCount(about.steps)} steps: raise the steps or the threshold, or tune the rates on the network.`
          : "",
      );
      endings.hidden = !maps;
      if (maps)
        paintEndings(
          endings,
          maps,
          last.data,
          about.threshold,
          theme,
          network.classes > 2 ? network.classes : 0,
          ends.map(({ name }) => name),
        );
    },
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import("../../types.js").NamedArray} maps  (lanes, seeds, g, g)
 * @param {ArrayLike<number>} last
 * @param {number} threshold
 * @param {"light" | "dark"} theme
 * @param {number} classes
 * @param {string[]} names
 */
function paintEndings(canvas, maps, last, threshold, theme, classes, names) {
  const [lanes, seeds, side] = maps.shape;
  const scale = typeScale();
  const [cell, gap] = [40 * scale, 6 * scale];
  const room = canvas.parentElement?.clientWidth ?? 600;
  const columns = Math.max(1, Math.floor((room + gap) / (cell + gap)));
  const rows = Math.ceil(seeds / columns);
  const heading = lanes > 1 ? 18 * scale : 0;
  const block = rows * (cell + gap) + heading;
  canvas.style.height = `${lanes * block}px`;
  const context = prepareCanvas(canvas, room, lanes * block);
  const colours = palette(theme);
  const table = mapTable(theme, classes);
  const small = document.createElement("canvas");
  small.width = small.height = side;
  const own = /** @type {CanvasRenderingContext2D} */ (small.getContext("2d"));
  context.imageSmoothingEnabled = false;
  context.font = `${12 * scale}px system-ui, sans-serif`;
  context.textBaseline = "top";
  for (let lane = 0; lane < lanes; lane++) {
    context.fillStyle = colours.ink2;
    if (heading) context.fillText(names[lane], 0, lane * block);
    for (let seed = 0; seed < seeds; seed++) {
      const image = own.createImageData(side, side);
      const pixels = new Uint32Array(image.data.buffer);
      const offset = (lane * seeds + seed) * side * side;
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++) pixels[(side - 1 - y) * side + x] = table[maps.data[offset + y * side + x]];
      own.putImageData(image, 0, 0);
      const left = (seed % columns) * (cell + gap);
      const top = lane * block + heading + Math.floor(seed / columns) * (cell + gap);
      context.drawImage(small, left, top, cell, cell);
      if (last[lane * seeds + seed] < threshold) {
        context.fillStyle = colours.ink;
        context.fillRect(left, top + cell + 1, cell, 2 * scale);
      }
    }
  }
  setAttribute(
    canvas,
    "aria-label",
    `Endings of ${seeds} seeds of each lane; how many got below the threshold is in the table`,
  );
}
