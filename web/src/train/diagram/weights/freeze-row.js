/** The row of a weight's sheet that holds it at its value, removes it, or lets it be trained again. */

/** @import { AppState } from "../../../types.js" */
/** @import { FreezeEditInput } from "../../../protocol.js" */
/** @import { Scope } from "./frozen.js" */
/** @import { Target } from "../words.js" */

import { h, memo, setText } from "../../../toolkit/dom.js";
import { SCOPES, entriesOf, heldAmong } from "./frozen.js";

/** @typedef {FreezeEditInput["action"]} Action */

/**
 * @param {import("../../actions.js").TrainActions} actions
 * @param {(refused: string | null) => void} complain
 */
export function freezeRow(actions, complain) {
  const which = h(
    "select",
    { aria: { label: "What is held or removed" }, data: { testid: "freeze-which" } },
    ...SCOPES.map(({ value, label }) => h("option", { value }, label)),
  );
  const button = (/** @type {string} */ label, /** @type {Action} */ action, /** @type {string} */ title) =>
    h("button", { class: "text-button", type: "button", title, data: { freeze: action }, onclick: () => press(action) }, label);
  const hold = button("hold", "freeze", "freeze at its value: no update changes it (h)");
  const remove = button("remove", "remove", "set to 0, and freeze there (x)");
  const release = button("release", "release", "train it again (h)");
  const told = h("p", { class: "small", role: "status", data: { testid: "freeze-state" } });
  const element = h(
    "div",
    { class: "freeze-row", role: "group", aria: { label: "Hold, remove, release" } },
    which,
    h("div", { class: "title-row" }, hold, remove, release),
    told,
  );
  /** @type {Target | null} */
  let target = null;
  /** @type {AppState | null} */
  let state = null;
  const changed = memo();

  const entries = () =>
    state?.run && target
      ? entriesOf(state.run, target, target.kind === "edge" ? "edge" : /** @type {Scope} */ (which.value))
      : [];
  /** @param {Action} action */
  const press = async (action) => complain(await actions.freeze(action, entries()));
  const show = () => {
    if (!state) return;
    const { all, frozen, removed } = heldAmong(state, entries());
    if (!changed(all, frozen, removed, target)) return;
    hold.disabled = frozen + removed === all;
    remove.disabled = removed === all;
    release.disabled = frozen + removed === 0;
    setText(told, inWords(all, frozen, removed));
  };
  which.addEventListener("change", show);
  return {
    element,
    /** By its key: what is frozen is released. @param {string} key */
    key(key) {
      if (key === "x") press("remove");
      else press(hold.disabled ? "release" : "freeze");
    },
    /** @param {AppState} now @param {Target} wanted */
    open(now, wanted) {
      [state, target] = [now, wanted];
      which.hidden = wanted.kind === "edge";
      which.value = SCOPES[0].value;
      show();
    },
    /** @param {AppState} now */
    update(now) {
      state = now;
      show();
    },
  };
}

/** @param {number} all @param {number} frozen @param {number} removed */
function inWords(all, frozen, removed) {
  if (frozen + removed === 0) return "trained";
  if (all === 1) return removed ? "removed: 0, and stays 0" : "frozen: no update changes it";
  return `of ${all}: ${frozen} frozen, ${removed} removed`;
}
