/** What small pictures of experiments are drawn of: tokens' colours by class (`styles/lab/pictures.css`), and no words. */

import { s } from "../../toolkit/dom.js";

/** @param {...SVGElement} parts */
export const picture = (...parts) => s("svg", { viewBox: "0 0 160 90", class: "lab-picture", "aria-hidden": "true" }, ...parts);

/** Two axes. */
export const axes = () => s("path", { d: "M16 8V78H152", class: "lab-pic-axes" });

/** @param {string} d @param {string} look  ink, faint, pos, neg, lane-1 … lane-8; and dashed, bold */
export const line = (d, look = "ink") => s("path", { d, class: `lab-pic-line ${look}` });

/** A filled, translucent surface. @param {string} d @param {string} look */
export const area = (d, look = "ink") => s("path", { d, class: `lab-pic-area ${look}` });

/** @param {number} x @param {number} y @param {number} width @param {number} height @param {string} look */
export const bar = (x, y, width, height, look = "ink") => s("rect", { x, y, width, height, class: `lab-pic-bar ${look}` });

/** @param {number} cx @param {number} cy @param {string} look @param {number} r */
export const dot = (cx, cy, look = "ink", r = 4) => s("circle", { cx, cy, r, class: `lab-pic-dot ${look}` });
