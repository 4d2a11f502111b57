/** The ring: a row a machine, a column a chunk; how many machines' numbers are in each, and what came in with this step. */

/** @import { Shown } from "../types.js" */

import { h, memo, setAttribute, setText } from "../../../toolkit/dom.js";
import { formatCount, formatNumber } from "../../../toolkit/maths.js";

/** What the engine tells of it. @typedef {{machines: number, steps: number, chunks: number[], sizes: number[], names: string[]}} Told */

/** @param {Shown} shown @returns {Told | null} */
const toldOf = ({ values, arrays }) =>
  values.part === "ring" && arrays.ring_counts ? /** @type {Told} */ (/** @type {unknown} */ (values)) : null;

export function ringView() {
  const title = h("h3", { class: "lab-figure-title" }, "What each machine holds");
  const hint = h("p", { class: "small ring-hint" });
  const head = h("thead");
  const body = h("tbody");
  const table = h("table", { class: "ring-grid", data: { testid: "ring" } }, head, body);
  const element = h("section", { class: "ring-place" }, title, hint, h("div", { class: "ring-scroll" }, table));
  const laid = memo();
  /** @type {{cell: HTMLElement, number: HTMLElement, words: HTMLElement}[][]} */
  let cells = [];
  /** @type {HTMLElement[]} */
  let sent = [];

  return {
    element,
    /** @param {Shown} shown */
    update(shown) {
      const told = toldOf(shown);
      if (!told) return;
      if (laid(shown.arrays.ring_counts, told)) lay(told);
      const step = stepOf(shown, told);
      const { machines } = told;
      const of = (/** @type {string} */ name, /** @type {number} */ place) => shown.arrays[name].data[place];
      setText(hint, hintOf(step, told));
      for (let machine = 0; machine < machines; machine++) {
        const before = (machine + machines - 1) % machines;
        const came = step > 0 ? of("ring_sends", (step - 1) * machines + before) : -1;
        const goes = step < told.steps ? of("ring_sends", step * machines + machine) : -1;
        for (let chunk = 0; chunk < machines; chunk++) {
          const at = (step * machines + machine) * machines + chunk;
          const count = of("ring_counts", at);
          const { cell, number, words } = cells[machine][chunk];
          const adds = step < machines;
          cell.style.setProperty("--share", String(count / machines));
          cell.classList.toggle("whole", count === machines);
          cell.classList.toggle("came", came === chunk);
          cell.classList.toggle("goes", goes === chunk);
          setText(number, formatNumber(of("ring_values", at), 3));
          setText(words, `${count} of ${machines}${came === chunk ? ` · ${adds ? "+" : "="} from ${before + 1}` : ""}`);
          const what = `machine ${machine + 1}, chunk ${chunk + 1}: the sum of ${count} of ${machines}`;
          setAttribute(
            cell,
            "title",
            goes === chunk ? `${what}; it goes to machine ${((machine + 1) % machines) + 1} next` : what,
          );
        }
        setText(sent[machine], formatCount(of("ring_sent", step * machines + machine)));
      }
    },
    /** @param {Shown} shown */
    steps: (shown) => (toldOf(shown)?.steps ?? -1) + 1,
    /** @param {Shown} shown */
    words(shown) {
      const told = toldOf(shown);
      if (!told) return "";
      const step = stepOf(shown, told);
      if (step === 0) return "before the first step";
      return `${step < told.machines ? "reduce-scatter" : "all-gather"} ${step} of ${told.steps}`;
    },
  };

  /** @param {Told} told */
  function lay({ machines, chunks, sizes, names }) {
    const heads = chunks.map((size, chunk) =>
      h(
        "th",
        { scope: "col", title: `${formatCount(size)} numbers; shown is ${names[chunk]}` },
        `chunk ${chunk + 1}`,
        h("small", {}, names[chunk]),
      ),
    );
    head.replaceChildren(
      h("tr", {}, h("th", { scope: "col" }, ""), ...heads, h("th", { scope: "col" }, "sent", h("small", {}, "bytes"))),
    );
    cells = [];
    sent = [];
    body.replaceChildren(
      ...sizes.map((size, machine) => {
        const row = Array.from({ length: machines }, () => {
          const [number, words] = [h("b"), h("small")];
          return { cell: h("td", {}, number, words), number, words };
        });
        cells.push(row);
        sent.push(h("td", { class: "ring-sent" }));
        return h(
          "tr",
          {},
          h("th", { scope: "row" }, `machine ${machine + 1}`, h("small", {}, `${formatCount(size)} samples`)),
          ...row.map((one) => one.cell),
          sent[machine],
        );
      }),
    );
  }
}

/** @param {Shown} shown @param {Told} told */
const stepOf = (shown, told) => Math.min(shown.step, told.steps);

/** @param {number} step @param {Told} told */
function hintOf(step, { machines, steps }) {
  if (step === 0)
    return "Each holds its own shard's share of the mean. What is dashed goes to the machine below, the last one's to the first.";
  if (step < machines - 1)
    return "What came in is added, and that sum goes on to the machine below, the last one's to the first.";
  if (step === machines - 1) return "Every machine has one chunk that is whole: the sum over all. These go round next.";
  if (step < steps) return "Whole chunks go round and replace what lies there.";
  return "Every machine has every chunk whole: the mean over all samples, with the same bits.";
}
