/** The picture of answers for each kind of question. */

/** @import { Question } from "../slice.js" */
/** @import { Picture } from "./votes.js" */

import { barsView } from "./bars.js";
import { cloudView } from "./cloud.js";
import { curvesView } from "./curves.js";
import { histogramView } from "./histogram.js";
import { orderView } from "./order.js";

/** @type {Record<Question["kind"], (question: Question) => Picture>} */
const KINDS = {
  choose: barsView,
  sign: barsView,
  power: histogramView,
  number: histogramView,
  order: orderView,
  place: cloudView,
  sketch: curvesView,
};

/** @param {Question} question */
export const pictureOf = (question) => KINDS[question.kind](question);
