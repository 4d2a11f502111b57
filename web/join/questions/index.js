/** The seven kinds of question, by their names. */

/** @import { Question } from "../types.js" */
/** @import { Kind } from "./types.js" */

import { choose, sign } from "./choices.js";
import { number } from "./number.js";
import { order } from "./order.js";
import { place } from "./place.js";
import { power } from "./power.js";
import { sketch } from "./sketch.js";

/** @type {Record<Question["kind"], Kind>} */
export const KINDS = { choose, sign, power, number, order, place, sketch };
