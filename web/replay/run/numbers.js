/** Every number of a frame: losses, accuracies, the rate, and all weights and biases. */

/** @import { Recording, RunMeta, Slot } from "../types.js" */

import { h, setText } from "../../src/toolkit/dom.js";
import { formatCount, formatExact, formatNumber } from "../../src/toolkit/maths.js";
import { column } from "../recording.js";

/** So many parameters stand all at once; of more one is chosen. */
const FEW = 260;
/** Rows and columns of one that are written out. */
const SIDE = 100;

const WORDS = /** @type {const} */ ([
  ["train_loss", "train loss"],
  ["validation_loss", "validation loss"],
  ["test_loss", "test loss"],
  ["train_accuracy", "train accuracy"],
  ["validation_accuracy", "validation accuracy"],
  ["test_accuracy", "test accuracy"],
  ["rate", "learning rate η of the next update"],
]);

/** @param {Recording<RunMeta>} recording */
export function numbersView(recording) {
  const { meta, arrays, steps } = recording;
  const [, count] = arrays.theta.shape;
  let exact = false;
  let at = 0;
  const all = count <= FEW;
  const scalars = WORDS.filter(([name]) => arrays[name]).map(([name, words]) => {
    const value = h("dd", { data: { testid: `number-${name}` } });
    return { values: column(recording, name) ?? [], value, words };
  });
  const chosen = h(
    "select",
    { aria: { label: "Parameter" }, data: { testid: "replay-parameter" }, onchange: () => build(), hidden: all },
    ...meta.slots.map(({ name, shape }, i) => h("option", { value: i }, `${name} (${shape.join(" × ")})`)),
  );
  const digits = h("input", {
    type: "checkbox",
    data: { testid: "replay-digits" },
    onchange: () => {
      exact = digits.checked;
      draw(at);
    },
  });
  const title = h("h2", {});
  const tables = h("div", { class: "tables", tabindex: 0, role: "group", aria: { label: "Weights and biases" } });
  /** @type {{cell: HTMLElement, place: number}[]} */
  let cells = [];
  const element = h(
    "section",
    { class: "numbers", aria: { label: "Numbers" } },
    h("div", { class: "numbers-head" }, title, chosen, h("label", { class: "check" }, digits, "all digits")),
    h("dl", { class: "scalars" }, ...scalars.flatMap(({ words, value }) => [h("dt", {}, words), value])),
    tables,
  );
  build();
  return { element, draw };

  function build() {
    cells = [];
    const shown = all ? meta.slots : [meta.slots[Number(chosen.value)]];
    tables.replaceChildren(...shown.map(table));
    draw(at);
  }

  /** @param {Slot} slot */
  function table({ name, start, shape, layer }) {
    const rows = shape[0];
    const columns = shape[1] ?? 1;
    const matrix = shape.length > 1;
    const source = layer === 1 ? meta.inputs : null;
    const heads = Array.from({ length: Math.min(columns, SIDE) }, (_, k) =>
      h("th", { scope: "col" }, matrix ? (source?.[k] ?? String(k + 1)) : name),
    );
    const lines = Array.from({ length: Math.min(rows, SIDE) }, (_, j) => {
      const values = heads.map((_, k) => {
        const cell = h("td", {});
        cell.dataset.entry = `${name} ${j} ${k}`;
        cells.push({ cell, place: start + j * columns + k });
        return cell;
      });
      return h("tr", {}, h("th", { scope: "row" }, String(j + 1)), ...values);
    });
    const cut = rows > SIDE || columns > SIDE ? `, the first ${SIDE} of each side` : "";
    return h(
      "figure",
      { class: "tensor" },
      h("figcaption", {}, `${name}${matrix ? `, ${rows} × ${columns}` : `, ${rows}`}${cut}`),
      h("table", {}, h("thead", {}, h("tr", {}, h("td", {}), ...heads)), h("tbody", {}, ...lines)),
    );
  }

  /** @param {number} frame */
  function draw(frame) {
    at = frame;
    setText(title, `Numbers after update ${formatCount(steps[frame])}`);
    for (const { value, values } of scalars) write(value, values[frame]);
    for (const { cell, place } of cells) write(cell, arrays.theta.data[frame * count + place]);
  }

  /** @param {HTMLElement} element @param {number} value */
  function write(element, value) {
    setText(element, exact ? formatExact(value) : formatNumber(value));
    element.title = formatExact(value);
  }
}
