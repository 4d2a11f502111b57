/** Settings that hold a run back: penalties, noise on the inputs, clipping, when it stops; and how its softmax is computed. */

/** @import { View } from "../../types.js" */

import { numberField, switchField } from "../../shared/controls.js";
import { h } from "../../toolkit/dom.js";
import { read, specOf } from "../../run/spec.js";

const NAIVE =
  "As written in books: e^z alone, then its logarithm. From |z| = 710 on e^z overflows and ∞/∞ is NaN; where ŷ rounds to 0, " +
  "ln 0 is −∞. The run stops there. The stable forms subtract the largest z first and take the logarithm in one go.";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
export function limitsPanel(actions) {
  const number = (/** @type {string} */ path, /** @type {string} */ label, /** @type {string} */ hint, more = {}) => ({
    path,
    control: numberField(actions, { path, label, hint, ...more }),
  });
  const open = [
    number("regularization.l1", "L1 λ", "penalty λ·Σ|w| on the weights"),
    number("regularization.l2", "L2 λ", "penalty (λ/2)·Σw² on the weights"),
    number("regularization.jitter", "Jitter σ", "standard deviation of the noise added to each input while training"),
    number(
      "regularization.shift",
      "Shift",
      "pixels by which a picture is shifted at most, in either direction, while training",
      {
        integer: true,
      },
    ),
  ];
  const clipping = [
    number("clip.norm", "Clip ‖g‖", "the longest gradient an update may use; off: any", { off: true }),
    number("clip.value", "Clip g", "the largest value an entry of the gradient may have, after clipping its length; off: any", {
      off: true,
    }),
  ];
  const stopping = [
    number("stop.max_steps", "At step", "play goes no further", { integer: true }),
    number(
      "stop.patience",
      "Patience",
      "measurements without a new best validation loss; then the run stops and the best parameters come back. Needs a validation share",
      { integer: true, off: true },
    ),
    number("stop.min_change", "Least change", "stops where the train loss changes by less from one measurement to the next", {
      off: true,
    }),
  ];
  const naive = switchField(
    {
      register: (path) => actions.register(path),
      change: (path, on) => actions.change(path, on ? "naive" : "stable"),
      refuse: (path, message) => actions.refuse(path, message),
    },
    { path: "numerics", label: "Naive numerics", hint: "to see why nobody computes softmax as it is written" },
  );
  const section = (/** @type {string} */ name, /** @type {string} */ title, /** @type {HTMLElement[]} */ ...fields) =>
    h(
      "details",
      { class: "more", data: { testid: `more-${name}` } },
      h("summary", {}, title),
      h("div", { class: "fields" }, ...fields),
    );
  const elements = (/** @type {typeof open} */ fields) => fields.map(({ control }) => control.element);
  const folded = [
    { fields: clipping, element: section("clip", "clipping", ...elements(clipping)) },
    { fields: stopping, element: section("stop", "stopping", ...elements(stopping)) },
    {
      fields: [{ path: "numerics", control: naive }],
      element: section("numerics", "numerics", naive.element, h("p", { class: "small" }, NAIVE)),
    },
  ];
  const element = h(
    "section",
    { class: "panel", data: { part: "regularization" }, aria: { labelledby: "limits-title" } },
    h("h2", { id: "limits-title", class: "panel-title" }, "Regularization"),
    h("div", { class: "fields" }, ...elements(open)),
    ...folded.map((each) => each.element),
  );
  return {
    element,
    update(state) {
      const spec = specOf(state);
      const { errors, run } = state;
      if (!spec || !run) return;
      for (const { path, control } of [...open, ...clipping, ...stopping]) control.update(read(spec, path), errors[path]);
      naive.update(spec.numerics === "naive", errors.numerics);
      // A picture is moved, any other sample jittered; what is set is never out of sight.
      open[2].control.element.hidden = run.kind === "image" && spec.regularization.jitter === 0;
      open[3].control.element.hidden = run.kind !== "image" && spec.regularization.shift === 0;
      // What is refused is seen.
      for (const { fields, element: place } of folded) if (fields.some(({ path }) => errors[path])) place.open = true;
    },
  };
}
