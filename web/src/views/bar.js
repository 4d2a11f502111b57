/** The bar: whose page this is, what is being run, theme and help. */

/** @import { AppState, View } from "../types.js" */

import { h, memo, setAttribute, setText } from "../dom.js";
import { dataTitle, rowNamed, shapeWords, specOf } from "../spec.js";
import { icon } from "./icons.js";

/**
 * @param {import("../actions.js").Actions} actions
 * @param {() => void} openHelp
 * @param {HTMLElement[]} tools  for sharing and keeping
 * @returns {View}
 */
export function barView(actions, openHelp, tools) {
  const subject = h("span", { class: "subject", data: { testid: "subject" } });
  const theme = h("button", {
    class: "round",
    type: "button",
    data: { testid: "theme" },
    onclick: () => actions.toggleTheme(),
  });
  const help = h(
    "button",
    { class: "round", type: "button", title: "Keys (?)", aria: { label: "Keys and help" }, onclick: openHelp },
    "?",
  );
  const element = h(
    "header",
    { class: "bar" },
    h("h1", { class: "name" }, h("span", { class: "mark", aria: { hidden: true } }, "∂"), " chainrule"),
    subject,
    ...tools,
    theme,
    help,
  );
  const changed = memo();
  return {
    element,
    update(state) {
      const spec = specOf(state);
      if (!changed(state.run, spec, state.catalog, state.theme)) return;
      const words = subjectWords(state);
      setText(subject, words);
      subject.title = words;
      const other = state.theme === "dark" ? "light" : "dark";
      setAttribute(theme, "title", `${other} theme (t)`);
      setAttribute(theme, "aria-label", `Switch to the ${other} theme`);
      theme.replaceChildren(icon("theme"));
    },
  };
}

/**
 * What is being run: spiral · 2–8–8–1 · Adam.
 * @param {AppState} state
 */
function subjectWords(state) {
  const { run, catalog } = state;
  const spec = specOf(state);
  if (!run || !catalog || !spec) return "";
  const data = dataTitle(catalog, spec);
  const optimizer = rowNamed(catalog.optimizers, spec.optimizer.name)?.title ?? spec.optimizer.name;
  return `${data} · ${shapeWords(run)} · ${optimizer}`;
}
