/** A race on the network to take away: a link that replays it (`#n=` and its script), a page of its own, a picture, a table. */

import { download } from "../../toolkit/files.js";
import { addressOf, pack, unpack } from "../../link.js";
import { formatCount } from "../../toolkit/maths.js";
import { writeFragment } from "../../url.js";
import { menuOf, pill } from "../../shared/tools.js";
import { colourOf, isDashed } from "../lanes.js";
import { racePicture } from "../picture.js";
import { networkNames } from "./frames.js";

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
 * @param {import("../surface/actions.js").RaceActions} racing  whose lines say what became of it
 */
export async function openNetworkLink(network, racing) {
  const packed = networkLinkHere();
  if (packed === null) return;
  const script = await unpack(packed).catch(() => null);
  if (script === null)
    racing.complain("This link is damaged: a part of it is missing or was changed. Another race stands here instead.");
  else if ((await network.load(script)) && network.state.networkClock?.same_bits === false) {
    racing.say("This race was recorded on another machine: its numbers may differ in their last digits.");
  }
  network.show("network");
  writeFragment({ [FIELD]: null });
}

/** @param {import("./actions.js").NetworkActions} network @param {import("../surface/actions.js").RaceActions} racing */
async function copyNetworkLink(network, racing) {
  const script = await network.script();
  if (script === null) return;
  const packed = await pack(script);
  if (packed.length > LONGEST) {
    racing.complain(
      "This race is too long for a link: its own data or its changes are more than eight kilobytes hold. Take it away as a page.",
    );
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

/** @param {import("./actions.js").NetworkActions} network @param {import("../surface/actions.js").RaceActions} racing */
async function exportPicture(network, racing) {
  const { network: race, networkClock, theme } = network.state;
  if (!race || !networkClock) return;
  const names = networkNames(network.state);
  const lanes = race.lanes.map((lane) => ({
    name: names.get(lane.id) ?? "",
    colour: colourOf(lane, theme),
    dashed: isDashed(lane),
  }));
  try {
    download(
      `chainrule-race-network-step-${networkClock.step}.png`,
      await racePicture(`${race.title} · step ${formatCount(networkClock.step)}`, lanes),
    );
  } catch (error) {
    racing.complain(`The picture cannot be made: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * The bar's buttons while the race on the network is shown.
 * @param {import("./actions.js").NetworkActions} network
 * @param {import("../surface/actions.js").RaceActions} racing
 * @returns {HTMLElement[]}
 */
export function networkTools(network, racing) {
  return [
    pill("network-share", "Share link", () => copyNetworkLink(network, racing), {}, "share"),
    menuOf("network-export", "Export", [
      ["Page with everything in it", "HTML", () => network.exportFile("html")],
      ["Picture", "PNG", () => exportPicture(network, racing)],
      ["Every recorded step of every lane", "CSV", () => network.exportFile("csv")],
    ]),
  ];
}
