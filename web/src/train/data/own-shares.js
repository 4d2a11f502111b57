/** How the rows of a table are shared out: to train, to validate and to test, by a seed; how many; whether a run stops early. */

/** @import { TableSummary } from "./table.js" */

import { h } from "../../toolkit/dom.js";
import { formatCount } from "../../toolkit/maths.js";
import { partSlider, VALIDATION } from "./part-slider.js";

/** Epochs without a better validation loss after which a run stops early. */
const PATIENCE = 20;
/** The share that validates as soon as it is to stop early. */
const USUAL = 0.2;
/** As much as may be kept away from training. */
const MOST = 0.95;
const SEEDS = 2 ** 31;

/**
 * @param {TableSummary} table
 * @param {() => void} changed
 */
export function sharesForm(table, changed) {
  const test = partSlider(changed);
  const validation = partSlider(() => {
    if (validation.value() === 0) early.checked = false;
    changed();
  }, VALIDATION);
  const early = h("input", {
    type: "checkbox",
    class: "switch",
    role: "switch",
    name: "table-early",
    onchange: () => {
      if (early.checked && validation.value() === 0) validation.set(USUAL);
      changed();
    },
  });
  const seed = numberField("table-seed", 0, 0, SEEDS, changed);
  const rows = numberField("table-rows", table.rows, 2, table.rows, changed);
  const seedTitle = "the same seed shares the same rows out in the same way";
  const rowsTitle = "fewer rows, drawn at random by the seed";
  const stopTitle = `stops when the validation loss has not fallen for ${PATIENCE} epochs, and goes back to where it was least`;
  /** How many rows are drawn; null: all are taken. */
  const drawn = () => (Number(rows.value) < table.rows || table.drawn_from ? Number(rows.value) : null);
  return {
    elements: [
      h("h3", { class: "small-title" }, "Shared out"),
      h(
        "div",
        { class: "sheet-choices" },
        validation.element,
        test.element,
        h("label", { class: "sheet-pair", title: seedTitle }, h("span", {}, "Seed"), seed),
        h("label", { class: "sheet-pair", title: rowsTitle }, h("span", {}, "Rows"), rows),
        h("label", { class: "sheet-pair", title: stopTitle }, h("span", {}, "Stop early"), early),
      ),
    ],
    choices: () => ({
      validation_fraction: validation.value(),
      test_fraction: test.value(),
      seed: Number(seed.value),
      rows: drawn(),
    }),
    rows: drawn,
    /** Undefined: as the run has it. */
    patience: () => (early.checked ? PATIENCE : undefined),
    chosen: () => ({ validation: validation.value(), test: test.value(), seed: seed.value, early: early.checked }),
    /** @param {{validation: number, test: number, seed: string, early: boolean}} kept */
    restore(kept) {
      validation.set(kept.validation);
      test.set(kept.test);
      seed.value = kept.seed;
      early.checked = kept.early;
    },
    problem() {
      if (!seed.validity.valid || seed.value === "") return `The seed is a whole number from 0 to ${formatCount(SEEDS)}.`;
      if (!rows.validity.valid || rows.value === "") return `Rows: a whole number from 2 to ${formatCount(table.rows)}.`;
      if (validation.value() + test.value() <= MOST) return "";
      return `Validation and test share leave too few rows to train on: together they may be ${100 * MOST}\u202f% at most.`;
    },
    words() {
      const shares = [100 - Math.round(100 * (validation.value() + test.value())), validation, test];
      const [train, ...kept] = shares.map((share) => (typeof share === "number" ? share : Math.round(100 * share.value())));
      const validate = kept[0] > 0 ? `, ${kept[0]}\u202f% to validate` : "";
      return `${train}\u202f% to train on${validate}, ${kept[1]}\u202f% to test`;
    },
  };
}

/**
 * @param {string} name
 * @param {number} value
 * @param {number} min
 * @param {number} max
 * @param {() => void} changed
 */
function numberField(name, value, min, max, changed) {
  return h("input", {
    type: "number",
    class: "line-field",
    name,
    value,
    min,
    max,
    step: 1,
    oninput: changed,
  });
}
