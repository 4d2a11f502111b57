/** Where the panels stand: a row of tabs, and the one that is open. */

/** @import { View } from "../../types.js" */

import { h, setAttribute } from "../../toolkit/dom.js";
import { panels, panelsWatch } from "./index.js";

/**
 * @param {import("../actions.js").StepActions} actions
 * @returns {View}
 */
export function panelsView(actions) {
  const all = panels(actions);
  const watch = panelsWatch(actions);
  let open = all[0];
  let byPointer = false;
  const tabs = all.map((panel) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        class: "panel-tab",
        id: `panel-tab-${panel.name}`,
        aria: { controls: `panel-${panel.name}` },
        data: { panel: panel.name },
        onclick: (/** @type {MouseEvent} */ event) => press(panel, event),
        onkeydown: walk,
        onblur: () => (byPointer = false),
      },
      panel.title,
    ),
  );
  const bodies = all.map((panel) =>
    h(
      "div",
      { class: "panel-body", role: "tabpanel", id: `panel-${panel.name}`, aria: { labelledby: `panel-tab-${panel.name}` } },
      panel.view.element,
    ),
  );
  const element = h(
    "section",
    { class: "step-panels", aria: { label: "About this micro-step" }, data: { testid: "step-panels" } },
    all.length > 0 && h("div", { class: "panel-tabs", role: "tablist", aria: { label: "Panels" } }, ...tabs),
    ...bodies,
  );
  element.hidden = all.length === 0;
  /** @type {import("../../types.js").AppState | null} */
  let last = null;

  /** @param {(typeof all)[number]} panel @param {MouseEvent} event */
  function press(panel, event) {
    byPointer = event.detail > 0;
    choose(panel);
  }

  /** Arrows go from tab to tab where one came to it by keys; after a click they are the transport's. @param {KeyboardEvent} event */
  function walk(event) {
    const at = all.indexOf(open);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (byPointer || next === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const index = (next + all.length) % all.length;
    choose(all[index]);
    tabs[index].focus();
  }

  /** @param {(typeof all)[number]} panel */
  function choose(panel) {
    open = panel;
    if (last) update(last);
  }
  /** @param {import("../../types.js").AppState} state */
  function update(state) {
    last = state;
    const wanted = watch(state);
    if (wanted) open = all.find(({ name }) => name === wanted) ?? open;
    all.forEach((panel, i) => {
      setAttribute(tabs[i], "aria-selected", String(panel === open));
      setAttribute(tabs[i], "tabindex", panel === open ? "0" : "-1");
      bodies[i].hidden = panel !== open;
    });
    open?.view.update(state); // those that are not seen rest
  }
  return { element, update };
}
