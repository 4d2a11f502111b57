/**
 * What is raced on: chosen in a row of its own above the standings, a surface or a guided race; and set below what the race tells,
 * by the surface's parameters, the start, the noise, the length.
 */

/** @import { AppState, Catalog, View } from "../../types.js" */

import { numberField, parameterField } from "../../shared/controls.js";
import { h, memo, setText } from "../../toolkit/dom.js";
import { rowNamed } from "../../run/spec.js";
import { formulaBox } from "../../shared/formula.js";
import { presetChoice } from "../presets.js";
import { OWN, ownFormula } from "./formula.js";
import { rebuild } from "../../toolkit/typing.js";

/** How the usual lanes end that start where the surface's own start is. */
const ENDINGS = {
  arrives: "",
  rests: " From its own start the usual optimizers come to rest elsewhere, in a local minimum, on a ridge or a plain.",
  roams: " From its own start the usual optimizers neither arrive nor come to rest.",
};
const FIRST_FORMULA = "x**2 + 2*y**2 + sin(3*x)";

/**
 * @param {import("../surface/actions.js").SurfaceRaceActions} actions
 * @returns {View & {choice: HTMLElement}}
 */
export function settingsView(actions) {
  const preset = presetChoice(
    "race",
    "Guided races",
    (row) => row.kind === "surface",
    ({ script, threshold: within, name, pace }) => actions.begin(script, within, name, pace),
  );
  const surface = h("select", { aria: { label: "Surface" }, data: { testid: "race-surface" } });
  const own = h("div", { class: "fields" });
  const formula = ownFormula(actions);
  const rule = formulaBox("race-surface-formula", "The surface's formula");
  const note = h("p", { class: "small" });
  const x = startField(actions, 0);
  const y = startField(actions, 1);
  const noise = numberField(actions, {
    path: "race.noise",
    label: "Gradient noise",
    hint: "standard deviation of each gradient entry's noise, the same draws for every lane",
  });
  const seed = numberField(actions, { path: "race.seed", label: "Seed of the noise", integer: true });
  const steps = numberField(actions, {
    path: "race.max_steps",
    label: "Steps",
    hint: "length of the race, 1 to 100 000",
    integer: true,
  });
  const threshold = numberField(actions, {
    path: "race.threshold",
    label: "Reached within",
    hint: "how far above its minimum f counts as there; of a surface without a known minimum, the value of f",
  });
  const rest = h(
    "details",
    { class: "why", data: { testid: "race-more" } },
    h("summary", {}, "noise, seed, length"),
    h("div", { class: "fields" }, noise.element, seed.element, steps.element, threshold.element),
  );
  const choice = h(
    "section",
    { class: "panel race-choice-row", data: { part: "race-choice" }, aria: { label: "What is raced on" } },
    h("div", { class: "rule-row rule" }, surface, preset.select),
    preset.claim,
    formula.element,
  );
  const element = h(
    "section",
    { class: "panel", data: { part: "race-settings" }, aria: { label: "The race" } },
    h("h2", { class: "panel-title" }, "The race"),
    rule.element,
    note,
    own,
    h("div", { class: "race-starts" }, h("span", {}, "Start"), x.element, y.element),
    rest,
  );
  surface.addEventListener("change", async () => {
    const wish = surface.value === OWN ? { name: OWN, formula: FIRST_FORMULA } : { name: surface.value };
    if (!(await actions.surface(wish))) surface.value = actions.state.race?.spec.surface.name ?? "";
  });
  /** @type {{name: string, control: import("../../shared/controls.js").Control}[]} */
  let controls = [];
  const [known, chosen, formed] = [memo(), memo(), memo()];
  return {
    choice,
    element,
    /** @param {AppState} state */
    update(state) {
      const { race, catalog, errors, raceLook } = state;
      if (!race || !catalog) return;
      if (known(catalog)) fill(surface, catalog);
      preset.update(catalog, raceLook.preset ?? "");
      const { surface: spec } = race.spec;
      if (surface.value !== spec.name) surface.value = spec.name;
      const row = rowNamed(catalog.surfaces, spec.name);
      if (chosen(catalog, spec.name)) {
        controls = (row?.parameters ?? []).map((parameter) => ({
          name: parameter.name,
          control: parameterField(
            actions,
            { ...parameter, symbol: "", title: spoken(parameter) },
            `race.surface.${parameter.name}`,
          ),
        }));
        rebuild(own, ...controls.map(({ control }) => control.element));
      }
      if (formed(race.mathml, row)) {
        rule.show(race.mathml, row?.summary);
        setText(
          note,
          row
            ? `${row.summary}${ENDINGS[row.ending]}`
            : "Numbers, x, y, pi, e, + − * / ^ and functions such as sin, exp, sqrt.",
        );
      }
      for (const { name, control } of controls) control.update(spec[name], errors[`race.surface.${name}`]);
      formula.update(state);
      x.update(race.start?.[0], errors["race.start"]);
      y.update(race.start?.[1], undefined);
      noise.update(race.spec.noise, errors["race.noise"]);
      seed.update(race.spec.seed, errors["race.seed"]);
      steps.update(race.spec.max_steps, errors["race.max_steps"]);
      threshold.update(race.threshold, errors["race.threshold"]);
      if (["noise", "seed", "max_steps", "threshold"].some((name) => errors[`race.${name}`])) rest.open = true;
    },
  };
}

/** @param {HTMLSelectElement} surface @param {Catalog} catalog */
function fill(surface, catalog) {
  surface.replaceChildren(
    ...catalog.surfaces.map(({ name, title }) => h("option", { value: name }, title)),
    h("option", { value: OWN }, "your own formula"),
  );
}

/** @param {import("../../types.js").Parameter} parameter */
function spoken({ title, symbol }) {
  return !symbol || symbol === title ? title : `${title} ${symbol}`;
}

/**
 * One coordinate of the start.
 * @param {import("../surface/actions.js").SurfaceRaceActions} actions
 * @param {0 | 1} index
 */
function startField(actions, index) {
  actions.register("race.start");
  const target = {
    register: () => {},
    change: (/** @type {string} */ _, /** @type {unknown} */ value) => {
      const [x, y] = actions.state.race?.start ?? [0, 0];
      const wish = /** @type {number} */ (value); // what is no number is refused before
      /** @type {[number, number]} */
      const start = index === 0 ? [wish, y] : [x, wish];
      return actions.tell({ type: "race_change", start }, "race.start");
    },
    refuse: (/** @type {string} */ _, /** @type {string} */ message) => actions.refuse("race.start", message),
  };
  return numberField(target, { path: `race.start.${index}`, label: "xy"[index], hint: "where every lane begins" });
}
