/** What is wrong with the run: each finding in words, its evidence in numbers, and what to try as buttons that do it. */

/** @import { Finding } from "../channels.js" */
/** @import { View } from "../types.js" */

import { h, memo, setAttribute, setText } from "../toolkit/dom.js";
import { formatCount, formatNumber, formatSetting, toNumber, typeset } from "../toolkit/maths.js";
import { fieldName } from "../run/field-names.js";
import { isLive } from "../run/spec.js";
import { frameOf } from "../run/selectors.js";
import { icon } from "../toolkit/icons.js";

/** Pieces of evidence by the name that the field has for them. @type {Record<string, string>} */
const EVIDENCE = {
  loss_risen: "rise of the training loss",
  held_out_risen: "test (validation) loss has risen",
  gap: "gap between test (validation) and training loss",
  delta_ratio: "‖δ‖ of layer 1 by that of the last",
  dead_share: "share of dead units",
  saturated_share: "share of saturated units",
  confidently_wrong: "share confidently wrong",
  rate: "learning rate",
  elasticity: "relative change of the loss along the gradient",
  update_ratio: "update ‖Δθ‖/‖θ‖",
  improvement: "relative improvement",
  twins: "identical units",
  left_share: "share of samples not fitted",
  pull_elasticity: "relative change along per-sample gradients",
  penalty_share: "share of the penalty",
  disagreement: "per-sample gradients by their mean",
  non_finite_values: "values not finite",
};
/** Fields whose value is told with the remedy; the words of the others hold it. */
const TOLD = new Set(["optimizer.lr", "data.samples", "regularization.l1", "seed"]);

/**
 * @param {import("./actions.js").TrainActions} actions
 * @returns {View}
 */
export function findingsView(actions) {
  const moment = h("span", { class: "moment" });
  const body = h("div", { class: "findings-body" });
  const close = h(
    "button",
    { type: "button", class: "round small", aria: { label: "Close the findings" }, onclick: () => actions.showFindings(false) },
    icon("close"),
  );
  const element = h(
    "section",
    {
      class: "findings",
      hidden: true,
      tabindex: -1,
      aria: { label: "Findings" },
      data: { testid: "findings", part: "findings" },
    },
    h(
      "div",
      { class: "title-row" },
      h("h2", { class: "panel-title" }, "Findings"),
      h("span", { class: "findings-where" }, moment, close),
    ),
    body,
  );
  const built = memo();
  /** What changes while a finding stays. @type {((finding: Finding) => void)[]} */
  let fill = [];
  return {
    element,
    update(state) {
      const opening = element.hidden && state.diagnosis;
      element.hidden = !state.diagnosis;
      if (!state.diagnosis) return;
      const frame = frameOf(state, "findings");
      const found = frame?.meta.findings ?? [];
      setText(moment, frame ? `after step ${formatCount(frame.step)}` : "");
      if (
        built(
          frame === null,
          state.run,
          JSON.stringify(
            found.map(({ name, layer, evidence, remedies }) => [name, layer, evidence.map((each) => each.name), remedies]),
          ),
        )
      ) {
        const made = found.map((finding) => card(finding, actions));
        fill = made.map((each) => each.fill);
        const none = frame ? "Nothing wrong found." : "Looking …";
        body.replaceChildren(...(made.length > 0 ? made.map((each) => each.element) : [h("p", { class: "small" }, none)]));
      }
      found.forEach((finding, i) => fill[i](finding));
      for (const button of body.querySelectorAll("[data-layer]")) {
        const here =
          Number(/** @type {HTMLElement} */ (button).dataset.layer) === state.pointed?.layer && state.pointed?.unit === null;
        setAttribute(button, "aria-pressed", String(here));
      }
      if (opening) element.focus({ preventScroll: true });
    },
  };
}

/**
 * @param {Finding} finding
 * @param {import("./actions.js").TrainActions} actions
 * @returns {{element: HTMLElement, fill: (finding: Finding) => void}}
 */
function card(finding, actions) {
  const summary = h("p");
  const lines = finding.evidence.map((evidence) => {
    const value = h("b");
    const words = h("span", { class: "small" });
    const { layer } = evidence;
    const where =
      layer !== null &&
      h(
        "button",
        {
          type: "button",
          class: "chip",
          title: "show it on the network",
          data: { layer },
          onclick: () => actions.pointAt({ layer, unit: null }),
        },
        `layer ${layer}`,
      );
    return { element: h("li", { data: { evidence: evidence.name } }, where, value, words), value, words };
  });
  const tries = finding.remedies.map((remedy) =>
    h(
      "button",
      {
        type: "button",
        class: "quiet-button",
        title: isLive(remedy.path) ? "changes this run" : "begins a new run; undo goes back to this one",
        data: { remedy: remedy.path },
        onclick: () => void actions.change(remedy.path, remedy.value),
      },
      remedyWords(remedy),
    ),
  );
  const element = h(
    "article",
    { class: "finding", data: { finding: finding.name } },
    h("h3", {}, finding.title.charAt(0).toUpperCase() + finding.title.slice(1)),
    summary,
    h("ul", { class: "evidence" }, ...lines.map((line) => line.element)),
    tries.length > 0 && h("div", { class: "tries" }, h("span", { class: "small" }, "try"), ...tries),
  );
  const fill = (/** @type {Finding} */ now) => {
    setText(summary, typeset(now.summary));
    now.evidence.forEach(({ name, value, threshold, side, words }, i) => {
      const number = toNumber(value);
      lines[i].value.textContent =
        number !== null && Number.isInteger(number) ? formatCount(number) : formatNumber(number, 3, 1e-3);
      setAttribute(lines[i].value, "data-value", number === null ? null : String(number));
      setText(
        lines[i].words,
        `${EVIDENCE[name] ?? name.replaceAll("_", " ")}, ${side} ${formatNumber(threshold, 2, 1e-3)}${said(now.summary, words) ? "" : `: ${typeset(words)}`}`,
      );
    });
  };
  return { element, fill };
}

/** Whether the summary is those words already. @param {string} summary @param {string} words */
function said(summary, words) {
  return summary.toLowerCase() === `${words.toLowerCase()}.`;
}

/** @param {Finding["remedies"][number]} remedy */
function remedyWords({ path, value, words }) {
  const simple = typeof value === "number" || typeof value === "string";
  const setting = simple && TOLD.has(path) ? `: ${fieldName(path)} ${formatSetting(value)}` : "";
  return `${typeset(words)}${setting}${isLive(path) ? "" : " (new run)"}`;
}
