/** Frozen weights and biases: which they are, how they are drawn, and which of them something pointed at stands for. */

/** @import { AppState, NamedArray, RunInfo } from "../../../types.js" */
/** @import { FreezeEditInput } from "../../../protocol.js" */
/** @import { Layout } from "../layout.js" */
/** @import { Target } from "../words.js" */
/** @import { Wire } from "../wires.js" */

import { frameOf } from "../../../run/selectors.js";
import { s } from "../../../toolkit/dom.js";
import { dress } from "../wires.js";

/** @typedef {FreezeEditInput["entries"]} Entries */
/** @typedef {"edge" | "connections" | "incoming" | "outgoing" | "bias" | "layer"} Scope  how much of what is pointed at */
/** @typedef {"" | "frozen" | "removed"} Held */

/** What a unit's sheet may freeze at once. @type {{value: Scope, label: string}[]} */
export const SCOPES = [
  { value: "connections", label: "all its connections" },
  { value: "incoming", label: "connections into it" },
  { value: "outgoing", label: "connections out of it" },
  { value: "bias", label: "its bias" },
  { value: "layer", label: "its whole layer" },
];

/**
 * Whether an entry of a parameter is frozen, or removed, which is frozen at 0.
 * @param {AppState} state
 * @param {string} name
 * @param {number} flat  counted row by row
 * @returns {Held}
 */
export function heldAt(state, name, flat) {
  const frame = frameOf(state, "parameters");
  const inside = frame?.meta.frozen[name]?.some(([first, count]) => flat >= first && flat < first + count);
  return !frame || !inside ? "" : frame.arrays[name].data[flat] === 0 ? "removed" : "frozen";
}

/** How many are frozen at a value, and how many removed. @param {AppState} state */
export function heldCounts(state) {
  const frame = frameOf(state, "parameters");
  const counts = { frozen: 0, removed: 0 };
  for (const [name, stretches] of Object.entries(frame?.meta.frozen ?? {}))
    for (const [first, count] of stretches)
      for (let i = first; i < first + count; i++) counts[frame?.arrays[name].data[i] === 0 ? "removed" : "frozen"] += 1;
  return counts;
}

/**
 * The entries that a scope of what is pointed at stands for.
 * @param {RunInfo} run
 * @param {Target} target
 * @param {Scope} scope
 * @returns {Entries}
 */
export function entriesOf(run, { kind, layer, unit, source }, scope) {
  if (kind === "edge") return [{ name: `W${layer}`, index: [unit, source] }];
  if (layer === 0 && run.image_shape) return [];
  const own = layer > 0;
  /** @type {Entries} */
  const into = own ? [{ name: `W${layer}`, index: [unit, null] }] : [];
  /** @type {Entries} */
  const out = layer < run.layers.length ? [{ name: `W${layer + 1}`, index: [null, unit] }] : [];
  const bias = own ? [{ name: `b${layer}`, index: [unit] }] : [];
  if (scope === "incoming") return into;
  if (scope === "outgoing") return out;
  if (scope === "bias") return bias;
  if (scope === "layer" && own)
    return [
      { name: `W${layer}`, index: [null, null] },
      { name: `b${layer}`, index: [null] },
    ];
  return [...into, ...out];
}

/**
 * How many entries these are, and how many of them are frozen and removed.
 * @param {AppState} state
 * @param {Entries} entries
 */
export function heldAmong(state, entries) {
  const arrays = frameOf(state, "parameters")?.arrays ?? {};
  const counts = { all: 0, frozen: 0, removed: 0 };
  for (const { name, index } of entries) {
    if (!arrays[name]) continue;
    for (const flat of places(arrays[name], index)) {
      const held = heldAt(state, name, flat);
      counts.all += 1;
      if (held) counts[held] += 1;
    }
  }
  return counts;
}

/** @param {NamedArray} array @param {(number | null)[]} index @returns {Iterable<number>} */
function* places({ shape }, index) {
  const columns = shape[1] ?? 1;
  for (let row = index[0] ?? 0; row < (index[0] === null ? shape[0] : index[0] + 1); row++) {
    const column = index.length > 1 ? index[1] : 0;
    for (let k = column ?? 0; k < (column === null ? columns : column + 1); k++) yield row * columns + k;
  }
}

/**
 * Dashes and gaps on the curves, and a lock on each that is frozen; a unit with a frozen bias has one, too.
 * @param {SVGGElement} group  the locks lie in it
 */
export function frozenMarks(group) {
  /** @type {{layout: Layout | null, drawn: string}} */
  const last = { layout: null, drawn: "" };
  return {
    /** @param {AppState} state @param {Layout} layout @param {Wire[]} wires */
    update(state, layout, wires) {
      /** @type {{x: number, y: number, name: string, held: Held}[]} */
      const locks = [];
      for (const wire of wires) {
        const held = heldAt(state, wire.name, wire.index);
        if (held !== wire.held) {
          wire.held = held;
          dress(wire);
        }
        if (held === "frozen") locks.push({ ...wire.place, name: `${wire.name}:${wire.index}`, held });
      }
      for (const { layer, shown } of layout.layers) {
        for (const box of layer > 0 ? shown : []) {
          const held = heldAt(state, `b${layer}`, box.unit);
          if (held) locks.push({ x: box.x + box.width, y: box.y + box.height, name: `b${layer}:${box.unit}`, held });
        }
      }
      const drawn = locks.map(({ name, held }) => name + held).join();
      if (layout === last.layout && drawn === last.drawn) return;
      Object.assign(last, { layout, drawn });
      group.replaceChildren(...locks.map(lock));
    },
  };
}

/** @param {{x: number, y: number, name: string, held: Held}} place */
function lock({ x, y, name, held }) {
  const [left, top] = [Math.round(x) - 4, Math.round(y) - 1];
  return s(
    "g",
    { class: `lock ${held}`, "data-lock": name },
    s("path", { d: `M${left + 1.8} ${top}v-1.8a2.2 2.2 0 0 1 4.4 0v1.8`, class: "shackle" }),
    s("rect", { x: left, y: top, width: 8, height: 6, rx: 1 }),
  );
}
