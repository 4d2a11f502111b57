/** The recording within this file: base64 of a deflated frame, as the wire has them. */

/** @import { Recording, Told } from "./types.js" */

import { decodeFrame } from "../src/wire/frames.js";

/**
 * @param {string} text  base64
 * @returns {Promise<Recording>}
 */
export async function readRecording(text) {
  const packed = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const frame = decodeFrame(await new Response(stream).arrayBuffer());
  const arrays = /** @type {Recording["arrays"]} */ (/** @type {unknown} */ (frame.arrays));
  const meta = /** @type {Told} */ (/** @type {unknown} */ (frame.meta));
  return { meta, frames: arrays.steps.data.length, steps: arrays.steps.data, arrays };
}

/**
 * One number of each frame.
 * @param {Recording} recording
 * @param {string} name
 * @returns {ArrayLike<number> | null}
 */
export function column({ arrays }, name) {
  return arrays[name]?.data ?? null;
}
