/** Pointing at the diagram, with mouse, finger or keys: finds what is meant, marks it, and tells about it. */

/** @import { AppState } from "../../types.js" */
/** @import { Layout } from "./layout.js" */
/** @import { Target } from "./words.js" */

import { h, s, setText } from "../../toolkit/dom.js";
import { curve, heightAt, inside } from "./layout.js";
import { describe, sameTarget } from "./words.js";

const NEAR = 7;

/**
 * @typedef {object} Edits  What is done with what is pointed at.
 * @property {(target: Target, at: {x: number, y: number}) => void} edit
 * @property {(target: Target) => void} zero
 * @property {(target: Target, key: string) => void} freeze  by its key
 * @property {() => void} close
 */

/**
 * @param {HTMLElement} stage
 * @param {SVGSVGElement} svg  the mark is drawn in it
 * @param {Edits} edits
 */
export function pointer(stage, svg, edits) {
  const title = h("strong");
  const list = h("div", { class: "tip-lines" });
  const tip = h("div", { class: "tip", role: "status", hidden: true, data: { testid: "tip" } }, title, list);
  stage.append(tip);
  const halo = s("path", { class: "halo", visibility: "hidden" });
  svg.prepend(halo);
  /** @type {Target | null} */
  let target = null;
  /** @type {AppState | null} */
  let state = null;
  /** @type {Layout | null} */
  let layout = null;
  /** @type {{x: number, y: number}} */
  let at = { x: 0, y: 0 };

  /** @param {Target | null} next */
  const aim = (next) => {
    if (!sameTarget(next, target)) {
      target = next;
      mark();
    }
    tell();
  };
  const mark = () => {
    const boxes = target && layout ? endsOf(layout, target) : null;
    if (!boxes) halo.setAttribute("visibility", "hidden");
    else {
      const { from, to } = boxes;
      halo.setAttribute("visibility", "visible");
      halo.setAttribute(
        "d",
        from ? curve(from, to) : `M${to.x - 3} ${to.y - 3}h${to.width + 6}v${to.height + 6}h${-to.width - 6}z`,
      );
    }
  };
  const tell = () => {
    tip.hidden = !target || !state;
    if (!target || !state || !layout) return;
    const { title: head, lines } = describe(state, target);
    setText(title, head);
    if (list.childElementCount !== lines.length) list.replaceChildren(...lines.map(() => h("div")));
    lines.forEach((line, i) => setText(list.children[i], line));
    const half = tip.offsetWidth / 2;
    const above = at.y - tip.offsetHeight - 16;
    tip.style.left = `${Math.max(half + 4, Math.min(layout.width - half - 4, at.x))}px`;
    tip.style.top = `${above > 4 ? above : at.y + 20}px`;
  };

  stage.addEventListener("pointermove", (event) => {
    const box = stage.getBoundingClientRect();
    at = { x: event.clientX - box.left, y: event.clientY - box.top };
    aim(layout && !(event.target instanceof HTMLButtonElement) ? find(layout, at.x, at.y, state?.units === "sample") : null);
  });
  stage.addEventListener("pointerdown", (event) => {
    const box = stage.getBoundingClientRect();
    at = { x: event.clientX - box.left, y: event.clientY - box.top };
    aim(layout ? find(layout, at.x, at.y, state?.units === "sample") : null);
  });
  stage.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("button, select")) return;
    if (target) edits.edit(target, at);
    else edits.close();
  });
  stage.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && aim(null));
  stage.addEventListener("blur", () => aim(null));
  stage.addEventListener("keydown", (event) => {
    if (!layout) return;
    if (event.target !== stage || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && target) {
      event.preventDefault();
      aim(null);
    }
    if (target && ["e", "F2", "Delete", "Backspace", "h", "x"].includes(event.key)) {
      event.preventDefault();
      if (event.key === "h" || event.key === "x") edits.freeze(target, event.key);
      else if (event.key === "e" || event.key === "F2") edits.edit(target, at);
      else edits.zero(target);
      return;
    }
    const next = walk(layout, target, event.key);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    const boxes = endsOf(layout, next);
    if (boxes) at = { x: boxes.to.x + boxes.to.width / 2, y: boxes.to.y };
    aim(next);
  });
  return {
    aim,
    /** @param {AppState} newest @param {Layout} placed */
    update(newest, placed) {
      const moved = layout !== placed;
      state = newest;
      layout = placed;
      if (moved && target && !endsOf(placed, target)) target = null;
      if (moved) mark();
      if (target) tell();
      else if (!tip.hidden) tip.hidden = true;
    },
  };
}

/** @param {Layout} layout @param {Target} target */
function endsOf(layout, { kind, layer, unit, source }) {
  const column = layout.layers[layer];
  const to = column?.shown.find((box) => box.unit === unit);
  const from = kind === "edge" ? layout.layers[layer - 1]?.shown.find((box) => box.unit === source) : null;
  if (!to || from === undefined) {
    // A cell of a strip has no curve of its own; the strip itself is marked.
    return column && unit < column.units && column.strip ? { from: null, to: column.strip } : null;
  }
  return { from, to };
}

/**
 * What is at a point: a unit, a cell of a strip, or the nearest curve.
 * @param {Layout} layout
 * @param {number} x
 * @param {number} y
 * @param {boolean} whole  whether a row of a strip is a unit, and not its weights
 * @returns {Target | null}
 */
function find(layout, x, y, whole) {
  for (const { layer, shown, strip, units, picture } of layout.layers) {
    for (const box of shown) if (inside(box, x, y)) return { kind: "unit", layer, unit: picture ? 0 : box.unit, source: -1 };
    if (strip && inside(strip, x, y)) {
      const row = Math.min(units - 1, Math.floor(((y - strip.y) / strip.height) * units));
      if (whole) return { kind: "unit", layer, unit: row, source: -1 };
      const other = layout.layers[layer === 0 ? 1 : layer - 1].units;
      const column = Math.min(other - 1, Math.floor(((x - strip.x) / strip.width) * other));
      return layer === 0
        ? { kind: "edge", layer: 1, unit: column, source: row }
        : { kind: "edge", layer, unit: row, source: column };
    }
  }
  /** @type {Target | null} */
  let best = null;
  let distance = NEAR;
  for (let layer = 1; layer < layout.layers.length; layer++) {
    const before = layout.layers[layer - 1];
    if (before.picture) continue;
    for (const to of layout.layers[layer].shown) {
      for (const from of before.shown) {
        const height = heightAt(from, to, x);
        if (height !== null && Math.abs(height - y) < distance) {
          distance = Math.abs(height - y);
          best = { kind: "edge", layer, unit: to.unit, source: from.unit };
        }
      }
    }
  }
  return best;
}

/**
 * Keys on the diagram: arrows go from unit to unit, Enter goes through the weights that come into one.
 * @param {Layout} layout
 * @param {Target | null} target
 * @param {string} key
 * @returns {Target | null}
 */
function walk(layout, target, key) {
  const moves = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Enter"];
  if (!moves.includes(key)) return null;
  if (!target) return { kind: "unit", layer: layout.layers.length - 1, unit: 0, source: -1 };
  const { layer, unit } = target;
  if (key === "Enter") {
    const before = layout.layers[layer - 1];
    if (!before || before.picture) return target;
    const source = target.kind === "edge" ? target.source + 1 : 0;
    return source < before.shown.length ? { kind: "edge", layer, unit, source } : { kind: "unit", layer, unit, source: -1 };
  }
  const next = layer + (key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0);
  const column = layout.layers[Math.max(0, Math.min(layout.layers.length - 1, next))];
  const wish = unit + (key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0);
  return { kind: "unit", layer: column.layer, unit: Math.max(0, Math.min(column.shown.length - 1, wish)), source: -1 };
}
