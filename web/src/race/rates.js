/** How all rates are chosen at once: the same for every lane, each optimizer's default, or each tuned over a declared grid. */

/** @import { RaceRates } from "../protocol.js" */
/** @import { AppState, View } from "../types.js" */

import { numberField } from "../shared/controls.js";
import { h, setAttribute, setText } from "../toolkit/dom.js";
import { optimizerOf } from "./lanes/lanes.js";

/**
 * @typedef {object} Rated  What differs between the races.
 * @property {string} hook  of its parts, and in front of its fields' paths
 * @property {string} data  of its choices
 * @property {string} tuned  what is done where each is tuned
 * @property {(how: RaceRates["how"], lr?: number) => Promise<boolean>} choose
 * @property {(state: AppState) => {race: AppState["race"] | AppState["network"], tuning: [number, number] | null}} of
 */

/** The choices by how a lane says it was chosen. @type {Record<string, string>} */
const NAMED = { same: "same", defaults: "default", tuned: "tuned" };

/**
 * @param {import("./actions.js").RaceActions} actions
 * @param {Rated} rated
 * @returns {View}
 */
export function rateChoice(actions, { hook, data, tuned, choose, of }) {
  const choice = (
    /** @type {RaceRates["how"]} */ how,
    /** @type {string} */ words,
    /** @type {string} */ why,
    press = () => choose(how),
  ) => h("button", { type: "button", class: "race-choice", title: why, data: { [data]: how }, onclick: press }, words);
  let common = 0.01;
  const target = {
    register: (/** @type {string} */ path) => actions.register(path),
    change: async (/** @type {string} */ _, /** @type {unknown} */ value) => {
      const done = await choose("same", Number(value));
      if (done) common = Number(value);
      return done;
    },
    refuse: (/** @type {string} */ path, /** @type {string} */ message) => actions.refuse(path, message),
  };
  const path = `${hook}.lr`;
  const field = numberField(target, { path, label: "η", hint: "the same rate for every lane" });
  const choices = [
    choice("same", "same η", "every lane at one rate: what the optimizers themselves do with it", () => choose("same", common)),
    choice("defaults", "defaults", "each optimizer at the rate it is usually given"),
    choice("tuned", "each tuned", tuned),
  ];
  const words = h("span", { data: { testid: `${hook}-rates` } });
  const stop = h(
    "button",
    {
      type: "button",
      class: "text-button",
      title: "their rates stay as they are (Esc)",
      data: { testid: `${hook}-rates-stop` },
      hidden: true,
      onclick: () => actions.pause(),
    },
    "end it",
  );
  const element = h(
    "div",
    { class: "race-rates" },
    h(
      "div",
      { class: "race-choices", role: "group", aria: { label: "How the rates are set" } },
      h("span", { class: "small" }, "rates:"),
      ...choices,
      field.element,
    ),
    h("p", { class: "small" }, words, " ", stop),
  );
  return {
    element,
    update(state) {
      const { race, tuning } = of(state);
      if (!race) return;
      const rated = race.lanes.filter(optimizerOf);
      const kinds = new Set(rated.map(({ chosen }) => chosen));
      const kind = kinds.size === 1 ? [...kinds][0] : null;
      choices.forEach((each) => setAttribute(each, "aria-pressed", String(NAMED[each.dataset[data] ?? ""] === kind)));
      if (kind === "same") common = optimizerOf(rated[0])?.lr ?? common;
      field.update(common, state.errors[path]);
      stop.hidden = tuning === null;
      setText(
        words,
        tuning ? `tuning lane ${tuning[0] + 1} of ${tuning[1]} …` : rated.length === 0 ? "" : told(race.rates, kind),
      );
    },
  };
}

/**
 * @param {string} rates  as the server says it
 * @param {string | null} kind  how all of them were chosen, where it was in one way
 */
function told(rates, kind) {
  if (kind === null) return "rates set in more than one way: each lane says how";
  /** @type {Record<string, string>} */
  const words = { same: rates, default: "each optimizer's default", tuned: rates, own: "each lane uses its own rate" };
  return `rates: ${words[kind]}`;
}

/** What a lane says of its own where they were chosen in more than one way. @type {Record<string, string>} */
export const CHOSEN = { own: "", same: " · same", default: " · default", tuned: " · tuned" };
