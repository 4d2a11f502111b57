/** A surface of one's own: its formula, the domain it is drawn over, and what is known of its minimum. */

/** @import { AppState } from "../../types.js" */

import { numberField } from "../../shared/controls.js";
import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatNumber, formatSetting } from "../../toolkit/maths.js";

export const OWN = "formula";
const EDGES = /** @type {const} */ ([
  ["x from", 0, 0],
  ["to", 0, 1],
  ["y from", 1, 0],
  ["to", 1, 1],
]);

/** @param {import("../surface/actions.js").SurfaceRaceActions} actions */
export function ownFormula(actions) {
  actions.register("race.surface");
  actions.register("race.surface.formula");
  const input = h("input", {
    type: "text",
    class: "line-field",
    name: "race.surface.formula",
    maxlength: 200,
    autocomplete: "off",
    spellcheck: "false",
    aria: { label: "f(x, y), your own formula", describedby: "race-formula-error" },
    data: { testid: "race-own-formula" },
  });
  const error = h("p", {
    class: "field-error",
    id: "race-formula-error",
    role: "alert",
    data: { testid: "race-formula-error" },
    hidden: true,
  });
  const domain = domainFields(actions);
  const known = h("p", { class: "small", data: { testid: "race-formula-minimum" } });
  const element = h(
    "div",
    { class: "field race-own", data: { field: "race.surface.formula" } },
    h("div", { class: "field-row" }, h("span", {}, "f(x, y) ="), input),
    error,
    domain.element,
    known,
  );
  const send = () => {
    const text = input.value.trim();
    const spec = actions.state.race?.spec.surface;
    if (text !== spec?.formula) actions.surface({ ...spec, name: OWN, formula: text }, "race.surface.formula");
  };
  input.addEventListener("change", send);
  input.addEventListener("keydown", (event) => event.key === "Enter" && input.blur());
  const changed = memo();
  return {
    element,
    /** @param {AppState} state */
    update({ race, errors }) {
      const mine = race?.spec.surface.name === OWN;
      element.hidden = !mine;
      if (mine) domain.update(race, errors["race.surface.domain"]);
      if (mine) setText(known, minimumWords(race));
      if (mine && changed(race.spec.surface.formula)) input.value = String(race.spec.surface.formula);
      const refused = errors["race.surface.formula"] ?? errors["race.surface"];
      error.hidden = !refused;
      setText(error, refused ?? "");
      setAttribute(input, "aria-invalid", refused ? "true" : null);
    },
  };
}

/** The four edges of the domain. @param {import("../surface/actions.js").SurfaceRaceActions} actions */
function domainFields(actions) {
  actions.register("race.surface.domain");
  const edges = EDGES.map(([label, axis, end]) => {
    const target = {
      register: () => {},
      change(/** @type {string} */ _, /** @type {unknown} */ value) {
        const spec = actions.state.race?.spec.surface;
        const domain = actions.state.race?.domain?.map((range) => [...range]);
        if (!spec || !domain) return Promise.resolve(false);
        domain[axis][end] = Number(value);
        return actions.surface({ ...spec, domain }, "race.surface.domain");
      },
      refuse: (/** @type {string} */ _, /** @type {string} */ message) => actions.refuse("race.surface.domain", message),
    };
    const path = `race.surface.domain.${axis}.${end}`;
    return { axis, end, field: numberField(target, { path, label, hint: "edge of the domain that is drawn and searched" }) };
  });
  const element = h("div", { class: "race-starts race-domain" }, ...edges.map(({ field }) => field.element));
  return {
    element,
    /** @param {import("../types.js").RaceInfo} race @param {string | undefined} refused */
    update({ domain }, refused) {
      edges.forEach(({ axis, end, field }, i) => field.update(domain?.[axis][end], i === 0 ? refused : undefined));
    },
  };
}

/** What is known of a formula's minimum. @param {import("../types.js").RaceInfo} race */
function minimumWords({ minimum, least, threshold }) {
  return minimum === "found"
    ? `Least minimum found in the domain: f = ${formatNumber(least, 4)}.`
    : `No minimum is known in the domain: the finish is f ≤ ${formatSetting(threshold)}.`;
}
