/** The learning-rate finder: what the loss does while the rate rises on a copy of the run, and the rates that follow from it. */

/** @import { RateTest, Suggestion } from "../types.js" */
/** @import { Axis } from "../../toolkit/plotly.js" */
/** @import { AppState } from "../../types.js" */
/** @import { Tested } from "../types.js" */

import { h, memo, setAttribute } from "../../toolkit/dom.js";
import { formatCount, formatNumber, formatSetting, parseSetting, superscript, toNumber, typeset } from "../../toolkit/maths.js";
import { withLogTicks } from "../../toolkit/log-ticks.js";
import { loadPlotly } from "../../toolkit/plot.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { allows } from "../../frame/restrict.js";
import { trialDialog } from "./trial-dialog.js";

const FIELDS = [
  { name: "low", label: "from", initial: "1e-6", title: "the lowest rate, above 0" },
  { name: "high", label: "to", initial: "10", title: "the highest rate, at most 1e9" },
  { name: "updates", label: "updates", initial: "", title: "10 to 5000; empty: as many as smoothing needs" },
];
const NOTE =
  "On a copy of the run the rate rises with every update. Too small a rate changes nothing, a good one lets the loss fall, " +
  "too large a one makes it rise. The run itself waits, unchanged.";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @param {import("./trials.js").Trials} trials
 */
export function finderDialog(actions, trials) {
  const inputs = FIELDS.map(({ name, initial, title }) =>
    h("input", {
      type: "text",
      inputmode: "decimal",
      class: "line-field",
      name: `finder.${name}`,
      value: initial,
      title,
      placeholder: "auto",
      autocomplete: "off",
    }),
  );
  const fields = FIELDS.map(({ label }, i) => h("label", {}, label, inputs[i]));
  const plot = h("div", { class: "finder-plot", role: "img", data: { testid: "finder-plot" } });
  const smoothed = h("span", {}, h("i", { class: "stroke" }), "smoothed");
  const key = h(
    "div",
    { class: "finder-key" },
    h("span", {}, h("i", { class: "stroke raw" }), "loss of each mini-batch"),
    smoothed,
  );
  const facts = h("p", { data: { testid: "finder-facts" } });
  const list = h("ul", { class: "suggestions" });
  const moment = h("p", { class: "small trial-note" });
  const outcome = h("div", { hidden: true }, key, plot, facts, list, moment);

  const start = () => {
    /** @type {(number | null)[]} */
    const values = inputs.map((input) => (input.value.trim() === "" ? null : parseSetting(input.value)));
    const wrong = inputs.findIndex((input, i) => (input.value.trim() !== "" || i < 2) && values[i] === null);
    mark(wrong < 0 ? null : FIELDS[wrong].name);
    sheet.refuse(wrong < 0 ? null : `${FIELDS[wrong].label}: a number is needed; ${FIELDS[wrong].title}.`);
    if (wrong >= 0) return;
    const [low, high, updates] = values;
    void trials.findRate({ low: Number(low), high: Number(high), updates });
  };
  const sheet = trialDialog(
    { command: "find_rate", name: "finder", title: "Learning-rate finder", note: NOTE, start: "find", unit: "updates" },
    fields,
    outcome,
    start,
    () => trials.cancel(),
  );
  /** @param {string | null} field */
  const mark = (field) =>
    inputs.forEach((input, i) => setAttribute(input, "aria-invalid", FIELDS[i].name === field ? "true" : null));
  /** @param {number} rate */
  const use = async (rate) => {
    sheet.element.close();
    await actions.change("optimizer.lr", rate);
  };
  const told = memo();
  const drawn = memo();
  /** @type {AppState | null} */
  let last = null;
  // It comes to sight, or its window is another.
  new ResizeObserver(() => last && update(last)).observe(plot);
  return { element: sheet.element, open: sheet.open, update };

  /** @param {AppState} state */
  function update(state) {
    last = state;
    sheet.update(state);
    const { rateTest: test, run, figures, theme } = state;
    if (told(test, run)) {
      const refusal = test?.refusal ?? null;
      sheet.refuse(refusal && `${FIELDS.find(({ name }) => name === refusal.field)?.label ?? ""} ${refusal.message}`.trim());
      mark(refusal?.field ?? null);
      const result = test && run && test.run === run.run ? test.result : null;
      outcome.hidden = result === null;
      if (result && test) {
        smoothed.hidden = result.smoothing === 0;
        facts.textContent = factWords(result);
        list.replaceChildren(...result.suggestions.map((each) => suggestion(each, use)));
        if (result.suggestions.length === 0)
          list.append(h("li", {}, "No rate is suggested: the loss neither fell clearly nor diverged."));
        moment.textContent = momentWords(test);
      }
    }
    const result = outcome.hidden || !sheet.element.open ? null : test?.result;
    if (!result || !figures) return;
    // Measured only where it is seen: it makes the whole page lay itself out.
    const { width } = plot.getBoundingClientRect();
    if (width < 40 || !drawn(test, theme, Math.round(width), typeScale())) return;
    plot.setAttribute("aria-label", `Loss against the learning rate. ${facts.textContent}`);
    void draw(plot, figures, theme, result);
  }
}

/** @param {RateTest} result */
function factWords({ rates, diverged, turned }) {
  const last = rates[rates.length - 1];
  if (diverged === null) return `The loss did not diverge up to the rate ${formatNumber(last, 3, 1e-3)}.`;
  const rise = turned === null ? "" : `turned at the rate ${formatNumber(turned, 3, 1e-3)} and `;
  return `The loss ${rise}diverged at ${formatNumber(diverged, 3, 1e-3)}.`;
}

/** @param {Tested<RateTest>} test */
function momentWords({ step, result }) {
  if (!result) return "";
  const window =
    result.smoothing > 0
      ? `, smoothed over about ${formatCount((1 + result.smoothing) / (1 - result.smoothing))} mini-batches`
      : "; on the full batch there is no noise to smooth";
  return `${formatCount(result.losses.length)} updates from the state after step ${formatCount(step)}${window}. The rate in force is ${formatSetting(result.rate)}.`;
}

/**
 * @param {Suggestion} found
 * @param {(rate: number) => void} use
 */
function suggestion({ rule, rate, use: rounded, words }, use) {
  const button = h(
    "button",
    { type: "button", class: "quiet-button", data: { use: rule, part: "optimizer.lr" }, onclick: () => use(rounded) },
    `use the rate ${formatSetting(rounded)}`,
  );
  button.disabled = !allows("optimizer", "optimizer.lr");
  return h(
    "li",
    {},
    h("span", {}, h("b", { data: { value: rate } }, formatNumber(rate, 3, 1e-3)), ` ${typeset(words)}`),
    button,
  );
}

/**
 * Powers of ten along the axis, as many as there is room for.
 * @param {number} first
 * @param {number} last
 * @param {number} width
 */
function decades(first, last, width) {
  const every = Math.max(1, Math.ceil((last - first) / (width / 44)));
  const powers = [];
  for (let power = Math.ceil(first - 1e-9); power <= last + 0.05; power++) if (power % every === 0) powers.push(power);
  return {
    tickvals: powers.map((power) => 10 ** power),
    ticktext: powers.map((power) => (power === 0 ? "1" : `10${superscript(power)}`)),
  };
}

/**
 * @param {HTMLElement} place
 * @param {import("../../types.js").Figures} figures
 * @param {"light" | "dark"} theme
 * @param {RateTest} result
 */
async function draw(place, figures, theme, result) {
  const plotly = await loadPlotly(figures.plotly);
  const { data, layout } = figures.figures.finder[theme];
  const scale = typeScale();
  const colour = layout.font.color;
  const traces = data.map((trace) => ({
    ...trace,
    x: result.rates,
    y: (trace.uid === "losses" ? result.losses : result.smoothed).map(toNumber),
    visible: trace.uid === "losses" || result.smoothing > 0,
  }));
  // Each word has a line of its own over the plot, since the places may be close.
  const marks = [
    { at: result.rate, words: "rate in force", dash: "solid" },
    { at: result.turned, words: "turned", dash: "dot" },
    { at: result.diverged, words: "diverged", dash: "dash" },
  ].flatMap(({ at, ...each }, row) => (at === null ? [] : [{ ...each, at, row }]));
  const first = Math.log10(result.rates[0]);
  const last = Math.log10(Math.max(result.rates[result.rates.length - 1], result.diverged ?? 0));
  const inside = marks.filter(({ at }) => Math.log10(at) >= first && Math.log10(at) <= last + 0.05);
  const font = { ...layout.font, size: layout.font.size * scale };
  const axis = (/** @type {Axis} */ given) => ({
    ...given,
    tickfont: { ...given.tickfont, size: given.tickfont.size * scale },
    title: { ...given.title, font: { ...given.title.font, size: given.title.font.size * scale } },
  });
  const { l, r, t, b } = layout.margin;
  await plotly.react(
    place,
    traces,
    {
      ...layout,
      font,
      margin: { l: l * scale, r: r * scale, t: t * scale, b: b * scale },
      xaxis: { ...axis(layout.xaxis), ...decades(first, last, place.clientWidth / scale), range: [first, last + 0.05] },
      yaxis: axis(withLogTicks(layout, traces).yaxis),
      width: place.clientWidth,
      height: place.clientHeight,
      shapes: inside.map(({ at, dash }) => ({
        type: "line",
        xref: "x",
        yref: "paper",
        x0: at,
        x1: at,
        y0: 0,
        y1: 1,
        line: { width: 1, dash, color: colour },
      })),
      annotations: inside.map(({ at, words, row }) => ({
        x: Math.log10(at),
        y: 1,
        yref: "paper",
        yanchor: "bottom",
        yshift: row * 17 * scale,
        xanchor: (Math.log10(at) - first) / (last - first) > 0.5 ? "right" : "left",
        showarrow: false,
        text: `${words} ${formatNumber(at, 2, 1e-3)}`,
      })),
    },
    figures.figures.finder.config,
  );
}
