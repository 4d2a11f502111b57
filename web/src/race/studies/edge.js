/** The edge of stability: λ_max along a run beside the largest at which its optimizer is stable, over the loss. */

/** @import { View } from "../../types.js" */

import { css, palette } from "../../toolkit/colours.js";
import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatNumber, formatPercent, formatSetting, toNumber } from "../../toolkit/maths.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { colourOf } from "../lanes/lanes.js";
import { networkNames } from "../network/names.js";
import { plotOn, rangeOf, strokeLine } from "./axes.js";
import { adviceLine, numberOf, progress, studyOf, wishField } from "./study.js";

/** @param {import("../network/actions.js").NetworkRaceActions} actions @returns {View} */
export function edgeStudy(actions) {
  const which = h("select", { aria: { label: "Of which run" }, data: { testid: "edge-lane" } });
  const rate = wishField("η", "edge-rate", 0.2, "of gradient descent on the sine");
  const steps = wishField(
    "steps",
    "edge-steps",
    400,
    "on the sine, 2 to 5 000; a lane of the race is looked at as far as it has run",
  );
  const begin = h("button", { type: "submit", class: "quiet-button", data: { testid: "edge-begin" } }, "measure it");
  const how = progress(actions, "edge");
  const form = h(
    "form",
    { class: "study-form", aria: { label: "Edge of stability" } },
    which,
    rate.element,
    steps.element,
    begin,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const of = which.value
      ? { on: /** @type {const} */ ("race"), lane: Number(which.value) }
      : { on: /** @type {const} */ ("sine"), rate: numberOf(rate), steps: numberOf(steps) };
    actions.study({ type: "study_edge", ...of }, "study.edge");
  });
  which.addEventListener("change", () => {
    rate.element.hidden = steps.element.hidden = which.value !== "";
  });
  const empty = h(
    "p",
    { class: "small study-empty" },
    "Gradient descent with the whole data at a fixed rate does not stay where the loss is flat enough for it: the largest curvature grows until it is at 2/η, above which a quadratic would swing out, and stays about it.",
  );
  const curvature = h("canvas", { class: "study-plot", role: "img", data: { testid: "edge-plot" } });
  const losses = h("canvas", { class: "study-plot", role: "img", data: { testid: "edge-loss" } });
  const words = h("p", { data: { testid: "edge-words" } });
  const advice = adviceLine("edge");
  const found = h("div", { class: "study-found two" }, words, advice.element, curvature, losses);
  const element = h(
    "section",
    { class: "study", data: { part: "study-edge" }, aria: { label: "Edge of stability" } },
    form,
    how.element,
    empty,
    found,
  );
  const [changed, listed] = [memo(), memo()];
  return {
    element,
    update(state) {
      how.update(state);
      const { network, theme } = state;
      const frame = studyOf(state, "edge");
      empty.hidden = frame !== null;
      found.hidden = frame === null;
      const names = networkNames(state);
      if (listed(network, state.catalog)) {
        const before = which.value;
        which.replaceChildren(
          h("option", { value: "" }, "gradient descent on a sine"),
          ...(network?.lanes ?? []).map(({ id }) => h("option", { value: id }, `${names.get(id)}, in the race`)),
        );
        if (network?.lanes.some(({ id }) => String(id) === before)) which.value = before;
      }
      if (!frame || !changed(frame, theme, network, curvature.clientWidth, losses.clientWidth, typeScale())) return;
      const { steps: at, largest, felt, limit, losses: heights } = frame.arrays;
      const { lane, rate: eta, crossed, beyond, about } = frame.meta;
      const mine = network?.lanes.find(({ id }) => id === lane);
      const colours = palette(theme);
      const colour = mine ? colourOf(mine, theme) : css(colours.lanes[0]);
      const divides = felt.data.some((value, i) => Math.abs(value - largest.data[i]) > 1e-6 * Math.abs(value));
      const curve = divides ? felt.data : largest.data;
      const axis = { low: 0, high: about.steps, log: false, label: "step" };
      const [low, high] = rangeOf([...curve, ...limit.data, 0], false);
      const plot = plotOn(curvature, theme, axis, {
        low: Math.min(0, low),
        high,
        log: false,
        label: divides
          ? "largest curvature as the optimizer meets it, λ of P⁻¹H; dashed: its limit"
          : "largest curvature, λ of the Hessian; dashed: its limit",
      });
      strokeLine(plot, at.data, limit.data, colours.ink, { width: 1.5, dash: [6, 4] });
      strokeLine(plot, at.data, curve, colour);
      const positive = [...heights.data].filter((value) => value > 0);
      const [bottom, top] = rangeOf(positive, true);
      strokeLine(
        plotOn(losses, theme, axis, { low: bottom, high: top, log: true, label: "loss, of all that is trained on" }),
        at.data,
        heights.data,
        colour,
      );
      const rises = Array.from(heights.data).filter((value, i) => i > 0 && value > heights.data[i - 1]).length;
      const bound = toNumber(limit.data.at(-1));
      const who = lane === null ? "Gradient descent" : (names.get(lane) ?? "The lane");
      const line = bound === null || Number.isNaN(bound) ? "" : `, its limit ${formatNumber(bound, 3)}`;
      setText(
        words,
        `${who} at η ${formatSetting(Number(Number(eta).toPrecision(3)))}${line}: the largest curvature begins at ${formatNumber(first(curve), 3)}, and is ${formatNumber(middle(curve), 3)} in the median of the second half. ` +
          (crossed === null
            ? "It stays below the limit all the way."
            : `It is first above the limit at step ${formatCount(crossed)}, and from there ${formatPercent(toNumber(beyond), 0)} of the time; the loss rose ${formatCount(rises)} times in ${formatCount(heights.data.length - 1)} ${heights.data.length > about.steps ? "updates" : "looks"}.`),
      );
      const gone = curve.length > 0 && !Number.isFinite(curve.at(-1) ?? NaN);
      advice.show(
        gone
          ? "No limit, or it diverged: lower the rate, or look at gradient descent, momentum, RMSProp or Adam."
          : crossed === null
            ? `It has not come to the edge in ${formatCount(about.steps)} steps: raise the rate or the steps.`
            : "",
      );
      for (const [name, value] of Object.entries({ limit: bound, crossed, last: curve.at(-1) }))
        setAttribute(curvature, `data-${name}`, String(value));
      setAttribute(curvature, "aria-label", "The largest curvature along the run, and the limit; told in words above");
      setAttribute(losses, "aria-label", "The loss along the run");
    },
  };
}

/** The first that is a number. @param {ArrayLike<number>} values */
function first(values) {
  return Array.from(values).find((value) => Number.isFinite(value)) ?? null;
}

/** The median of the second half. @param {ArrayLike<number>} values */
function middle(values) {
  const sorted = Array.from(values)
    .slice(Math.floor(values.length / 2))
    .sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
