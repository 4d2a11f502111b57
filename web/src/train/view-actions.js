/** How the run is looked at in the Train room: pages, what is shown, followed and marked. None of it changes the run. */

/** @import { EdgesShow, Page, Pointed, UnitsShow } from "./types.js" */

import { RunActions } from "../run/actions.js";

export class TrainViews extends RunActions {
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

  /** @param {boolean} digit  whether the pad for a digit is open */
  drawDigit(digit) {
    this.store.set(digit ? { digit, page: "output" } : { digit });
  }

  /** @param {Page} page */
  show(page) {
    if (this.store.state.page !== page) this.store.set({ page });
  }

  /** @param {EdgesShow} edges */
  showEdges(edges) {
    const { looks } = this.store.state;
    this.store.set({ edges, looks: { ...looks, edges: looks.edges + 1 } });
  }

  /** @param {UnitsShow} units */
  showUnits(units) {
    const { looks } = this.store.state;
    if (units === "sample") return; // a sample is chosen where it lies
    this.store.set({ units, followed: null, looks: { ...looks, units: looks.units + 1 } });
  }

  /** Follows a sample through the network; null ends that. @param {import("../types.js").Followed | null} followed */
  follow(followed) {
    const { units } = this.store.state;
    // On a phone the network is another page than what was chosen.
    if (followed) this.store.set({ followed, units: "sample", page: "network", comparing: false });
    else this.store.set({ followed, units: units === "sample" ? "map" : units });
  }

  /** Escape: what was opened last over the network is closed first. False where nothing was open. */
  leave() {
    const { diagnosis, pointed, comparing, followed, digit, drawer, projector } = this.store.state;
    if (drawer && projector) this.pullDrawer(false);
    else if (diagnosis) this.showFindings(false);
    else if (pointed) this.pointAt(null);
    else if (comparing) this.store.set({ comparing: false });
    else if (followed) this.follow(null);
    else if (digit) this.drawDigit(false);
    else return false;
    return true;
  }

  /** The settings, over the network while presenting. @param {boolean} drawer */
  pullDrawer(drawer) {
    this.store.set({ drawer });
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
    this.store.set(diagnosis ? { diagnosis, page: "network", comparing: false } : { diagnosis, pointed: null });
  }

  toggleFindings() {
    this.showFindings(!this.store.state.diagnosis);
  }

  /** Marks a layer or a unit on the diagram; the same again unmarks it. @param {Pointed | null} to */
  pointAt(to) {
    const { pointed } = this.store.state;
    const again = pointed && to && pointed.layer === to.layer && pointed.unit === to.unit;
    this.store.set(to && !again ? { pointed: to, page: "network", comparing: false } : { pointed: null });
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
}
