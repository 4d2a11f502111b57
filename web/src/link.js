/**
 * A run in a link: `#s=` and its script's JSON text, deflated, in base64url; or, where that is too long, `#e=` and the id of an
 * experiment that the server keeps; `#kept=` is the script of a run to compare it with. Other fields of the fragment stay as they are.
 */

import { writeFragment } from "./url.js";

/** Characters a script may have in a link: what every browser and messenger carries along. */
export const LONGEST = 8192;
/** The field of a run that is set beside the linked one. */
export const KEPT = "kept";
/** Characters that a link may unfold to: more is no script of eight kilobytes. */
const UNFOLDED = 4_000_000;

/**
 * @param {string} text
 * @returns {Promise<string>}
 */
export async function pack(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = "";
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * @param {string} packed
 * @returns {Promise<string>}  rejects where the link is damaged
 */
export async function unpack(packed) {
  const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > UNFOLDED) throw new Error("it is longer than any link");
  }
}

/**
 * The run of this page's own address: a packed script, or the id of an experiment.
 * @returns {{packed: string} | {experiment: string} | null}
 */
export function linkHere() {
  const fields = new URLSearchParams(location.hash.slice(1));
  const [packed, experiment] = [fields.get("s"), fields.get("e")];
  if (packed !== null) return { packed };
  return experiment === null ? null : { experiment };
}

/** What stands in a field of this page's own address. @param {string} field @returns {string | null} */
export function scriptHere(field) {
  return new URLSearchParams(location.hash.slice(1)).get(field);
}

/**
 * The address of this page with a run in it.
 * @param {{packed: string} | {experiment: string}} run
 * @param {string} [field]  where a script stands: a run's, or a race's
 * @param {Record<string, string>} [more]  other fields
 */
export function addressOf(run, field = "s", more = {}) {
  const fields = new URLSearchParams(location.hash.slice(1));
  for (const name of ["s", "e", KEPT]) fields.delete(name);
  if ("packed" in run) fields.set(field, run.packed);
  else fields.set("e", run.experiment);
  for (const [name, value] of Object.entries(more)) fields.set(name, value);
  return `${location.origin}${location.pathname}#${fields}`;
}

/** What comes after a link is opened is no longer what the address says. */
export function forgetLink() {
  if (linkHere() !== null) writeFragment({ s: null, e: null, [KEPT]: null });
}
