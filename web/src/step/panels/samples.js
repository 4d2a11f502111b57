/** From the samples to what a parameter follows: each sample's gradient, their mean, the penalty's pull, the clip. */

/** @import { View } from "../../types.js" */

import { h } from "../../toolkit/dom.js";
import { formatPercent, toNumber } from "../../toolkit/maths.js";
import { indexOf, pickedOf } from "./looked.js";
import { number } from "../../shared/panel-numbers.js";
import { pickerView } from "./picker.js";
import { shell } from "../../shared/shell.js";

/** @param {import("./actions.js").PanelActions} actions @returns {View} */
export function samplesView(actions) {
  const picker = pickerView(actions, "samples");
  const view = shell(
    "samples",
    { empty: "There is no parameter to tell of yet.", retry: () => actions.retry("samples") },
    draw,
  );
  return {
    element: h("div", { class: "panel-page" }, picker.element, view.element),
    update(state) {
      picker.update(state);
      const picked = pickedOf(state);
      view.show(
        picked && actions.answer(state, "samples", { type: "sample_chain", name: picked.name, index: indexOf(state, picked) }),
      );
    },
  };

  /** @param {import("../answers.js").SampleChain} result */
  function draw({ bars, samples, mean, penalty, with_penalty: penalized, clipped, scale }) {
    const most = Math.max(...bars.map((bar) => Math.abs(toNumber(bar.gradient) ?? 0)), Number.MIN_VALUE);
    const rows = bars.map(({ sample, gradient, share }) => {
      const value = toNumber(gradient);
      const width = value === null ? 0 : (Math.abs(value) / most) * 50;
      const bar = h("span", { class: `contribution ${value === null || value >= 0 ? "positive" : "negative"}` });
      bar.style.inlineSize = `${width}%`;
      return h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            class: "text-button",
            title: `follow sample ${sample}`,
            data: { sample },
            onclick: () => actions.follow(sample - 1),
          },
          `sample ${sample}`,
        ),
        h("span", { class: "contribution-axis", aria: { hidden: "true" } }, bar),
        number(gradient),
        h("span", { class: "small" }, gradient === "?" ? "" : formatPercent(toNumber(share), 0)),
      );
    });
    const shown =
      bars.length < samples.length
        ? `the ${bars.length} largest of ${samples.length}`
        : samples.length === 1
          ? "the only sample"
          : `all ${samples.length}`;
    const factor = toNumber(scale);
    const links = [
      link("mean of the mini-batch", number(mean, { hook: "chain-mean" })),
      link("the penalty adds", number(penalty, { hook: "chain-penalty" })),
      link("with it", number(penalized, { hook: "chain-penalized" })),
      link(factor === 1 ? "nothing is clipped" : "after clipping", number(clipped, { hook: "chain-clipped" })),
    ];
    return [
      h("ol", { class: "sample-chain", aria: { label: "From the mean to what the update follows" } }, ...links),
      h("p", { class: "small" }, `Each sample’s own gradient, ${shown}, and its share of their sizes:`),
      h("ul", { class: "contributions", data: { testid: "contributions" } }, ...rows),
    ];
  }
}

/** @param {string} words @param {Node} value */
function link(words, value) {
  return h("li", {}, h("span", { class: "small" }, words), value);
}
