/** The seven kinds of question, by their names. */

/** @import { LessonQuestion } from "../../protocol.js" */
/** @import { Kind } from "./types.js" */

import { choose, power, sign } from "./choices.js";
import { number } from "./number.js";
import { order } from "./order.js";
import { place } from "./place.js";
import { sketch } from "./sketch.js";

/** @type {Record<LessonQuestion["kind"], Kind>} */
export const KINDS = { choose, sign, power, number, order, place, sketch };
