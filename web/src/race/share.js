/** A race to take away: a link that replays it, a page of its own, a picture, a table. */

import { LONGEST, addressOf, pack, scriptHere, unpack } from "../link.js";
import { menuOf, pill } from "../shared/tools.js";
import { download } from "../toolkit/files.js";
import { formatCount } from "../toolkit/maths.js";
import { writeFragment } from "../url.js";
import { reasonOf } from "../wire/refusals.js";
import { outcomeWords } from "./outcome/view.js";
import { racePicture } from "./plots/picture.js";

/**
 * @typedef {object} Taken  What differs between the races.
 * @property {string} hook  of its buttons
 * @property {string} table  what the table holds
 * @property {() => {file: string, title: string, lanes?: import("./plots/picture.js").Named[], come: import("./outcome/view.js").Come | null} | null} picture
 */

/**
 * The race of this page's address, if there is one: begun in the session that is attached now.
 * @param {import("./actions.js").RaceActions} actions
 */
export async function openRaceLink(actions) {
  const { field, sender } = actions;
  const packed = scriptHere(field);
  if (packed === null) return;
  const script = await unpack(packed).catch(() => null);
  if (script === null)
    sender.complain("This link is damaged: a part of it is missing or was changed. Another race stands here instead.");
  else if ((await actions.load(script)) && actions.now?.clock?.same_bits === false)
    sender.say("This race was recorded on another machine: its numbers may differ in their last digits.");
  writeFragment({ [field]: null });
}

/** Why a link is too long, by the field that the race stands in. @type {Record<string, string>} */
const LONG = { r: "it has more changes", n: "its own data or its changes are more" };

/**
 * A link that replays the race; where there is none, why. Null where the race was refused, which is told.
 * @param {import("./actions.js").RaceActions} actions
 * @returns {Promise<{url: string | null, note: string} | null>}
 */
export async function raceLink(actions) {
  const script = await actions.script();
  if (script === null) return null;
  const packed = await pack(script);
  if (packed.length <= LONGEST) return { url: addressOf({ packed }, actions.field), note: "" };
  const note = `This race is too long for a link: ${LONG[actions.field]} than eight kilobytes hold. Take it away as a page.`;
  return { url: null, note };
}

/** @param {import("./actions.js").RaceActions} actions */
async function copyLink(actions) {
  const found = await raceLink(actions);
  if (!found) return;
  const { url, note } = found;
  if (url === null) return actions.sender.complain(note);
  try {
    await navigator.clipboard.writeText(url);
  } catch {
    actions.host.showLink({ url, note: "" });
    return;
  }
  const step = formatCount(actions.now?.clock?.step ?? 0);
  actions.sender.say(`The link is copied. It replays this very race to step ${step}.`);
}

/** @param {import("./actions.js").RaceActions} actions @param {Taken["picture"]} picture */
async function exportPicture(actions, picture) {
  const found = picture();
  if (!found) return;
  const step = actions.now?.clock?.step ?? 0;
  try {
    const blob = await racePicture(`${found.title} · step ${formatCount(step)}`, found.lanes, outcomeWords(found.come));
    download(`chainrule-race-${found.file}-step-${step}.png`, blob);
  } catch (error) {
    actions.sender.complain(`The picture cannot be made: ${reasonOf(error)}`);
  }
}

/**
 * The bar's buttons while the race is shown.
 * @param {import("./actions.js").RaceActions} actions
 * @param {Taken} taken
 * @returns {HTMLElement[]}
 * @param {() => void} replay
 */
export function raceTools(actions, { hook, table, picture }, replay) {
  return [
    pill(`${hook}-share`, "Share link", () => copyLink(actions), {}, "share"),
    menuOf(`${hook}-export`, "Export", [
      ["Page with everything in it", "HTML", () => actions.exportFile("html")],
      ["Replay: a file that plays…", "HTML", replay],
      ["Picture", "PNG", () => exportPicture(actions, picture)],
      [table, "CSV", () => actions.exportFile("csv")],
      ["Embed in a page…", "HTML", () => actions.host.showEmbed()],
    ]),
  ];
}
