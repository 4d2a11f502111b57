/** Settings of a lane on the network: what every lane has; a batch size, a seed or an initializer of its own, badged. */

/** @import { View } from "../../types.js" */

import { choiceField, numberField } from "../../shared/controls.js";
import { h, memo } from "../../toolkit/dom.js";
import { laneSettings } from "../lanes/editor.js";

const SHARED = "as the others";

/** @param {import("./actions.js").NetworkRaceActions} actions @returns {View} */
export function networkEditor(actions) {
  const parts = laneSettings(actions, {
    root: "net",
    hook: "network",
    formula: "The optimizer of this lane",
    label: "Name of this lane",
    schedules: (catalog) => catalog.schedules,
  });
  const { target, rule, formula, own, times, name, buttons } = parts;
  const batch = numberField(target, {
    path: "net.batch_size",
    label: "Own batch size",
    hint: "off: as the others; it is badged, and runs again from the start",
    integer: true,
    off: true,
  });
  const seed = numberField(target, {
    path: "net.seed",
    label: "Own seed",
    hint: "a start and batches of its own: it is badged, and runs again from the start",
    integer: true,
    off: true,
  });
  /** @type {ReturnType<typeof choiceField> | null} */
  let initializer = null;
  const differs = h("div", { class: "fields" });
  const element = h("div", { class: "lane-editor", data: { testid: "network-editor" }, hidden: true });
  const alone = h("p", { class: "small" }, "What it does not share, from the start on:");
  element.append(rule, formula, own, times, alone, differs, name, buttons);
  const made = memo();
  return {
    element,
    update(state) {
      const { network, catalog, networkLook, errors } = state;
      const lane = network?.lanes.find((each) => each.id === networkLook.edited);
      if (!catalog || !lane) return;
      parts.update(state, lane);
      if (made(catalog)) {
        target.register("net.initializer");
        const choices = catalog.initializers.map(({ name: value, title }) => ({ value, label: title }));
        initializer = choiceField(
          { ...target, change: (_, wanted) => target.change("net.initializer", wanted === "" ? null : { name: wanted }) },
          { path: "net.initializer.name", label: "Own initializer", choices: [{ value: "", label: SHARED }, ...choices] },
        );
        differs.replaceChildren(batch.element, seed.element, initializer.element);
      }
      initializer?.update(lane.initializer?.name ?? "", errors["net.initializer.name"] ?? errors["net.initializer"]);
      batch.update(lane.batch_size === "full" ? null : lane.batch_size, errors["net.batch_size"]);
      seed.update(lane.seed, errors["net.seed"]);
    },
  };
}
