/** One update: each micro-step with its rule, the sum written out, its matrices, and the network that it is about. */

/** @import { MicroStep, MicroTable, Player, Recording, UpdateMeta } from "../types.js" */

import { h, setText } from "../../src/toolkit/dom.js";
import { formatExact, formatNumber, mathElement, toNumber } from "../../src/toolkit/maths.js";
import { networkView } from "../network.js";

const PHASES = { forward: "Forward", loss: "Loss", backward: "Backward", update: "Update" };
const WITHHELD = "?";
/** Letters of a number that have room in a unit. */
const WIDEST = 7;

/** @param {Recording<UpdateMeta>} recording @returns {Player} */
export function updatePlayer({ meta, frames }) {
  const steps = meta.steps_told;
  const drawn = meta.weights.length > 0;
  const network = networkView({ sizes: drawn ? meta.sizes : [1], inputs: meta.inputs, outputs: meta.outputs, numbers: true });
  const caption = h("figcaption", { class: "key" });
  let exact = false;
  let at = 0;
  /** The entry that is written out: of which result, and its place in it. */
  let chosen = { table: 0, entry: 0 };
  const digits = h("input", {
    type: "checkbox",
    data: { testid: "replay-digits" },
    onchange: () => {
      exact = digits.checked;
      draw(at);
    },
  });
  const title = h("h2", { class: "micro-title", data: { testid: "replay-title" } });
  const phase = h("p", { class: "phase" });
  const why = h("p", { class: "why" });
  const note = h("p", { class: "small" });
  const rule = h("div", {
    class: "formula",
    tabindex: 0,
    role: "group",
    aria: { label: "Rule" },
    data: { testid: "replay-rule" },
  });
  const sum = h("div", {
    class: "formula",
    tabindex: 0,
    role: "group",
    aria: { label: "Written out" },
    data: { testid: "replay-sum" },
  });
  const hint = h("p", { class: "small hint" });
  const results = h("div", {
    class: "tables",
    tabindex: 0,
    role: "group",
    aria: { label: "What it makes" },
    data: { testid: "replay-results" },
  });
  const operands = h("div", { class: "tables", tabindex: 0, role: "group", aria: { label: "What it reads" } });
  const large = h("p", { class: "small" });
  const problem = h("p", { class: "problem", hidden: !meta.problem }, meta.problem ?? "");
  const made = h(
    "div",
    {},
    h("div", { class: "numbers-head" }, h("h2", {}, "What it makes"), h("label", { class: "check" }, digits, "all digits")),
    results,
    hint,
  );
  const element = h(
    "div",
    { class: `stage update${drawn ? "" : " no-picture"}` },
    h("section", { class: "micro", aria: { label: "Micro-step" } }, phase, title, why, rule, sum, note, problem, made),
    drawn ? h("figure", { class: "network" }, network.element, caption) : null,
    h(
      "section",
      { class: "numbers", aria: { label: "Numbers" } },
      h("div", { class: "numbers-head" }, h("h2", {}, "What it reads")),
      operands,
      large,
    ),
  );
  const shown = unitNumbers(steps);
  return {
    element,
    moment: (frame) =>
      `micro-step ${frame + 1} of ${frames} · sample ${meta.sample}, in a mini-batch of ${meta.batch} · before update ${meta.update}`,
    pace: meta.seconds / frames,
    draw,
  };

  /** @param {number} frame */
  function draw(frame) {
    const step = steps[frame];
    if (frame !== at) chosen = { table: 0, entry: 0 };
    at = frame;
    setText(phase, PHASES[step.phase]);
    setText(title, step.title);
    setText(why, step.why);
    setText(note, step.note);
    put(rule, step.rule);
    results.replaceChildren(...step.results.map((table, i) => tableOf(table, i)));
    operands.replaceChildren(...step.operands.map((table) => tableOf(table, null)));
    setText(large, step.large.length ? `Too large to write out here: ${step.large.join("; ")}` : "");
    write();
    if (!drawn) return;
    const most = Math.max(
      ...meta.weights
        .flat(2)
        .map((value) => Math.abs(toNumber(value) ?? 0))
        .filter(Number.isFinite),
      0,
    );
    network.draw(
      meta.weights.map((matrix) => (unit, source) => toNumber(matrix[unit][source])),
      most,
    );
    const { told, names } = shown[frame];
    network.tell(
      meta.sizes.map((_, layer) => told.get(layer)?.map((value) => short(value)) ?? []),
      step.layer > 0 && step.phase !== "loss" ? step.layer : null,
    );
    setText(
      caption,
      `Lines are the weights before the update: blue is positive, orange negative, the widest |w| = ${formatNumber(most, 3)}. ${names}`,
    );
  }

  function write() {
    const { entries = [] } = steps[at].results[chosen.table] ?? {};
    put(sum, entries[chosen.entry] ?? "");
    const more = entries.length > 1 || steps[at].results.length > 1;
    setText(hint, more ? "Choose an underlined number to see it written out." : "");
    for (const button of results.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(button.dataset.place === `${chosen.table} ${chosen.entry}`));
  }

  /** @param {MicroTable} table @param {number | null} result  its place among the results */
  function tableOf({ name, caption, symbol, rows, columns, cells, entries }, result) {
    const formula = mathElement(symbol);
    const head = columns.some((each) => each !== "");
    return h(
      "figure",
      { class: "tensor", data: { name } },
      h("figcaption", {}, formula instanceof Element ? formula : "", ` ${caption}`),
      h(
        "table",
        {},
        head ? h("thead", {}, h("tr", {}, h("td", {}), ...columns.map((each) => h("th", { scope: "col" }, each)))) : null,
        h(
          "tbody",
          {},
          ...cells.map((line, j) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, rows[j] ?? ""),
              ...line.map((value, k) => {
                const place = j * line.length + k;
                const words = told(value);
                const cell = h("td", { title: value === null ? "asked for: not told" : formatExact(toNumber(value)) });
                if (result === null || !entries[place]) cell.append(words);
                else cell.append(chooser(words, result, place));
                return cell;
              }),
            ),
          ),
        ),
      ),
    );
  }

  /** @param {string} words @param {number} table @param {number} entry */
  function chooser(words, table, entry) {
    return h(
      "button",
      {
        type: "button",
        class: "entry",
        data: { place: `${table} ${entry}` },
        onclick: () => {
          chosen = { table, entry };
          write();
        },
      },
      words,
    );
  }

  /** @param {number | string | null} value */
  function told(value) {
    if (value === null) return WITHHELD;
    return exact ? formatExact(toNumber(value)) : formatNumber(toNumber(value));
  }
}

/** @param {number | string | null} value */
function short(value) {
  if (value === null) return WITHHELD;
  const text = formatNumber(toNumber(value), 3);
  return text.length > WIDEST ? formatNumber(toNumber(value), 2) : text;
}

/** Replaces what is there with a formula. @param {HTMLElement} element @param {string} markup */
function put(element, markup) {
  const formula = markup ? mathElement(markup) : null;
  element.replaceChildren(...(formula ? [formula] : []));
}

/**
 * After each micro-step what the units show: the newest column that was made of each layer, and which that is in words.
 * @param {MicroStep[]} steps
 */
function unitNumbers(steps) {
  /** @type {Map<number, (number | string | null)[]>} */
  let told = new Map();
  /** @type {Map<number, string>} */
  let names = new Map();
  return steps.map((step) => {
    [told, names] = [new Map(told), new Map(names)];
    if (step.phase !== "update")
      for (const { layer, cells, caption, of_sample: own } of [...step.operands, ...step.results]) {
        if (layer === null || !own) continue;
        told.set(
          layer,
          cells.map(([value]) => value),
        );
        names.set(layer, caption.split(/[:,]/)[0]);
      }
    const words = [...names].sort(([a], [b]) => a - b).map(([, caption]) => caption);
    return { told, names: words.length ? `In the units: ${[...new Set(words)].join("; ")}.` : "" };
  });
}
