/**
 * An experiment: at the left what is chosen, in the middle the picture, at its foot what was found and why it is so, below it the
 * numbers. While it runs again, what it found before stays.
 */

/** @import { AppState } from "../types.js" */
/** @import { Figure } from "./slice.js" */
/** @import { OwnView, Shown, Tools } from "./views/types.js" */

import { markup } from "../shared/markup.js";
import { formulaBox } from "../shared/formula.js";
import { h, memo, setAttribute, setText } from "../toolkit/dom.js";
import { formatCount, typeset } from "../toolkit/maths.js";
import { isAboutRun } from "./actions.js";
import { controlsView } from "./controls.js";
import { figureView } from "./figures/figure.js";
import { progressView } from "./progress.js";
import { shownOf } from "./shown.js";
import { tableView } from "./table.js";

/** Figures that may stand side by side, and the width that it takes (px). */
const [BESIDE, WIDE] = [3, 880];

/** @param {import("./actions.js").LabActions} actions */
export function stageView(actions) {
  const [controls, progress, table] = [controlsView(actions), progressView(actions), tableView()];
  const back = h(
    "button",
    {
      type: "button",
      class: "quiet-button lab-back",
      title: "All experiments (Esc)",
      data: { testid: "lab-all" },
      onclick: () => actions.close(),
    },
    "‹ all experiments",
  );
  const [title, summary] = [h("h2", { data: { testid: "lab-title" } }), h("p", { class: "lab-summary small" })];
  const drawer = h(
    "button",
    {
      type: "button",
      class: "quiet-button lab-drawer",
      aria: { expanded: "false", controls: "lab-side" },
      data: { testid: "lab-drawer" },
      onclick: () => actions.look({ drawer: !actions.state.labLook.drawer }),
    },
    "Choices",
  );
  const about = h("p", { class: "small lab-about", data: { testid: "lab-about" } });
  const source = h("p", { class: "small lab-source" });
  const side = h(
    "aside",
    { class: "lab-side", id: "lab-side", aria: { label: "What is compared" } },
    controls.element,
    about,
    source,
  );
  const empty = h("p", { class: "lab-empty small", role: "status" });
  const picture = h("div", { class: "lab-figures", data: { testid: "lab-figures" } });
  const more = h("div", { class: "lab-more", data: { testid: "lab-more" } });
  const said = h("div", { class: "lab-said", data: { testid: "lab-said" } });
  const formula = formulaBox("lab-formula", "The formula");
  const why = h("div", { class: "lab-why", data: { testid: "lab-why" } });
  const foot = h("div", { class: "lab-foot" }, said, h("div", { class: "lab-because" }, formula.element, why));
  const middle = h(
    "div",
    { class: "lab-middle" },
    h("div", { class: "lab-picture-place" }, picture, empty),
    foot,
    table.element,
  );
  const element = h(
    "section",
    { class: "lab-stage", data: { testid: "lab-stage" } },
    h("header", { class: "lab-head" }, back, h("div", { class: "lab-titles" }, title, summary), progress.element, drawer),
    side,
    middle,
  );
  /** @type {OwnView | null} */
  let own = null;
  /** @type {ReturnType<typeof figureView>[]} */
  let figures = [];
  /** @type {Shown | null} */
  let last = null;
  new ResizeObserver(() => own ?? arrange()).observe(middle);
  new ResizeObserver(() => fit(formula.element)).observe(formula.element);
  const [rowed, told, opened] = [memo(), memo(), memo()];
  /** @type {Tools} */
  const tools = {
    chart: () => figureView(),
    begin: (choices) => actions.begin(choices),
    openRun: (spec) => actions.openRun(spec),
    go: (step) => actions.go(step),
  };
  return {
    element,
    back,
    /** @param {AppState} state */
    update(state) {
      const { row } = actions;
      const { labLook, lab, frames } = state;
      if (!row) return;
      if (rowed(row)) {
        setText(title, row.title);
        summary.replaceChildren(markup(row.summary_html));
        formula.show(row.mathml);
        fit(formula.element);
        formula.element.hidden = row.mathml === "";
        why.replaceChildren(markup(row.why));
        source.replaceChildren(...sourceOf(row.source, row.link));
      }
      const shown = shownOf(state);
      if (opened(row.name)) begin(labLook.views[row.name]?.view?.(tools) ?? null);
      for (const [name, value] of Object.entries({
        experiment: row.name,
        status: shown.status,
        number: String(lab?.number ?? 0),
        found: String(shown.figures.length > 0),
      }))
        setAttribute(element, `data-${name}`, value);
      element.toggleAttribute("data-drawer", labLook.drawer);
      setAttribute(drawer, "aria-expanded", String(labLook.drawer));
      controls.update(state);
      progress.update(state, shown);
      setText(about, aboutOf(state));
      picture.setAttribute("aria-busy", String(shown.status === "running"));
      draw(shown);
      const saying = shown.figures.length > 0 ? (frames.lab?.meta.said ?? "") : "";
      if (told(saying)) said.replaceChildren(typesetWithin(markup(saying)));
      table.show(shown.table);
    },
  };

  /** @param {OwnView | null} view */
  function begin(view) {
    own = view;
    figures = [];
    last = null;
    actions.pace = view?.pace ?? 900;
    picture.replaceChildren(...(view ? [view.element] : []));
    more.replaceChildren();
    delete picture.dataset.count;
    picture.classList.toggle("own", view !== null);
    middle.scrollTop = 0;
  }

  /** @param {Shown} shown */
  function draw(shown) {
    empty.hidden = shown.figures.length > 0;
    picture.hidden = !empty.hidden;
    setText(empty, emptyWords(shown));
    if (last && same(last, shown)) return;
    last = shown;
    if (own) {
      own.update(shown);
      actions.pictureGoesBy(own.steps?.(shown) ?? 0, own.stepWords?.(shown) ?? "");
      return;
    }
    actions.pictureGoesBy(0, "");
    each(shown.figures, shown);
  }

  /** @param {Figure[]} found @param {Shown} shown */
  function each(found, shown) {
    while (figures.length > found.length) figures.pop()?.element.remove();
    while (figures.length < found.length) {
      const figure = figureView();
      figures.push(figure);
    }
    arrange();
    found.forEach((figure, i) => figures[i].show(figure, shown));
  }

  /** Few figures stand beside the first where there is room for them; else the first stands alone, the others further down. */
  function arrange() {
    const beside = figures.length > 1 && figures.length <= BESIDE && middle.clientWidth >= WIDE && !last?.projector;
    picture.dataset.count = String(beside ? figures.length : 1);
    figures.forEach(({ element: each }, i) => {
      const place = beside || i === 0 ? picture : more;
      if (each.parentElement !== place) place.append(each);
    });
  }

  /** @param {AppState} state */
  function aboutOf({ lab, run }) {
    const { row } = actions;
    if (!row || lab?.experiment !== row.name || !lab.on || !isAboutRun(row, lab)) return "";
    const now = run?.run === lab.on.run ? "" : " It has been replaced since.";
    return `About the run as it stood after update ${formatCount(lab.on.step)}.${now}`;
  }
}

/** The smallest of a formula's sizes, as a share of the usual one: that of small type. */
const SMALLEST = 0.86;

/** A formula that is wider than its box is written smaller; wider still, it can be scrolled. @param {HTMLElement} box */
function fit(box) {
  box.style.removeProperty("--shrink");
  const share = box.clientWidth / box.scrollWidth;
  if (share < 1) box.style.setProperty("--shrink", String(Math.max(SMALLEST, 0.98 * share)));
}

/** The engine's numbers in words, as numbers are written here. @param {DocumentFragment} words */
function typesetWithin(words) {
  const texts = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode())
    if (!text.parentElement?.closest("math")) text.nodeValue = typeset(text.nodeValue ?? "");
  return words;
}

/** @param {Shown} a @param {Shown} b */
const same = (a, b) => Object.entries(a).every(([name, value]) => value === b[/** @type {keyof Shown} */ (name)]);

/** @param {Shown} shown */
function emptyWords({ status }) {
  if (status === "running") return "Measuring …";
  if (status === "failed") return "Nothing was found.";
  if (status === "cancelled") return "It was ended before there was anything to see.";
  return status === "done" ? "The picture is coming …" : "Nothing has been measured yet.";
}

/** @param {string} source @param {string} link @returns {(Node | string)[]} */
function sourceOf(source, link) {
  if (!source) return [];
  const words = link.startsWith("https://")
    ? h("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, source)
    : source;
  return ["After ", words];
}
