/** The few pictograms of the frame, drawn so that they look alike on every system. */

import { s } from "./dom.js";

/** @type {Record<string, string>} */
const PATHS = {
  start: "M5 4h2v12H5zM16 4v12l-8-6z",
  back: "M14 4v12l-8-6z",
  forward: "M6 4v12l8-6z",
  play: "M6 3.5v13l11-6.5z",
  pause: "M5 4h3.5v12H5zM11.5 4H15v12h-3.5z",
  theme: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zm0 1.6v11.8a5.9 5.9 0 0 1 0-11.8z",
  pencil: "M13.4 3 17 6.6 7.3 16.3 3 17l.7-4.3zM12.2 5.9 5.2 12.9l-.4 2.3 2.3-.4 7-7z",
  file: "M5 2.5h6.5L16 7v10.5H5zM6.6 4.1v11.8h7.8V8h-3.6V4.1zM9 9.5h2v2h2v1.6h-2v2H9.2v-2h-2v-1.6h2z",
  undo: "M8 4 3 8.5 8 13v-3h4.2a2.6 2.6 0 0 1 0 5.200H8V17h4.200a4.400 4.400 0 0 0 0-8.800H8z",
  redo: "M12 4l5 4.500-5 4.500v-3H7.800a2.600 2.600 0 0 0 0 5.200H12V17H7.800a4.400 4.400 0 0 1 0-8.800H12z",
  share: "M11.500 3H17v5.500l-2.100-2.100-5.300 5.300-1.300-1.300 5.300-5.300zM4 5h5v1.600H5.600v7.800h7.800V11H15v5H4z",
  experiments: "M4 4h12v3H4zM5 8.500h10V16H5zM8 10.200v1.600h4v-1.600z",
  export:
    "M9.200 3h1.600v7.200l2.600-2.600 1.100 1.100L10 13.200 5.500 8.700l1.100-1.100 2.600 2.600zM4 14h1.600v1.400h8.800V14H16v3H4z",
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
