/** The Train view: settings, network, output. On a narrow screen they are three pages of one swipe. */

/** @import { View } from "../types.js" */
/** @import { Page } from "./types.js" */

import { h, memo, setAttribute } from "../toolkit/dom.js";
import { compareView } from "./compare/view.js";
import { dataPanel } from "./data/data.js";
import { diagramView } from "./diagram/diagram.js";
import { findingsView } from "./findings.js";
import { networkPanel } from "./settings/layers.js";
import { limitsPanel } from "./settings/limits.js";
import { optimizerPanel } from "./settings/optimizer.js";
import { outputColumn } from "./output/output.js";
import { pinnedView } from "./pinned.js";
import { schedulePanel } from "./settings/schedule.js";

/** @type {{page: Page, title: string}[]} */
const PAGES = [
  { page: "settings", title: "Settings" },
  { page: "network", title: "Network" },
  { page: "output", title: "Output" },
];

/**
 * @param {import("./actions.js").TrainActions} actions
 * @param {{rate: () => void, gradient: () => void}} trials  open their dialogs
 * @param {{comparison: import("../run/comparison.js").Comparison, compare: () => void}} beside  the run that is kept
 * @returns {View}
 */
export function trainView(actions, trials, { comparison, compare }) {
  const panels = [
    dataPanel(actions),
    optimizerPanel(actions),
    schedulePanel(actions),
    networkPanel(actions),
    limitsPanel(actions),
  ];
  const diagram = diagramView(actions);
  const output = outputColumn(actions, trials, compare);
  const two = compareView(actions, comparison);
  const findings = findingsView(actions);
  diagram.element.append(findings.element);
  const pinned = pinnedView(output.element);
  const settings = h(
    "div",
    { class: "page settings", id: "page-settings", data: { page: "settings" } },
    ...panels.map((panel) => panel.element),
  );
  const network = h(
    "div",
    { class: "page network", id: "page-network", data: { page: "network" } },
    pinned.element,
    diagram.element,
    two.element,
  );
  const right = h("div", { class: "page right", id: "page-output", data: { page: "output" } }, output.element);
  const tabs = PAGES.map(({ page, title }) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        class: "tab",
        aria: { controls: `page-${page}` },
        data: { tab: page },
        onclick: () => actions.show(page),
      },
      title,
    ),
  );
  // While presenting the settings are a drawer over the network.
  const handle = h(
    "button",
    {
      type: "button",
      class: "drawer-handle",
      aria: { controls: settings.id, expanded: false },
      data: { testid: "drawer" },
      onclick: () => actions.pullDrawer(handle.getAttribute("aria-expanded") !== "true"),
    },
    "Settings",
  );
  const pages = h("div", { class: "pages" }, handle, settings, network, right);
  const element = h(
    "main",
    { class: "train" },
    h("nav", { class: "tabs", role: "tablist", aria: { label: "Pages" } }, ...tabs),
    pages,
  );
  const places = { settings, network, output: right };
  followSwipes(pages, places, actions);
  const pageChanged = memo();
  /** @type {Page} */
  let current = "network";
  const reveal = () => pages.scrollTo({ left: places[current].offsetLeft - pages.offsetLeft });
  // Where the window becomes narrow the three columns become pages, and the current one is to be seen.
  new ResizeObserver(reveal).observe(pages);
  return {
    element,
    update(state) {
      for (const panel of panels) panel.update(state);
      diagram.element.hidden = state.comparing;
      element.classList.toggle("comparing", state.comparing);
      two.update(state);
      diagram.update(state);
      findings.update(state);
      output.update(state);
      pinned.update(state);
      setAttribute(element, "data-ready", String(state.run !== null && state.clock !== null && state.catalog !== null));
      setAttribute(element, "data-warm", String(state.warmup !== null && state.warmup.done === state.warmup.total));
      setAttribute(handle, "aria-expanded", String(state.drawer));
      if (pageChanged(state.page)) {
        PAGES.forEach(({ page }, i) => setAttribute(tabs[i], "aria-selected", String(page === state.page)));
        current = state.page;
        reveal();
      }
    },
  };
}

/**
 * A swipe ends on a page; the tabs follow it. (Elements that are not scrolled, as on a wide screen, never report.)
 * @param {HTMLElement} pages
 * @param {Record<Page, HTMLElement>} places
 * @param {import("./actions.js").TrainActions} actions
 */
function followSwipes(pages, places, actions) {
  const settle = () => {
    if (pages.scrollWidth <= pages.clientWidth) return;
    const found = PAGES.find(
      ({ page }) => Math.abs(places[page].offsetLeft - pages.offsetLeft - pages.scrollLeft) < pages.clientWidth / 2,
    );
    if (found) actions.show(found.page);
  };
  pages.addEventListener("scrollend", settle);
}
