/** The line that tells of the followed sample: which it is, what the network makes of it, and how far off that is. */

/** @import { FrameOf } from "../../channels.js" */
/** @import { RunInfo, View } from "../../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { sampleFrame, sampleName, targetWords } from "../../run/followed.js";
import { formatCount, formatExact, formatNumber, toNumber } from "../../toolkit/maths.js";
import { frameOf } from "../../run/selectors.js";
import { icon } from "../../toolkit/icons.js";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
export function followedView(actions) {
  const name = h("b", { class: "followed-name" });
  const parts = {
    answer: number("followed-answer"),
    target: number("followed-target"),
    loss: number("followed-loss"),
  };
  const moment = h("span", { class: "followed-moment" });
  const button = (/** @type {string} */ label, /** @type {Node | string} */ content, /** @type {() => void} */ press) =>
    h("button", { type: "button", class: "round small", title: label, aria: { label }, onclick: press }, content);
  // Spoken when another sample is chosen, not with every update.
  const voice = h("span", { class: "sr-only", role: "status" });
  const element = h(
    "section",
    { class: "followed", hidden: true, aria: { label: "The followed sample" }, data: { testid: "followed" } },
    h(
      "div",
      { class: "followed-words" },
      h("div", { class: "followed-line" }, name, moment),
      h("div", { class: "followed-line" }, ...Object.values(parts).map((part) => part.element)),
    ),
    h(
      "span",
      { class: "followed-buttons" },
      button("Follow the sample before", "‹", () => actions.followNext(-1)),
      button("Follow the next sample", "›", () => actions.followNext(1)),
      button("Stop following (Esc)", icon("close"), () => actions.follow(null)),
    ),
    voice,
  );
  const chosen = memo();
  const changed = memo();
  return {
    element,
    update(state) {
      const { run, followed } = state;
      element.hidden = !followed || !run;
      const data = frameOf(state, "data");
      const which = followed ? `${followed.split} ${followed.index}` : "";
      if (!followed || !run) {
        if (chosen("", null, null)) setText(voice, "");
        return;
      }
      if (chosen(which, run, data)) {
        setText(name, sampleName(followed));
        setText(voice, `Following ${sampleName(followed)}, ${targetWords(run, data, followed)}. Escape ends it.`);
      }
      const frame = sampleFrame(state);
      if (!changed(frame, run)) return;
      setText(moment, frame ? `after step ${formatCount(frame.step)}` : "");
      const { answer, target, loss } = numbersOf(run, frame);
      show(parts.answer, frame, answer);
      show(parts.target, frame, target);
      show(parts.loss, frame, loss);
    },
  };
}

/**
 * What the line says, part by part: words, and the exact number after them where there is one.
 * @param {RunInfo} run
 * @param {FrameOf<"sample"> | null} frame
 */
function numbersOf(run, frame) {
  const one = run.outputs.length === 1;
  if (!frame) return { answer: { words: "…" }, target: { words: "" }, loss: { words: "" } };
  const outputs = frame.arrays[`h${run.layers.length}`].data;
  const wanted = one ? frame.arrays.target.data[0] : undefined;
  const loss = { words: "loss ", value: toNumber(frame.meta.loss) ?? undefined };
  if (run.task === "regression") {
    // Of several outputs each shows its own number in its unit.
    const answer = one
      ? { words: `answer ${run.outputs[0]} = `, value: outputs[0] }
      : { words: `${run.outputs.length} outputs` };
    return { answer, target: one ? { words: "target ", value: wanted } : { words: "" }, loss };
  }
  const [label, predicted] = [frame.meta.label ?? -1, frame.meta.predicted ?? -1]; // of classes both are there
  const told = one ? 0 : predicted;
  return {
    answer: { words: `answer ${run.classes[predicted]}, ${run.outputs[told]} = `, value: outputs[told] },
    target: { words: `truth ${run.classes[label]}${one ? ", target " : ""}`, value: wanted },
    loss,
  };
}

/** @param {string} testid */
function number(testid) {
  const words = h("span");
  const value = h("output", { data: { testid } });
  return { element: h("span", { class: "followed-number" }, words, value), words, value };
}

/**
 * @param {ReturnType<typeof number>} place
 * @param {FrameOf<"sample"> | null} frame
 * @param {{words: string, value?: number}} part
 */
function show({ element, words, value }, frame, part) {
  element.hidden = part.words === "";
  setText(words, part.words);
  setText(value, part.value === undefined ? "" : formatNumber(part.value));
  setAttribute(value, "data-value", part.value === undefined ? null : String(part.value));
  setAttribute(value, "data-step", frame ? String(frame.step) : null);
  value.title = part.value === undefined ? "" : `exactly ${formatExact(part.value)}`;
}
