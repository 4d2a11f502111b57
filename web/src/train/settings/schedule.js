/** Settings of the schedule, and the rate it gives, drawn ahead of time with the present point on it. */

/** @import { ScheduleRow } from "../../catalog.js" */
/** @import { AppState, View } from "../../types.js" */

import { choiceField, numberField, parameterField } from "../../shared/controls.js";
import { h, memo, s, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatExact, formatNumber, formatSetting } from "../../toolkit/maths.js";
import { rowNamed, specOf } from "../../run/spec.js";
import { frameOf } from "../../run/selectors.js";
import { roundUp } from "../../toolkit/canvas-plot.js";
import { formulaBox, withIndices } from "../../shared/formula.js";
import { rebuild } from "../../toolkit/typing.js";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
export function schedulePanel(actions) {
  actions.register("schedule");
  const head = h("div", { class: "rule" });
  const own = h("div", { class: "fields" });
  const unit = choiceField(actions, {
    path: "schedule.unit",
    label: "Counted in",
    hint: "what t counts",
    choices: [
      { value: "step", label: "updates" },
      { value: "epoch", label: "epochs" },
    ],
  });
  const warmup = numberField(actions, {
    path: "schedule.warmup",
    label: "Warm-up",
    hint: "updates or epochs in which the rate rises to where the schedule begins",
    integer: true,
  });
  const formula = formulaBox("schedule-formula", "The rate's formula");
  const meanings = h("dl", { class: "meanings" });
  const difference = h("p", {});
  const why = h("details", { class: "why" }, h("summary", {}, "what the symbols mean"), meanings, difference);
  const plot = ratePlot();
  const element = h(
    "section",
    { class: "panel", data: { part: "schedule" }, aria: { labelledby: "schedule-title" } },
    h("h2", { id: "schedule-title", class: "panel-title" }, "Schedule"),
    head,
    plot.element,
    formula.element,
    why,
    h("div", { class: "fields" }, unit.element, warmup.element),
    own,
  );
  /** @type {ReturnType<typeof choiceField> | null} */
  let choice = null;
  /** @type {{name: string, control: import("../../shared/controls.js").Control}[]} */
  let controls = [];
  const catalogChanged = memo();
  const rowChanged = memo();
  return {
    element,
    update(state) {
      const spec = specOf(state);
      const { catalog, errors } = state;
      if (!spec || !catalog) return;
      const { schedule } = spec;
      if (catalogChanged(catalog)) {
        choice = choiceField(actions, {
          path: "schedule.name",
          label: "Schedule",
          choices: catalog.schedules.map((row) => ({ value: row.name, label: row.title })),
          bare: true,
        });
        head.replaceChildren(choice.element);
      }
      const row = rowNamed(catalog.schedules, schedule.name);
      if (rowChanged(row)) {
        formula.show(row?.mathml ?? "", row?.summary);
        meanings.replaceChildren(...(row ? meaningsOf(row) : []));
        setText(difference, !row?.difference || row.difference === "none" ? "" : `${row.difference}.`);
        controls = (row?.parameters ?? []).map((parameter) => {
          const path = `schedule.${parameter.name}`;
          return { name: parameter.name, control: parameterField(actions, named(parameter), path) };
        });
        rebuild(own, ...controls.map(({ control }) => control.element));
      }
      const plain = schedule.name === "constant" && schedule.warmup === 0;
      plot.element.hidden = plain;
      formula.element.hidden = why.hidden = schedule.name === "constant";
      unit.element.hidden = plain;
      choice?.update(schedule.name, errors["schedule.name"] ?? errors["schedule"]);
      unit.update(schedule.unit, errors["schedule.unit"]);
      warmup.update(schedule.warmup, errors["schedule.warmup"]);
      for (const { name, control } of controls) control.update(schedule[name], errors[`schedule.${name}`]);
      if (!plain) plot.update(state);
    },
  };
}

/** @param {ScheduleRow} row */
function meaningsOf(row) {
  const parameters = row.parameters.map(({ symbol, title, summary }) =>
    symbol ? [symbol, `${title}: ${summary}`] : [title, summary],
  );
  return [...(row.symbols ?? []), ...parameters].flatMap(([symbol, words]) => [
    h("dt", {}, ...withIndices(symbol)),
    h("dd", {}, ...withIndices(words)),
  ]);
}

/** A parameter told by its name: its symbol stands with the formula. @param {import("../../types.js").Parameter} parameter */
function named(parameter) {
  const { title, symbol } = parameter;
  const plain = symbol && !symbol.includes("_") ? ` ${symbol}` : "";
  return { ...parameter, title: `${title.charAt(0).toUpperCase()}${title.slice(1)}${plain}`, symbol: "" };
}

/** η over the updates, as the schedule in force gives it; the arrows read it point by point. */
function ratePlot() {
  const path = s("polyline", { class: "rate-line", fill: "none" });
  const cursor = s("line", { class: "rate-cursor", y1: 0, y2: 100 });
  const svg = s(
    "svg",
    { class: "rate-svg", viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" },
    cursor,
    path,
  );
  const dot = h("div", { class: "rate-dot", data: { testid: "rate-present" } });
  const area = h(
    "div",
    {
      class: "rate-area",
      role: "slider",
      tabindex: 0,
      aria: { label: "The rate along the run", valuemin: 0, valuenow: 0, valuetext: "not known yet" },
      data: { testid: "schedule-plot" },
    },
    svg,
    dot,
  );
  const top = h("span");
  const end = h("span");
  const reading = h("p", { class: "rate-reading", data: { testid: "schedule-reading" } });
  const element = h(
    "div",
    { class: "rate-plot small" },
    h("div", { class: "rate-frame" }, h("div", { class: "rate-scale" }, top, h("span", {}, "0")), area),
    h("div", { class: "rate-foot" }, h("span", {}, "0"), end),
    reading,
  );
  /** @type {ArrayLike<number>} */
  let steps = [];
  /** @type {ArrayLike<number>} */
  let rates = [];
  /** What is read; null: the present. @type {number | null} */
  let read = null;
  /** @type {import("../../channels.js").FrameOf<"rates"> | null} */
  let shown = null;
  const changed = memo();
  const nearest = (/** @type {number} */ step) => {
    let best = 0;
    for (let i = 1; i < steps.length; i++) if (Math.abs(steps[i] - step) < Math.abs(steps[best] - step)) best = i;
    return best;
  };
  const say = () => {
    if (!shown || steps.length === 0) return;
    const last = steps[steps.length - 1];
    const [step, rate] = read === null ? [shown.step, Number(shown.meta.rate)] : [steps[read], rates[read]];
    const words = `${read === null ? "now" : `step ${formatCount(step)}`}: η = ${formatNumber(rate, 3)}`;
    setText(reading, words);
    reading.title = `exactly ${formatExact(rate)}`;
    setAttribute(reading, "data-step", String(step));
    setAttribute(reading, "data-value", String(rate));
    setAttribute(area, "aria-valuemax", String(last));
    setAttribute(area, "aria-valuenow", String(step));
    setAttribute(area, "aria-valuetext", words);
    const x = String((step / last) * 100);
    setAttribute(cursor, "x1", x);
    setAttribute(cursor, "x2", x);
  };
  const go = (/** @type {number | null} */ place) => {
    read = place;
    say();
  };
  area.addEventListener("keydown", (event) => {
    const at = read ?? nearest(shown?.step ?? 0);
    const last = steps.length - 1;
    const wish = {
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      Home: 0,
      End: last,
      PageUp: at + 20,
      PageDown: at - 20,
    }[event.key];
    if (wish === undefined) return;
    event.preventDefault();
    go(Math.max(0, Math.min(last, wish)));
  });
  area.addEventListener("blur", () => go(null));
  area.addEventListener("pointermove", (event) => {
    const box = area.getBoundingClientRect();
    go(nearest(((event.clientX - box.left) / box.width) * Number(steps[steps.length - 1] ?? 0)));
  });
  area.addEventListener("pointerleave", () => go(null));
  return {
    element,
    /** @param {AppState} state */
    update(state) {
      const frame = frameOf(state, "rates");
      if (!frame || !changed(frame)) return;
      shown = frame;
      steps = frame.arrays.steps.data;
      rates = frame.arrays.rates.data;
      const present = Number(frame.meta.rate);
      const highest = roundUp(Math.max(present, ...Array.from(rates)));
      const last = steps[steps.length - 1];
      const y = (/** @type {number} */ rate) => 100 - (rate / highest) * 96;
      path.setAttribute(
        "points",
        Array.from(rates, (rate, i) => `${((steps[i] / last) * 100).toFixed(3)},${y(rate).toFixed(3)}`).join(" "),
      );
      dot.style.left = `${(frame.step / last) * 100}%`;
      dot.style.top = `${y(present)}%`;
      setText(top, formatSetting(highest));
      setText(end, `${formatCount(last)} updates`);
      if (read !== null) read = Math.min(read, steps.length - 1);
      say();
    },
  };
}
