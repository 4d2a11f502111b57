/**
 * Binary frames: u32 little-endian header length, UTF-8 JSON header, zero padding to a multiple of 8, payload.
 * Arrays are views into the message's own buffer; nothing is copied.
 */

/** @import { AnyFrame, Frame, NamedArray, Numbers } from "../channels.js" */

/** @type {Record<string, {new (buffer: ArrayBuffer, offset: number, length: number): Numbers, readonly BYTES_PER_ELEMENT: number}>} */
const TYPES = { f64: Float64Array, f32: Float32Array, i32: Int32Array, u8: Uint8Array };

/** An array as the header has it. @typedef {{name: string, dtype: string, shape: number[], offset: number}} Described */

const decoder = new TextDecoder();

/**
 * @param {ArrayBuffer} buffer  one whole message
 * @returns {Frame}
 */
export function decodeFrame(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  if (4 + length > buffer.byteLength)
    throw new RangeError(`frame header of ${length} bytes in a message of ${buffer.byteLength}`);
  /** @type {Omit<AnyFrame, "arrays"> & {meta?: unknown, arrays: Described[]}} */
  const header = JSON.parse(decoder.decode(new Uint8Array(buffer, 4, length)));
  const payload = Math.ceil((4 + length) / 8) * 8;
  /** @type {Record<string, NamedArray>} */
  const arrays = {};
  for (const { name, dtype, shape, offset } of header.arrays) {
    const type = TYPES[dtype];
    if (!type) throw new TypeError(`frame array ${name} has the unknown type ${dtype}`);
    const count = shape.reduce((product, size) => product * size, 1);
    arrays[name] = { data: new type(buffer, payload + offset, count), shape };
  }
  const { channel, frame, run, branch, step, meta = {} } = header;
  return /** @type {Frame} */ ({ channel, frame, run, branch, step, meta, arrays }); // each channel has its own meta
}
