/** Memory: charts say it; a card shows what is held, with every value kept and with checkpoints. */

import { area, axes, line, picture } from "./sketch.js";

export default {
  thumbnail: () =>
    picture(
      axes(),
      area("M18 78L82 18L146 78Z", "lane-1"),
      line("M18 78L82 18L146 78", "lane-1"),
      line("M18 78L72 62L82 50L90 64L94 52L104 66L108 54L118 68L122 58L132 72L136 64L148 78", "lane-2 bold"),
    ),
};
