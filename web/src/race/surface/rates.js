/** How all rates are chosen at once: the same for every lane, each rule's default, or each tuned over a declared grid. */

/** @import { View } from "../../types.js" */

import { numberField } from "../../shared/controls.js";
import { h, setAttribute, setText } from "../../toolkit/dom.js";

/**
 * @param {import("./actions.js").SurfaceRaceActions} actions
 * @returns {View}
 */
export function rateChoice(actions) {
  const choice = (
    /** @type {string} */ how,
    /** @type {string} */ words,
    /** @type {string} */ why,
    /** @type {() => void} */ press,
  ) => h("button", { type: "button", class: "race-choice", title: why, data: { rates: how }, onclick: press }, words);
  let common = 0.01;
  const target = {
    register: (/** @type {string} */ path) => actions.register(path),
    change: async (/** @type {string} */ _, /** @type {unknown} */ value) => {
      const done = await actions.rates("same", Number(value));
      if (done) common = Number(value);
      return done;
    },
    refuse: (/** @type {string} */ path, /** @type {string} */ message) => actions.refuse(path, message),
  };
  const field = numberField(target, { path: "race.lr", label: "η", hint: "the same rate for every lane" });
  const choices = [
    choice("same", "same η", "every lane at one rate: what the rules themselves do with it", () =>
      actions.rates("same", common),
    ),
    choice("defaults", "defaults", "each rule at the rate it is usually given", () => actions.rates("defaults")),
    choice("tuned", "each tuned", "each rule at the best of 13 rates from 0.0001 to 1, by its loss after 600 steps", () =>
      actions.rates("tuned"),
    ),
  ];
  const words = h("p", { class: "small", data: { testid: "race-rates" } });
  const element = h(
    "div",
    { class: "race-rates" },
    h(
      "div",
      { class: "race-choices", role: "group", aria: { label: "How the rates are chosen" } },
      h("span", { class: "small" }, "rates:"),
      ...choices,
      field.element,
    ),
    words,
  );
  return {
    element,
    update({ race, errors }) {
      if (!race) return;
      const kinds = new Set(race.lanes.map(({ chosen }) => chosen));
      const kind = kinds.size === 1 ? [...kinds][0] : null;
      /** @type {Record<string, string>} */
      const named = { same: "same", defaults: "default", tuned: "tuned" };
      for (const each of choices) setAttribute(each, "aria-pressed", String(named[each.dataset.rates ?? ""] === kind));
      if (kind === "same") common = race.lanes[0].optimizer.lr;
      field.update(common, errors["race.lr"]);
      const told = { same: race.rates, default: "each rule's default", tuned: race.rates, own: "each lane's own" };
      setText(
        words,
        race.lanes.length === 0 ? "" : kind ? `chosen: ${told[kind]}` : "chosen in more than one way: each lane says how",
      );
    },
  };
}
