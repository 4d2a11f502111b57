/** The recorded losses (or accuracies) of the present branch. The figure comes from the server; here it is only fed. */

/** @import { AppState, View } from "../../types.js" */

import { h, memo, setAttribute } from "../../toolkit/dom.js";
import { RunFigure, abscissa } from "./run-figure.js";
import { comparedView } from "./compared.js";
import { futuresView } from "./futures.js";

/** Nothing is faint. @type {import("../../types.js").Future[]} */
const NONE = [];

/**
 * @param {import("../actions.js").TrainActions} actions
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
  const axis = h(
    "button",
    {
      type: "button",
      class: "text-tab",
      title: "the loss on a logarithmic or a linear axis (l)",
      data: { testid: "loss-axis" },
      onclick: () => actions.toggleLinear(),
    },
    "log axis",
  );
  // Plotly fills a box that its own size cannot stretch.
  const plot = h("div", { class: "curve" });
  const legend = h(
    "span",
    {
      class: "curve-legend",
      hidden: true,
      title: "the loss of each update's mini-batch, before the update; not recorded",
      data: { testid: "mini-batch" },
    },
    h("span", { class: "faint" }),
    "mini-batch",
  );
  const compared = comparedView(actions);
  const futures = futuresView(actions);
  const place = h("div", { class: "curve-place", data: { testid: "curves" } }, plot, legend);
  const element = h(
    "section",
    { class: "curves", data: { part: "curves" }, aria: { label: "Curves" } },
    h(
      "div",
      { class: "title-row" },
      h("h2", { class: "panel-title" }, "Along the run"),
      h(
        "div",
        { class: "tabs-inline" },
        axis,
        h("div", { class: "tabs-inline", role: "tablist" }, ...tabs.map((tab) => tab.button)),
      ),
    ),
    futures.element,
    compared.element,
    place,
  );
  const figure = new RunFigure(plot);
  const changed = memo();
  /** @type {AppState | null} */
  let last = null;
  new ResizeObserver(() => last && update(last)).observe(place);
  return { element, update };

  /** @param {AppState} state */
  function update(state) {
    last = state;
    compared.update(state);
    futures.update(state);
    const faint = state.withoutFutures ? NONE : state.futures;
    const { run, figures, series, batchLosses, theme, clock } = state;
    const accuracy = run?.task === "classification";
    const shown = accuracy ? state.curve : "loss";
    for (const { name, button } of tabs) {
      button.hidden = name === "accuracy" && !accuracy;
      setAttribute(button, "aria-selected", String(name === shown));
    }
    axis.hidden = shown !== "loss";
    setAttribute(axis, "aria-pressed", String(!state.linear));
    if (!run || !figures || !clock) return;
    const drawn = shown === "loss" && state.linear ? "loss_linear" : shown;
    const themed = figures.figures[drawn];
    if (!themed) return;
    const present = series && series.run === run.run ? series : null;
    const batches = shown === "loss" && batchLosses && batchLosses.run === run.run ? batchLosses : null;
    legend.hidden = !batches || batches.length < 2;
    // While it plays the end of the curve is the present; only a place in the past is marked.
    const here = clock.step < clock.end ? clock[abscissa(themed[theme].layout)] : null;
    const { clientWidth, clientHeight } = place;
    if (
      clientWidth < 40 ||
      !changed(themed, present, batches, theme, state.projector, state.compared, faint, here, clientWidth, clientHeight)
    )
      return;
    figure.show(themed, theme, { present, batches }, drawn, here, { compared: state.compared, futures: faint });
  }
}
