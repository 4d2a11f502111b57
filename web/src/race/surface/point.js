/** Where the chosen lane stands, or the leader: the gradient, the curvature, what kind of point it is, the rule's speed limit. */

/** @import { View } from "../../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { MINUS, formatCount, formatExact, formatNumber, toNumber } from "../../toolkit/maths.js";
import { raceFrameOf } from "../frames.js";
import { formulaBox } from "../../shared/formula.js";
import { openCurvature } from "../curvature/dialog.js";
import { openUpdate } from "./update-equations.js";
import { surfaceNames } from "./names.js";
import { pointWords } from "../point-words.js";

/** @type {Record<string, string>} */
const KINDS = {
  minimum: "minimum: both curvatures > 0",
  maximum: "maximum: both curvatures < 0",
  saddle: "saddle: curvatures of both signs",
  degenerate: "degenerate: a curvature is 0",
  "not critical": "not a critical point",
  "not smooth": "f is not smooth here",
};

/** @param {import("./actions.js").SurfaceRaceActions} actions @returns {View} */
export function pointView(actions) {
  const title = h("h2", { class: "panel-title" }, "At the leader’s point");
  const facts = h("dl", { class: "race-facts", data: { testid: "race-point" } });
  const rule = formulaBox("race-bound-formula", "The stability bound of its rule");
  const verdict = h("p", { class: "small", data: { testid: "race-verdict" } });
  const door = h(
    "button",
    {
      type: "button",
      class: "quiet-button",
      title: "Every quantity of its rule, with its numbers (o)",
      data: { testid: "race-open" },
      onclick: () => openUpdate(actions),
    },
    "show its next update",
  );
  const path = h(
    "button",
    {
      type: "button",
      class: "quiet-button",
      title: "λ_max beside what its optimizer bears, and its error by the directions of curvature (v)",
      data: { testid: "race-curvature" },
      onclick: () => openCurvature(actions),
    },
    "curvature along its path",
  );
  const doors = h("div", { class: "race-doors", data: { part: "race-doors" } }, door, path);
  const element = h(
    "section",
    { class: "panel", data: { part: "point" }, aria: { label: "Critical point" } },
    title,
    facts,
    rule.element,
    verdict,
    doors,
  );
  /** @type {Map<string, HTMLElement>} */
  const values = new Map();
  const fact = (/** @type {string} */ name, /** @type {string} */ words, /** @type {string} */ why) => {
    const value = h("dd", { data: { fact: name } });
    values.set(name, value);
    facts.append(h("dt", { title: why }, words), value);
  };
  fact("lane", "lane", "chosen by its name in the standings, else the leader");
  fact("place", "x · y", "where it stands");
  fact("gradient", "‖∇f‖", "length of the gradient, without noise");
  fact("eigenvalues", "Hessian eigenvalues", "the curvatures along the two principal directions");
  fact("condition", "condition number κ", "largest over smallest curvature, where both are above 0");
  fact("kind", "kind of point", "named only where a Newton step is at most 0.001 long");
  fact("bound", "stability bound", "the largest rate that is stable on the quadratic that has this curvature");
  fact("rate", "runs at η", "the rate of its next update");
  const [changed, ruled] = [memo(), memo()];
  const put = (/** @type {string} */ name, /** @type {string} */ text, /** @type {unknown} */ exact = null) => {
    const place = /** @type {HTMLElement} */ (values.get(name));
    setText(place, text);
    setAttribute(place, "data-value", exact === null ? null : String(exact));
    setAttribute(place, "title", exact === null ? null : `exactly ${String(exact).replaceAll("-", MINUS)}`);
  };
  return {
    element,
    update(state) {
      const frame = raceFrameOf(state, "race_point");
      element.hidden = !state.race || state.race.lanes.length === 0;
      if (!frame || !changed(frame, state.race)) return;
      const found = frame.meta;
      setText(title, state.raceLook.lane === null ? "At the leader’s point" : "At this lane’s point");
      put("lane", `${surfaceNames(state).get(found.lane) ?? ""}, step ${formatCount(found.step)}`, null);
      setAttribute(element, "data-of", String(found.lane));
      setAttribute(element, "data-step", String(frame.step));
      const [x, y] = [toNumber(found.x), toNumber(found.y)];
      put("place", `${formatNumber(x, 4)} · ${formatNumber(y, 4)}`, `${formatExact(x)} · ${formatExact(y)}`);
      put("gradient", formatNumber(toNumber(found.gradient_norm), 3), toNumber(found.gradient_norm));
      const both = (found.eigenvalues ?? []).map(toNumber);
      put(
        "eigenvalues",
        both.length ? both.map((each) => formatNumber(each, 3)).join(" · ") : "–",
        both.length ? both.join(" · ") : null,
      );
      put("condition", found.condition === null ? "–" : formatNumber(toNumber(found.condition), 4), found.condition);
      put("kind", found.diverged !== null ? "–" : pointWords(KINDS, found.kind, toNumber(found.newton_step)));
      const limit = toNumber(found.bound?.rate);
      const rate = toNumber(found.rate);
      put("bound", found.bound ? (limit === Infinity ? "none here" : formatNumber(limit, 4)) : "–", found.bound ? limit : null);
      put("rate", formatNumber(rate, 4), rate);
      if (ruled(found.bound?.mathml)) rule.show(found.bound?.mathml ?? "");
      rule.element.hidden = !found.bound;
      setText(verdict, verdictOf(found, limit, rate));
      setAttribute(verdict, "data-beyond", String(limit !== null && rate !== null && rate > limit));
    },
  };
}

/** @param {import("../channels.js").RacePoint} found @param {number | null} limit @param {number | null} rate */
function verdictOf(found, limit, rate) {
  if (found.diverged !== null) return "It left the surface.";
  if (!found.bound || limit === null || rate === null) {
    return found.unbounded ?? "The curvature is not finite here: there is no bound.";
  }
  if (limit === Infinity)
    return "Nothing curves upwards here: the quadratic that fits sets no bound. Further off, or at a kink, a rate may be too high.";
  const frozen = found.bound.frozen ? " (with its running squares as they are)" : "";
  if (rate > limit && found.rests)
    return `It stands still: its next update is 0. Its rate is beyond its bound${frozen}: pushed off, it would swing further out.`;
  return rate > limit
    ? `It runs beyond its bound${frozen}: on the quadratic that fits here it would swing further out with each step.`
    : `It runs at ${formatNumber((100 * rate) / limit, 3)} % of its bound${frozen}.`;
}
