/** The three numbers that matter, each with its set, at one step; and what they are to be compared with. */

/** @import { Scores } from "../../channels.js" */
/** @import { WireNumber } from "../../commands.js" */
/** @import { RunInfo, View } from "../../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatExact, formatNumber, formatPercent, toNumber } from "../../toolkit/maths.js";
import { asMeasure } from "../../shared/measure.js";
import { frameOf } from "../../run/selectors.js";

const NOTE =
  "the score of always answering the class that most training samples have, or their mean; balanced accuracy is the mean of the classes' recalls";
/** Times its fair share of the samples that the largest class has where classes are called uneven. */
const UNEVEN = 1.2;
/** Classes of which the recalls have room in a line. */
const FEW = 4;

/**
 * @param {string} [prefix]  of the names for tests, where they are shown twice
 * @returns {View}
 */
export function numbersView(prefix = "") {
  const cells = /** @type {const} */ ([
    { set: "train", score: "loss", label: "loss, whole train set" },
    { set: "test", score: "loss", label: "loss, test set" },
    { set: "test", score: "accuracy", label: "test accuracy" },
    { set: "test", score: "r_squared", label: "R², test set" },
  ]).map(({ set, score, label }) => {
    const value = h("output", { class: "big", data: { testid: `${prefix}${set}-${score.replace("_", "-")}` } }, "–");
    const head = h("span", { class: "big-label" }, label);
    return { set, score, value, head, box: h("div", { class: "number-box" }, head, value) };
  });
  const note = h("p", { class: "small numbers-note", title: NOTE, data: { testid: `${prefix}baseline` } });
  const element = h(
    "div",
    { class: "numbers", role: "group", data: { part: "numbers" }, aria: { label: "Scores" } },
    ...cells.map((cell) => cell.box),
    note,
  );
  const changed = memo();
  return {
    element,
    update(state) {
      const evaluation = frameOf(state, "evaluation");
      if (!changed(evaluation, state.run)) return;
      const run = /** @type {RunInfo | null} */ (state.run);
      // Without a test share the train set's score is shown instead, and named so.
      const scored = run && run.samples.test === 0 ? "train" : "test";
      const shown = run?.task === "regression" ? "r_squared" : "accuracy";
      let powers = false;
      for (const { set, score, value, head, box } of cells) {
        const from = score === "loss" ? set : scored;
        const exact = toNumber(evaluation?.meta[from]?.[score]);
        box.hidden = score === "loss" ? set === "test" && scored === "train" : score !== shown;
        if (score !== "loss") setText(head, score === "accuracy" ? `${from} accuracy` : `R², ${from} set`);
        // What is not a digit of the number is smaller: the power of ten, the sign of a percentage.
        const text = score === "accuracy" ? formatPercent(exact) : formatNumber(exact, 3, 1e-3);
        const [, digits, rest] = /** @type {RegExpMatchArray} */ (text.match(/^([^·\u202f]*)(.*)$/));
        powers ||= !box.hidden && rest.startsWith("·");
        value.replaceChildren(digits, h("span", { class: "power" }, rest));
        const of = score === "r_squared" || exact === null ? null : `${score}(${score === "loss" ? set : scored})`;
        asMeasure(value, of, score === "loss" ? `the loss on the ${set} set` : `the ${scored} accuracy`);
        setAttribute(value, "data-value", exact === null ? null : String(exact));
        setAttribute(value, "data-step", evaluation ? String(evaluation.step) : null);
        value.title = exact === null ? "" : `exactly ${formatExact(exact)}, after step ${formatCount(evaluation?.step ?? 0)}`;
      }
      element.classList.toggle("with-powers", powers);
      const recalls = evaluation?.meta.recall?.[scored] ?? [];
      setText(note, run ? compared(run, evaluation?.meta[scored] ?? null, recalls) : "");
      setAttribute(note, "data-value", comparedWith(evaluation?.meta[scored] ?? null, shown));
    },
  };
}

/** @param {Scores | null} scores @param {"accuracy" | "r_squared"} shown */
function comparedWith(scores, shown) {
  const value = shown === "r_squared" ? 0 : toNumber(scores?.baseline);
  return value === null ? null : String(value);
}

/**
 * What an answer that knows nothing of the inputs would get.
 * @param {RunInfo} run
 * @param {Scores | null} scores
 * @param {WireNumber[]} recalls  by class
 */
function compared(run, scores, recalls) {
  if (run.task === "regression") return "always answering the mean: R² 0";
  const baseline = toNumber(scores?.baseline);
  if (baseline === null) return "";
  const words = `baseline, largest class: ${formatPercent(baseline)}`;
  const balanced = toNumber(scores?.balanced_accuracy);
  // By their names there are as many classes as the run has; a set may lack one.
  if (balanced === null || baseline * run.classes.length < UNEVEN) return words;
  // Beside a confusion matrix each class's recall stands in it.
  const few = run.kind === "plane" && run.classes.length <= FEW;
  const each = few ? recalls.map((recall, i) => `${run.classes[i]} ${formatPercent(toNumber(recall))}`).join(", ") : "";
  return `${words} · balanced accuracy: ${formatPercent(balanced)}${each ? ` · recall: ${each}` : ""}`;
}
