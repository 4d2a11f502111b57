/** The few pictograms of the frame, drawn so that they look alike on every system. */

import { s } from "../dom.js";

/** @type {Record<string, string>} */
const PATHS = {
  start: "M5 4h2v12H5zM16 4v12l-8-6z",
  back: "M14 4v12l-8-6z",
  forward: "M6 4v12l8-6z",
  play: "M6 3.5v13l11-6.5z",
  pause: "M5 4h3.5v12H5zM11.5 4H15v12h-3.5z",
  theme: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zm0 1.6v11.8a5.9 5.9 0 0 1 0-11.8z",
  close: "M5.4 4 10 8.6 14.6 4 16 5.4 11.4 10l4.6 4.6-1.4 1.4-4.6-4.6L5.4 16 4 14.6 8.6 10 4 5.4z",
  dice: "M4 3h12a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zm.6 1.6v10.8h10.8V4.6zM7 6.8A1.2 1.2 0 1 1 7 6.9zm6 6A1.2 1.2 0 1 1 13 12.9zM10 9.8A1.2 1.2 0 1 1 10 9.9z",
};

/** @param {string} name */
export function icon(name) {
  return s(
    "svg",
    { viewBox: "0 0 20 20", width: 16, height: 16, "aria-hidden": "true", class: "icon" },
    s("path", { d: PATHS[name], fill: "currentColor" }),
  );
}
