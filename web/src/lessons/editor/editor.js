/** Where a lesson is written: the text at the left with what is wrong in it, the card as it will be at the right. */

/** @import { AppState, View } from "../../types.js" */
/** @import { Checked, Problem } from "../slice.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { typeset } from "../../toolkit/maths.js";
import { previewView } from "./preview.js";

/** @param {import("./actions.js").LessonEditor} writing @returns {View} */
export function editorView(writing) {
  const text = h("textarea", {
    class: "lesson-text",
    spellcheck: "false",
    aria: { label: "The lesson’s text" },
    data: { testid: "lesson-text-area" },
    oninput: () => writing.write(text.value),
  });
  const numbers = h("pre", { class: "lesson-lines", aria: { hidden: true } });
  text.addEventListener("scroll", () => (numbers.scrollTop = text.scrollTop));
  const problems = h("ol", { class: "lesson-problems", aria: { label: "What is wrong" }, data: { testid: "lesson-problems" } });
  const fine = h("p", { class: "small", role: "status", data: { testid: "lesson-fine" } });
  const card = h("select", {
    aria: { label: "Card" },
    data: { testid: "lesson-shown" },
    onchange: () => writing.show(card.selectedIndex),
  });
  const preview = previewView();
  const button = (/** @type {string} */ label, /** @type {string} */ hook, /** @type {() => void} */ press) =>
    h("button", { type: "button", class: "quiet-button", data: { testid: hook }, onclick: press }, label);
  const attempt = button("Try this card", "lesson-try", () => void writing.try());
  const keep = button("Keep it, and copy its link", "lesson-keep", () => void writing.keep());
  keep.className = "primary-button";
  const element = h(
    "div",
    { class: "lesson-editor", data: { testid: "lesson-editor" } },
    h(
      "header",
      { class: "lesson-editor-head" },
      button("◂ all lessons", "lesson-gallery", () => writing.close()),
      h("h2", {}, "Write a lesson"),
      h("span", { class: "grow" }),
      button("Open a file…", "lesson-open-file", () => void writing.pick()),
      button("Save as a file", "lesson-save", () => writing.save()),
      keep,
    ),
    h("div", { class: "lesson-editor-left" }, h("div", { class: "lesson-paper" }, numbers, text), fine, problems),
    h(
      "div",
      { class: "lesson-editor-right" },
      h("div", { class: "title-row" }, h("h3", { class: "panel-title" }, "The card"), card, attempt),
      preview.element,
    ),
  );
  drops(element, writing);
  const [lined, judged, shown] = [memo(), memo(), memo()];
  return {
    element,
    /** @param {AppState} state */
    update({ lessonLook: { draft, checked, reading, shown: at } }) {
      setAttribute(element, "aria-busy", reading ? "true" : null);
      if (text.value !== draft) text.value = draft;
      if (lined(draft)) numbers.textContent = Array.from({ length: draft.split("\n").length }, (_, i) => i + 1).join("\n");
      if (!checked) {
        setText(fine, "Reading …");
        writing.check(0);
        return;
      }
      if (judged(checked)) drawProblems(checked);
      const cards = checked.lesson?.cards ?? [];
      attempt.disabled = keep.disabled = reading || cards.length === 0;
      const index = Math.min(at, Math.max(0, cards.length - 1));
      if (shown(checked, index)) {
        card.replaceChildren(...cards.map((each, i) => h("option", { value: String(i) }, `${i + 1}. ${plain(each.heading)}`)));
        card.selectedIndex = index;
        card.hidden = cards.length === 0;
        preview.show(cards[index] ?? null);
      }
    },
  };

  /** @param {Checked} checked */
  function drawProblems({ problems: found, lesson }) {
    problems.replaceChildren(...found.map((problem) => h("li", {}, problemButton(problem))));
    problems.hidden = found.length === 0;
    const count = lesson?.cards.length ?? 0;
    setText(fine, found.length > 0 ? "" : `It can be read: ${count} card${count === 1 ? "" : "s"}.`);
    fine.hidden = found.length > 0;
  }

  /** @param {Problem} problem */
  function problemButton({ line, message, allowed }) {
    const words = `line ${line}: ${typeset(message)}`;
    const more = allowed && !message.includes(allowed) ? ` Allowed: ${typeset(allowed)}.` : "";
    return h(
      "button",
      { type: "button", class: "lesson-problem", data: { line }, onclick: () => goTo(line) },
      h("b", {}, words),
      more,
    );
  }

  /** @param {number} line */
  function goTo(line) {
    const lines = text.value.split("\n");
    const from = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0));
    text.scrollTop = Math.max(0, (line - 4) * (text.scrollHeight / lines.length));
  }
}

/** @param {string} html */
const plain = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent ?? "";

/**
 * A file dropped here is a lesson; anywhere else on the page it would be a table.
 * @param {HTMLElement} element
 * @param {import("./actions.js").LessonEditor} writing
 */
export function drops(element, writing) {
  const holdsFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  for (const name of /** @type {const} */ (["dragenter", "dragover", "dragleave", "drop"]))
    element.addEventListener(name, (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      element.toggleAttribute("data-dropping", name === "dragenter" || name === "dragover");
      if (name === "drop") void writing.drop(event.dataTransfer?.files[0]);
    });
}
