/** Small helpers that build elements; nothing here knows the application. */

/** @import { HtmlProperties, SvgProperties } from "./elements.js" */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {Element} element
 * @param {HtmlProperties | SvgProperties} properties  `on…` are listeners, `data`/`aria` are groups, null and false leave out
 */
function assign(element, properties) {
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (typeof value === "object") {
      for (const [name, part] of Object.entries(value)) element.setAttribute(`${key}-${name}`, String(part));
    } else element.setAttribute(key, value === true ? "" : String(value));
  }
}

/**
 * An HTML element: `h("button", {class: "chip", onclick: f}, "text", child)`.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {HtmlProperties} [properties]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  assign(element, properties);
  for (const child of children) if (child !== null && child !== undefined && child !== false) element.append(child);
  return element;
}

/**
 * An SVG element.
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {SvgProperties} [properties]
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function s(tag, properties = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  assign(element, properties);
  element.append(...children);
  return element;
}

/**
 * Sets an element's text only when it differs, so that a steady page costs no layout.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {string | null} value  null removes
 */
export function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * True once for each new combination of values: `if (changed(a, b)) …`.
 * @returns {(...values: unknown[]) => boolean}
 */
export function memo() {
  /** @type {unknown[] | null} */
  let before = null;
  return (...values) => {
    const last = before;
    const differs = last === null || last.length !== values.length || values.some((value, i) => value !== last[i]);
    before = values;
    return differs;
  };
}

/**
 * Sizes a canvas for the screen's density and returns a context that draws in CSS pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @param {number} [density]
 * @returns {CanvasRenderingContext2D}
 */
export function prepareCanvas(canvas, width, height, density = Math.min(window.devicePixelRatio || 1, 3)) {
  const w = Math.max(1, Math.round(width * density));
  const t = Math.max(1, Math.round(height * density));
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== t) canvas.height = t;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
