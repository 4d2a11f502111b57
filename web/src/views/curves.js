/** The recorded losses (or accuracies) of the present branch. The figure comes from the server; here it is only fed. */

/** @import { AppState, View } from "../types.js" */

import { h, memo, setAttribute } from "../dom.js";
import { PlotlyFigure, abscissa } from "../plot.js";

/**
 * @param {import("../actions.js").Actions} actions
 * @returns {View}
 */
export function curvesView(actions) {
  const tabs = /** @type {const} */ (["loss", "accuracy"]).map((name) => ({
    name,
    button: h(
      "button",
      {
        type: "button",
        role: "tab",
        class: "text-tab",
        data: { testid: `curve-${name}` },
        onclick: () => actions.showCurve(name),
      },
      name,
    ),
  }));
  // Plotly fills a box that its own size cannot stretch.
  const plot = h("div", { class: "curve" });
  const place = h("div", { class: "curve-place", data: { testid: "curves" } }, plot);
  const element = h(
    "section",
    { class: "curves", aria: { label: "Curves" } },
    h(
      "div",
      { class: "title-row" },
      h("h2", { class: "panel-title" }, "Along the run"),
      h("div", { class: "tabs-inline", role: "tablist" }, ...tabs.map((tab) => tab.button)),
    ),
    place,
  );
  const figure = new PlotlyFigure(plot);
  const changed = memo();
  /** @type {AppState | null} */
  let last = null;
  new ResizeObserver(() => last && update(last)).observe(place);
  return { element, update };

  /** @param {AppState} state */
  function update(state) {
    last = state;
    const { run, figures, series, theme, clock } = state;
    const accuracy = run?.task === "classification";
    const shown = accuracy ? state.curve : "loss";
    for (const { name, button } of tabs) {
      button.hidden = name === "accuracy" && !accuracy;
      setAttribute(button, "aria-selected", String(name === shown));
    }
    if (!run || !figures || !clock) return;
    const themed = figures.figures[shown];
    if (!themed) return;
    const present = series && series.run === run.run ? series : null;
    // While it plays the end of the curve is the present; only a place in the past is marked.
    const here = clock.step < clock.end ? clock[abscissa(themed[theme].layout)] : null;
    if (place.clientWidth < 40 || !changed(themed, present, theme, here, place.clientWidth, place.clientHeight)) return;
    figure.show(themed, theme, present, shown, here);
  }
}
