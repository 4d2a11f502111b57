/** Rates against momenta on the quadratic that fits where a lane stands: how fast each pair shrinks, and where the lane is. */

/** @import { AppState, View } from "../../types.js" */

import { css, mix, palette } from "../../toolkit/colours.js";
import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatExact, formatNumber, toNumber } from "../../toolkit/maths.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { colourOf } from "../lanes/lanes.js";
import { networkNames } from "../network/names.js";
import { dot, fillCells, plotOn } from "./axes.js";
import { progress, studyOf } from "./study.js";

/** @param {import("../network/actions.js").NetworkRaceActions} actions @returns {View} */
export function phaseStudy(actions) {
  const lane = h("select", { aria: { label: "Lane" }, data: { testid: "phase-lane" } });
  const begin = h("button", { type: "submit", class: "quiet-button", data: { testid: "phase-begin" } }, "look where it stands");
  const how = progress(actions, "point");
  const form = h("form", { class: "study-form", aria: { label: "Rate and momentum" } }, lane, begin);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    actions.study({ type: "study_point" }, "study.point");
  });
  lane.addEventListener("change", () => actions.look({ lane: Number(lane.value) }));
  const empty = h("p", { class: "small study-empty" });
  const canvas = h("canvas", { class: "study-plot square", role: "img", data: { testid: "phase-plot" } });
  const words = h("p", { data: { testid: "phase-words" } });
  const key = h("p", { class: "small" });
  const found = h("div", { class: "study-found beside" }, canvas, h("div", {}, words, key));
  const element = h(
    "section",
    { class: "study", data: { part: "study-point" }, aria: { label: "Rate and momentum" } },
    form,
    how.element,
    empty,
    found,
  );
  const [changed, listed] = [memo(), memo()];
  return {
    element,
    /** @param {AppState} state */
    update(state) {
      how.update(state);
      const { network, networkLook, theme } = state;
      const names = networkNames(state);
      if (network && listed(network, state.catalog))
        lane.replaceChildren(...network.lanes.map(({ id }) => h("option", { value: id }, names.get(id) ?? "")));
      const frame = studyOf(state, "point");
      const told = frame?.meta.lanes ?? [];
      const subject = networkLook.lane ?? told.find(({ phase }) => phase)?.id ?? network?.lanes[0]?.id;
      if (subject !== undefined && subject !== null) lane.value = String(subject);
      begin.disabled = !network || network.lanes.length === 0;
      const one = told.find(({ id }) => id === subject);
      const phase = one?.phase;
      setText(
        empty,
        !one
          ? "Every place of the loss is a quadratic, seen closely. Look which rates and momenta settle on the one where a lane stands."
          : `${names.get(subject ?? -1) ?? "This optimizer"} has no place in this map: it is of gradient descent, momentum and Nesterov, where something curves upwards. Choose one of them above, or add one on the network.`,
      );
      empty.hidden = Boolean(phase);
      found.hidden = !phase;
      if (
        !frame ||
        !phase ||
        !one ||
        !changed(frame, subject, theme, network, canvas.clientWidth, canvas.clientHeight, typeScale())
      )
        return;
      const [growth, rates, momenta] = ["growth", "rates", "momenta"].map((name) => frame.arrays[`${name}${subject}`].data);
      const [columns, rows] = [rates.length, momenta.length];
      const colours = palette(theme);
      const plot = plotOn(
        canvas,
        theme,
        { low: 0, high: rates[columns - 1], log: false, label: "rate η" },
        { low: momenta[0], high: momenta[rows - 1], log: false, label: "momentum β" },
      );
      const [dark, light] = [parse(colours.ink2), parse(colours.panel)];
      const best = Math.min(1, ...growth);
      fillCells(plot, columns, rows, (index) => {
        const shrinks = 1 - growth[index];
        return shrinks > 1e-9 ? css(mix(light, dark, 0.12 + 0.7 * (shrinks / (1 - best)))) : colours.panel;
      });
      setText(
        key,
        `Shade: the factor a step, darkest ${formatNumber(best, 3)}. Beyond the line the distance grows: the border is the optimizer’s own bound. Curvatures below a thousandth of the largest are left out: along them nothing moves in sight.`,
      );
      border(plot, growth, rates, momenta, colours.ink);
      const mine = network?.lanes.find(({ id }) => id === subject);
      const rate = toNumber(one.rate) ?? NaN;
      const beyond = rate > rates[columns - 1];
      dot(
        plot,
        Math.min(rate, rates[columns - 1]),
        phase.momentum,
        mine ? colourOf(mine, theme) : colours.ink,
        colours.paper,
        7,
      );
      const [limit, grows] = [toNumber(one.bound?.rate), toNumber(phase.growth) ?? NaN];
      setText(
        words,
        `${names.get(subject ?? -1)} runs at η ${formatNumber(rate, 3)}, β ${formatNumber(phase.momentum, 3)}: on this quadratic its distance is multiplied by ${formatNumber(grows, 4)} a step${grows < 1 ? "" : ", it grows"}. Its bound is ${formatNumber(limit, 3)}.${beyond ? " Its rate lies beyond the map." : ""}${one.negative ? ` ${one.negative === 1 ? "One direction curves" : `${one.negative} directions curve`} downwards: there the distance grows at every rate, which is not drawn.` : ""}`,
      );
      for (const [name, value] of Object.entries({ rate, momentum: phase.momentum, growth: grows, lane: subject }))
        setAttribute(canvas, `data-${name}`, String(value));
      setAttribute(canvas, "title", `exactly ${formatExact(grows)} a step`);
      setAttribute(
        canvas,
        "aria-label",
        "Rates across, momenta upwards: the lane's place and its factor a step are told below",
      );
    },
  };
}

/** @param {string} hex @returns {import("../../toolkit/colours.js").Rgb} */
function parse(hex) {
  const value = parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/**
 * In each row the first rate from which on the distance grows.
 * @param {import("./axes.js").Plot} plot
 * @param {ArrayLike<number>} growth
 * @param {ArrayLike<number>} rates
 * @param {ArrayLike<number>} momenta
 * @param {string} colour
 */
function border({ context, px, py }, growth, rates, momenta, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  for (let j = 0; j < momenta.length; j++) {
    let i = 1;
    while (i < rates.length && growth[j * rates.length + i] < 1) i++;
    if (i === rates.length || i === 1) continue;
    const [under, over] = [growth[j * rates.length + i - 1], growth[j * rates.length + i]];
    const share = (1 - under) / (over - under);
    context.lineTo(px(rates[i - 1] + share * (rates[i] - rates[i - 1])), py(momenta[j]));
  }
  context.stroke();
}
