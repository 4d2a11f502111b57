/** The price of a gradient: curves that grow at different slopes. Its charts say it. */

/** @import { LabView } from "./types.js" */

import { axes, line, picture } from "./sketch.js";

/** @type {LabView} */
export default {
  thumbnail: () =>
    picture(
      axes(),
      line("M24 70L146 46", "lane-1"),
      line("M24 72L146 42", "lane-2"),
      line("M24 62L92 24L112 13", "lane-3 bold"),
      line("M24 64L92 18L104 10", "lane-4 dashed"),
    ),
};
