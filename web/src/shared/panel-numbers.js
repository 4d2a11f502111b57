/** Numbers in the panels: four digits, the full double on hover, a question mark while they are asked for. */

/** @import { Told } from "../commands.js" */

import { h, s } from "../toolkit/dom.js";
import { formatExact, formatNumber, mathElement, subscript, toNumber } from "../toolkit/maths.js";

/**
 * @param {Told | null | undefined} told
 * @param {{digits?: number, hook?: string, signed?: boolean}} [how]
 */
export function number(told, { digits = 4, hook, signed = false } = {}) {
  const data = hook ? { testid: hook } : undefined;
  if (told === "?") return h("span", { class: "told asked", title: "asked for: predict it first", data }, "?");
  const value = toNumber(told ?? null);
  const sign = signed && value ? (value > 0 ? " positive" : " negative") : "";
  const text = formatNumber(value, digits);
  return h("span", { class: `told${sign}`, title: formatExact(value), data: { value: String(value), ...data } }, text);
}

/** @param {string} markup  MathML */
export function formula(markup) {
  return h("span", { class: "panel-maths" }, mathElement(markup) ?? "");
}

/**
 * W₁ (2, 1): an entry of a parameter, counted from 1.
 * @param {string} name
 * @param {number[]} index  from 0
 */
export function entryName(name, index) {
  const kind = name.replace(/\d+$/, "");
  const letter = { gamma: "γ", beta: "β", alpha: "α" }[kind] ?? kind;
  return `${letter}${subscript(Number(name.match(/\d+$/)?.[0] ?? 0))} (${index.map((i) => i + 1).join(", ")})`;
}

const WIDTH = 96;
const HEIGHT = 20;

/**
 * The last values of a quantity as a line, the newest at the right. What is not finite or asked for is left out.
 * @param {Told[]} history
 * @param {string} words  for those who do not see it
 */
export function sparkline(history, words) {
  const values = history.map((each) => (each === "?" ? NaN : (toNumber(each) ?? NaN)));
  const known = values.filter(Number.isFinite);
  const low = Math.min(...known);
  const high = Math.max(...known);
  const label =
    known.length === 0
      ? `${words}: no past yet`
      : `${words}: from ${formatNumber(low)} to ${formatNumber(high)} over ${values.length} updates`;
  const line = s("svg", {
    class: "sparkline",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    width: WIDTH,
    height: HEIGHT,
    role: "img",
    aria: { label },
  });
  if (known.length === 0) return line;
  const x = (/** @type {number} */ at) => (values.length === 1 ? WIDTH - 3 : 2 + (at / (values.length - 1)) * (WIDTH - 5));
  const y = (/** @type {number} */ value) =>
    high === low ? HEIGHT / 2 : HEIGHT - 3 - ((value - low) / (high - low)) * (HEIGHT - 6);
  const path = values
    .map((value, at) =>
      Number.isFinite(value)
        ? `${at > 0 && Number.isFinite(values[at - 1]) ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`
        : "",
    )
    .join("");
  line.append(s("title", {}, label), s("path", { d: path }));
  const last = values[values.length - 1];
  if (Number.isFinite(last)) line.append(s("circle", { cx: x(values.length - 1), cy: y(last), r: 2 }));
  return line;
}

/**
 * What may be wider than its place: it scrolls there, by keys too, where it is.
 * @param {...(Node | string)} children
 */
export function wide(...children) {
  const element = h("div", { class: "panel-wide", role: "group", aria: { label: "Table" } }, ...children);
  new ResizeObserver(() => {
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
  }).observe(element);
  return element;
}
