/** The studies: a gallery of them, and the one that is open, which begins by itself where it was not run yet. */

/** @import { AppState, View } from "../../types.js" */
/** @import { StudyKind } from "./studies.js" */

import { h, setAttribute, setText } from "../../toolkit/dom.js";
import { basinsStudy } from "./basins.js";
import { edgeStudy } from "./edge.js";
import { STUDIES, gallery } from "./gallery.js";
import { gradientNoiseStudy } from "./gradient-noise.js";
import { phaseStudy } from "./phase.js";
import { ratesStudy } from "./rates.js";
import { seedsStudy } from "./seeds.js";

/** What needs no race on the network. @type {Set<StudyKind>} */
const ALONE = new Set(["edge", "basins"]);

/** @param {import("../network/actions.js").NetworkRaceActions} actions @returns {View} */
export function studiesPage(actions) {
  const views = {
    seeds: seedsStudy(actions),
    rates: ratesStudy(actions),
    edge: edgeStudy(actions),
    point: phaseStudy(actions),
    basins: basinsStudy(actions),
    compass: gradientNoiseStudy(actions),
  };
  const cards = gallery(actions);
  const back = h(
    "button",
    {
      type: "button",
      class: "quiet-button",
      title: "the gallery of studies (Esc)",
      data: { testid: "studies-back" },
      onclick: () => actions.studies(null),
    },
    "all studies",
  );
  const [title, why] = [h("h2", { class: "panel-title" }), h("p", { class: "small" })];
  const element = h(
    "main",
    { class: "studies", data: { part: "studies" } },
    h("div", { class: "title-row studies-head" }, title, back),
    why,
    cards.element,
    ...Object.values(views).map((view) => view.element),
  );
  /** @type {AppState | null} */
  let last = null;
  /** The study that was seen last; undefined before any. @type {StudyKind | null | undefined} */
  let shown;
  const resized = new ResizeObserver(() => last && view.update(last));
  for (const canvas of element.querySelectorAll("canvas")) resized.observe(canvas);
  /** @type {View} */
  const view = {
    element,
    update(state) {
      last = state;
      const { study } = state.networkLook;
      const open = STUDIES.find(({ kind }) => kind === study);
      if (study !== null && !ALONE.has(study)) actions.open();
      back.hidden = study === null;
      cards.element.hidden = study !== null;
      for (const { kind } of STUDIES) views[kind].element.hidden = kind !== study;
      setText(title, open?.title ?? "Studies");
      setText(why, open?.why ?? "Each asks one thing of the lanes as they are. Open one: it begins at once, and can be ended.");
      setAttribute(element, "data-study", study ?? "");
      (study === null ? cards : views[study]).update(state);
      if (study !== null && study === actions.unbegun && isReady(state, study)) begin(state, study);
      if (shown !== study) follow(shown ?? null, study);
      shown = study;
    },
  };
  return view;

  /** By itself only what was not run yet, and never in place of another that is under way. @param {AppState} state @param {StudyKind} study */
  function begin({ studies }, study) {
    actions.unbegun = null;
    const busy = Object.values(studies).some((frame) => frame?.meta.study.state === "running");
    if (!busy && !studies[study]) views[study].element.querySelector("form")?.requestSubmit();
  }

  /** Who came by keys goes on by keys. @param {StudyKind | null} from @param {StudyKind | null} to */
  function follow(from, to) {
    element.scrollTop = 0;
    if (to === null && from !== null)
      cards.element.querySelector(`[data-studies="${from}"]`)?.scrollIntoView({ block: "nearest" });
    const focus = document.activeElement;
    const lost = focus === null || focus === document.body || (element.contains(focus) && focus.closest("[hidden]") !== null);
    if (!lost) return;
    /** @type {HTMLElement | null} */
    const place = to === null ? cards.element.querySelector(`[data-studies="${from}"]`) : back;
    if (from !== to) place?.focus({ preventScroll: true });
  }
}

/** Whether there is what it studies. @param {AppState} state @param {StudyKind} study */
function isReady({ connection, warmup, race, network, networkClock }, study) {
  if (connection.status !== "open" || !warmup || warmup.done < warmup.total) return false;
  if (study === "edge") return true;
  if (study === "basins") return race !== null && race.lanes.length > 0;
  return network !== null && network.lanes.length > 0 && networkClock !== null && networkClock.tuning === null;
}
