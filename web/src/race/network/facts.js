/** What the loss is like where the lanes are: slope, curvature, kind of point, each its own speed limit beside its rate. */

/** @import { View } from "../../types.js" */
/** @import { LocalPoint } from "../studies/studies.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatExact, formatNumber, toNumber } from "../../toolkit/maths.js";
import { formulaBox } from "../../shared/formula.js";
import { progress, studyOf } from "../studies/study.js";
import { networkFrameOf } from "../frames.js";
import { networkNames } from "./names.js";
import { pointWords } from "../point-words.js";

/** Up to so many parameters the whole Hessian is made, quickly: then it is looked at whenever the race stands. */
const AT_REST = 400;
/** @type {Record<string, string>} */
const KINDS = {
  minimum: "a minimum: every curvature is above 0",
  maximum: "a maximum: every curvature is below 0",
  saddle: "a saddle: curvatures of both signs",
  degenerate: "degenerate: a curvature is 0",
  "not critical": "not a critical point",
  "not smooth": "the loss is not smooth here",
};

/** @param {import("./actions.js").NetworkRaceActions} actions @returns {View} */
export function networkFacts(actions) {
  const title = h("h2", { class: "panel-title" }, "Where the lanes are now");
  const ask = h(
    "button",
    {
      type: "button",
      class: "quiet-button",
      title: "‖∇f‖ and the Hessian's extremes where every lane stands",
      data: { testid: "network-look" },
      onclick: () => actions.study({ type: "study_point" }, "study.point"),
    },
    "look",
  );
  const open = h(
    "button",
    {
      type: "button",
      class: "quiet-button",
      title: "this lane's run at this step, step by step; Escape comes back",
      data: { testid: "network-microscope" },
      onclick: () => subject !== null && actions.microscope(subject),
    },
    "open in the microscope",
  );
  const map = h(
    "button",
    {
      type: "button",
      class: "quiet-button",
      title: "rates and momenta of the quadratic that fits here",
      onclick: () => actions.studies("point"),
    },
    "rate and momentum",
  );
  const how = progress(actions, "point");
  const facts = h("dl", { class: "race-facts", data: { testid: "network-point" } });
  const rule = formulaBox("network-bound", "The stability bound of its rule");
  const verdict = h("p", { class: "small", data: { testid: "network-verdict" } });
  const bounds = h("ul", { class: "network-bounds small", data: { testid: "network-bounds" } });
  const element = h(
    "section",
    { class: "panel", data: { part: "network-point" }, aria: { label: "Critical points" } },
    h("div", { class: "title-row" }, title, ask),
    how.element,
    facts,
    rule.element,
    verdict,
    bounds,
    h("div", { class: "lane-buttons" }, open, map),
  );
  /** @type {number | null} */
  let subject = null;
  /** Where it was looked at by itself already. */
  let looked = "";
  const [changed] = [memo()];
  return {
    element,
    update(state) {
      const { network, networkClock, networkLook, studies, connection } = state;
      element.hidden = !network || network.lanes.length === 0;
      if (!network || !networkClock) return;
      const ranked = networkFrameOf(state, "network_standings")?.meta.lanes ?? [];
      subject = networkLook.lane ?? ranked[0]?.id ?? network.lanes[0]?.id ?? null;
      const resting = networkClock.status === "paused" || networkClock.status === "finished";
      const here = `${network.race} ${network.change} ${networkClock.step}`;
      const busy = Object.values(studies).some((frame) => frame?.meta.study.state === "running");
      if (
        resting &&
        here !== looked &&
        !busy &&
        network.parameter_count <= AT_REST &&
        network.lanes.length &&
        connection.status === "open" &&
        !state.lesson?.locked
      ) {
        looked = here;
        actions.study({ type: "study_point" }, "study.point");
      }
      how.update(state);
      const frame = studyOf(state, "point");
      const names = networkNames(state);
      open.disabled = subject === null || connection.status !== "open";
      setText(title, `Where ${names.get(subject ?? -1) ?? "the lane"} is now`);
      if (!changed(frame, subject, network)) return;
      const found = frame?.meta.lanes?.find(({ id }) => id === subject);
      facts.hidden = !found;
      verdict.hidden = !found;
      rule.element.hidden = !found?.bound;
      map.hidden = !found?.phase;
      if (found) tell(found);
      bounds.replaceChildren(
        ...(frame?.meta.lanes ?? []).map((lane) => {
          const [limit, rate] = [toNumber(lane.bound?.rate), toNumber(lane.rate)];
          const words = lane.bound
            ? `runs at η ${formatNumber(rate, 3)}, bound ${limit === Infinity ? "none" : formatNumber(limit, 3)}`
            : `runs at η ${formatNumber(rate, 3)}, no bound of this kind`;
          return h(
            "li",
            {
              data: {
                bound: lane.id,
                value: String(limit),
                rate: String(rate),
                beyond: String(limit !== null && rate !== null && rate > limit),
              },
            },
            `${names.get(lane.id) ?? lane.id}: ${words}`,
          );
        }),
      );
    },
  };

  /** @param {LocalPoint} found */
  function tell(found) {
    const [low, high, slope, step, condition] = [
      found.smallest,
      found.largest,
      found.gradient_norm,
      found.newton_step,
      found.condition,
    ].map(toNumber);
    const [limit, rate] = [toNumber(found.bound?.rate), toNumber(found.rate)];
    /** @type {[string, string, string, unknown][]} */
    const rows = [
      ["step", "after step", formatCount(found.step), found.step],
      ["gradient", "‖∇f‖", formatNumber(slope, 3), slope],
      ["newton", "Newton step", formatNumber(step, 3), step],
      [
        "extremes",
        found.exact ? "λ_min · λ_max, exact" : "λ_min · λ_max, by Lanczos",
        `${formatNumber(low, 3)} · ${formatNumber(high, 3)}${within(found, low, high)}`,
        `${low} · ${high}`,
      ],
      ["condition", "condition number κ", condition === null ? "–" : formatNumber(condition, 4), condition],
      ["kind", "kind of point", pointWords(KINDS, found.kind, step), found.kind],
    ];
    if (found.corners > 0)
      rows.push(["corners", "at a corner, where λ is of one side", formatCount(found.corners), found.corners]);
    if (found.negative !== null && found.negative > 0)
      rows.push([
        "negative",
        "curving down",
        found.negative === 1 ? "one direction" : `${formatCount(found.negative)} directions`,
        found.negative,
      ]);
    facts.replaceChildren(
      ...rows.flatMap(([name, words, text, exact]) => [
        h("dt", {}, ...indexed(words)),
        h(
          "dd",
          {
            data: { fact: name, value: String(exact) },
            title: typeof exact === "number" ? `exactly ${formatExact(exact)}` : "",
          },
          text,
        ),
      ]),
    );
    rule.show(found.bound?.mathml ?? "");
    setText(verdict, verdictOf(found, limit, rate));
    setAttribute(verdict, "data-beyond", String(limit !== null && rate !== null && rate > limit));
  }
}

/** How far rounding may put both off, where that shows. @param {LocalPoint} found @param {number | null} low @param {number | null} high */
function within(found, low, high) {
  const error = toNumber(found.error);
  const shows = error !== null && error > 1e-3 * Math.max(Math.abs(low ?? 0), Math.abs(high ?? 0));
  return shows ? ` ± ${formatNumber(error, 1)}` : "";
}

/** λ_min with its index lowered. @param {string} words */
function indexed(words) {
  return words.split(/(_min|_max)/).map((part) => (part === "_min" || part === "_max" ? h("sub", {}, part.slice(1)) : part));
}

/** @param {LocalPoint} found @param {number | null} limit @param {number | null} rate */
function verdictOf(found, limit, rate) {
  if (!found.bound || limit === null || rate === null)
    return found.unbounded ?? "The curvature is not finite here: there is no bound.";
  if (limit === Infinity)
    return "Nothing curves upwards here: the quadratic that fits sets no bound. Further off, or at a kink, a rate may be too high.";
  const frozen = found.bound.frozen ? ", with its running squares as they are" : "";
  return rate > limit
    ? `It runs beyond its own bound of ${formatNumber(limit, 3)}${frozen}: on the quadratic that fits here it would swing out.`
    : `It runs at ${formatNumber((100 * rate) / limit, 3)} % of its own bound, ${formatNumber(limit, 3)}${frozen}.`;
}
