/** How the page is looked at: rooms, pages, themes, what is shown and marked. None of it changes a run. */

/** @import { Page, RoomName } from "../types.js" */

import { rememberLinear } from "./preferences.js";
import { applyProjector } from "./projector.js";
import { applyTheme } from "./theme.js";
import { writeFragment } from "../url.js";

export class Looking {
  /** @param {import("../store.js").Store} store */
  constructor(store) {
    this.store = store;
  }

  // Own data ----------------------------------------------------------------------------------------------------------

  /** Opens the file chooser; set by what holds it. */
  pickTable = () => {};

  /** @param {File | null} table  a file to be looked at, in place of any other */
  offerTable(table) {
    this.store.set({ table });
  }

  /** @param {boolean} drawing  whether the output's plane is drawn on */
  draw(drawing) {
    this.store.set(drawing ? { drawing, page: "output" } : { drawing });
  }

  // How it is looked at -----------------------------------------------------------------------------------------------

  toggleTheme() {
    const theme = this.store.state.theme === "dark" ? "light" : "dark";
    applyTheme(theme, true);
    this.store.set({ theme });
  }

  toggleProjector() {
    const projector = !this.store.state.projector;
    applyProjector(projector, true);
    this.store.set({ projector });
  }

  /** Goes into a room; Escape comes back. @param {RoomName} room */
  enter(room) {
    const here = this.store.state.room;
    if (room === here) return;
    writeFragment({ view: room === "train" ? null : room });
    this.store.set({ room, cameFrom: here });
  }

  /** Back to the room one came from. */
  goBack() {
    const { cameFrom } = this.store.state;
    if (cameFrom === null) return;
    this.enter(cameFrom);
    this.store.set({ cameFrom: null });
  }

  /** @param {Page} page */
  show(page) {
    if (this.store.state.page !== page) this.store.set({ page });
  }

  /** @param {import("../types.js").EdgesShow} edges */
  showEdges(edges) {
    const { looks } = this.store.state;
    this.store.set({ edges, looks: { ...looks, edges: looks.edges + 1 } });
  }

  /** @param {import("../types.js").UnitsShow} units */
  showUnits(units) {
    const { looks } = this.store.state;
    if (units === "sample") return; // a sample is chosen where it lies
    this.store.set({ units, followed: null, looks: { ...looks, units: looks.units + 1 } });
  }

  /** Follows a sample through the network; null ends that. @param {import("../types.js").Followed | null} followed */
  follow(followed) {
    const { units } = this.store.state;
    // On a phone the network is another page than what was chosen.
    if (followed) this.store.set({ followed, units: "sample", page: "network" });
    else this.store.set({ followed, units: units === "sample" ? "map" : units });
  }

  /** Escape: what was opened last over the network is closed first. False where nothing was open. */
  leave() {
    const { diagnosis, pointed, followed } = this.store.state;
    if (diagnosis) this.showFindings(false);
    else if (pointed) this.pointAt(null);
    else if (followed) this.follow(null);
    else return false;
    return true;
  }

  /** The sample before or after the one that is followed, in its own split. @param {1 | -1} by */
  followNext(by) {
    const { followed, run } = this.store.state;
    const count = followed && run ? run.samples[followed.split] : 0;
    if (followed && count > 0) this.follow({ ...followed, index: (followed.index + by + count) % count });
  }

  /** The layer whose weights are counted in a histogram; null for none. @param {number | null} spread */
  showSpread(spread) {
    this.store.set({ spread });
  }

  /** Opens the settings of a hidden layer, or closes them. @param {number} layer  from 1 */
  openLayer(layer) {
    this.store.set({ opened: this.store.state.opened === layer ? null : layer });
  }

  /** The findings in full, beside the network. @param {boolean} diagnosis */
  showFindings(diagnosis) {
    this.store.set(diagnosis ? { diagnosis, page: "network" } : { diagnosis, pointed: null });
  }

  toggleFindings() {
    this.showFindings(!this.store.state.diagnosis);
  }

  /** Marks a layer or a unit on the diagram; the same again unmarks it. @param {import("../types.js").Pointed | null} to */
  pointAt(to) {
    const { pointed } = this.store.state;
    const again = pointed && to && pointed.layer === to.layer && pointed.unit === to.unit;
    this.store.set(to && !again ? { pointed: to, page: "network" } : { pointed: null });
  }

  toggleLinear() {
    const linear = !this.store.state.linear;
    rememberLinear(linear);
    this.store.set({ linear });
  }

  /** @param {boolean} withoutFutures  whether the old futures of the run are left out of its curves */
  hideFutures(withoutFutures) {
    this.store.set({ withoutFutures });
  }

  stopComparing() {
    this.store.set({ compared: null });
  }

  /** @param {"loss" | "accuracy"} curve */
  showCurve(curve) {
    this.store.set({ curve });
  }

  dismiss() {
    this.store.set({ notice: null });
  }
}
