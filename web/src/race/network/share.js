/** A link that replays a race on the network: `#n=` and its script, packed as a run's is. */

import { addressOf, pack, unpack } from "../../link.js";
import { formatCount } from "../../maths.js";
import { writeFragment } from "../../url.js";

const FIELD = "n";
/** Characters a script may have in a link. */
const LONGEST = 8192;

/** @returns {string | null} */
export function networkLinkHere() {
  return new URLSearchParams(location.hash.slice(1)).get(FIELD);
}

/**
 * The race of this page's address, if there is one: begun in the session that is attached now.
 * @param {import("./actions.js").NetworkActions} network
 * @param {import("../actions.js").RaceActions} racing  whose lines say what became of it
 */
export async function openNetworkLink(network, racing) {
  const packed = networkLinkHere();
  if (packed === null) return;
  const script = await unpack(packed).catch(() => null);
  if (script === null) racing.complain("This link is damaged: a part of it is missing or was changed. Another race stands here instead.");
  else if ((await network.load(script)) && network.state.networkClock?.same_bits === false) {
    racing.say("This race was recorded on another machine: its numbers may differ in their last digits.");
  }
  network.show("network");
  writeFragment({ [FIELD]: null });
}

/** @param {import("./actions.js").NetworkActions} network @param {import("../actions.js").RaceActions} racing */
export async function copyNetworkLink(network, racing) {
  const script = await network.script();
  if (script === null) return;
  const packed = await pack(script);
  if (packed.length > LONGEST) {
    racing.complain("This race is too long for a link: its own data or its changes are more than eight kilobytes hold.");
    return;
  }
  const url = addressOf({ packed }, FIELD);
  try {
    await navigator.clipboard.writeText(url);
  } catch {
    racing.onLink({ url, note: "" });
    return;
  }
  racing.say(`The link is copied. It replays this very race to step ${formatCount(network.state.networkClock?.step ?? 0)}.`);
}
