/** The race on the network: its loss over a plane and the lanes' curves in the middle, what is trained and the lanes to the side. */

/** @import { View } from "../../types.js" */

import { h, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount } from "../../toolkit/maths.js";
import { pageTabs, threeChoice } from "../choices.js";
import { networkCurves } from "./curves.js";
import { networkFacts } from "./facts.js";
import { networkFrameOf } from "../frames.js";
import { landscapeView } from "./landscape.js";
import { planeWords } from "./plane-words.js";
import { presetChoice } from "../presets.js";
import { planeForm } from "./plane-form.js";
import { networkStandings } from "./standings.js";
import { networkOutcome, outcomeView } from "../outcome/view.js";
import { threeView } from "../scene/view.js";
import { networkInThree } from "./three.js";

const PAGES = /** @type {const} */ ([
  ["plane", "network-plane", "Landscape"],
  ["lanes", "network-lanes", "Lanes"],
]);

/** @param {import("./actions.js").NetworkRaceActions} actions @returns {View} */
export function networkView(actions) {
  const tabs = pageTabs(PAGES, "network-", (page) => actions.look({ page }));
  const looks = threeChoice("netlook", "How the landscape is drawn", (three) => actions.look({ three }));
  const [landscape, three, words, form, curves, standings, outcome, facts, trained] = [
    landscapeView(),
    threeView(networkInThree, () => actions.look({ three: false })),
    planeWords(),
    planeForm(actions),
    networkCurves(),
    networkStandings(actions),
    outcomeView("network", networkOutcome),
    networkFacts(actions),
    trainedView(actions),
  ];
  const waiting = h("p", { class: "small race-waiting", data: { testid: "network-waiting" } });
  const element = h(
    "main",
    { class: "network-race", data: { part: "network-race", ready: false } },
    tabs.element,
    h(
      "div",
      { class: "race-left", id: "network-plane" },
      h("div", { class: "title-row" }, h("h2", { class: "panel-title" }, "Loss over a plane"), looks.element, form.element),
      h("div", { class: "race-stage" }, landscape.element, three.element, waiting),
      words.element,
      curves.element,
    ),
    h("div", { class: "race-right", id: "network-lanes" }, trained.element, standings.element, outcome.element, facts.element),
  );
  return {
    element,
    update(state) {
      actions.open();
      const { network, networkLook, catalog, warmup } = state;
      tabs.update(networkLook.page, element);
      looks.update(networkLook.three);
      const frame = networkFrameOf(state, "network_surface");
      waiting.hidden = frame !== null;
      setText(
        waiting,
        warmup && warmup.done < warmup.total
          ? "The engine is being compiled …"
          : network && network.lanes.length === 0
            ? "No lane, no landscape: add one."
            : "The landscape is coming …",
      );
      setAttribute(element, "data-ready", String(network !== null && catalog !== null && frame !== null));
      landscape.element.hidden = networkLook.three;
      three.element.hidden = !networkLook.three;
      for (const view of [trained, form, networkLook.three ? three : landscape, words, curves, standings, outcome, facts])
        view.update(state);
    },
  };
}

/** What the lanes train, and whether the Train view has another run by now. @param {import("./actions.js").NetworkRaceActions} actions @returns {View} */
function trainedView(actions) {
  const preset = presetChoice(
    "network",
    "Guided races on the network",
    (row) => row.kind !== "surface",
    (row) => actions.preset(row),
  );
  const title = h("strong", { data: { testid: "network-title" } });
  const note = h("p", { class: "small" });
  const begin = h(
    "button",
    {
      type: "button",
      class: "quiet-button",
      title: "every lane from step 0 on what the Train view has now",
      data: { testid: "network-begin" },
      onclick: () => actions.begin(),
    },
    "begin on the present run",
  );
  const element = h(
    "section",
    { class: "panel", data: { part: "network-trained" }, aria: { label: "What is trained" } },
    h("div", { class: "title-row" }, h("h2", { class: "panel-title" }, "The network"), preset.select),
    h("p", {}, title),
    note,
    preset.claim,
    begin,
  );
  return {
    element,
    update({ network, catalog, run, networkLook }) {
      if (catalog) preset.update(catalog, networkLook.preset);
      if (!network) return;
      setText(title, network.title);
      const other = run !== null && run.run !== network.run;
      setText(
        note,
        `${formatCount(network.parameter_count)} parameters, ${formatCount(network.samples)} samples, batch ${typeof network.batch_size === "number" ? formatCount(network.batch_size) : "all"}.${other ? " The Train view has another run by now." : ""}`,
      );
      setAttribute(note, "data-other", String(other));
    },
  };
}
