/**
 * The microscope's place in the page's own address: micro-step, sample, depth, notation, entry, and the numbers that are hidden.
 * `#view=step&at=13~0~unit~theory~delta1~2~0~0&hidden=13:delta1:2:0`. The update is the run's step, which a link has already.
 */

/** @import { Look } from "./types.js" */

import { embedded } from "../frame/embed/asked.js";
import { linkHere } from "../link.js";
import { ofTab } from "../toolkit/storage.js";
import { writeFragment } from "../url.js";
import { present } from "../wire/tab-sessions.js";
import { DEPTHS, FIRST } from "./state.js";

/** A browser takes no more than a few changes of its address a second: until then the tab knows what it will say. */
const PAUSE = 400;
const NEXT = "chainrule.place";
const WHOLE = /^\d{1,9}$/;
/** Names of results have dots, as in m.W1. */
const NAME = /^[\w.]{1,60}$/;
/** As many numbers as can be asked for at a time. */
const MOST = 12;

/** @typedef {{micro: number, name: string, row: number, column: number}} Hidden */

/** @param {Look} look */
export function lookInWords({ micro, sample, depth, notation, name, row, column, term }) {
  return [micro, sample ?? "all", depth, notation, name ?? "-", row, column, term].join("~");
}

/** @param {string | null} text @returns {Look | null}  null where it says nothing that makes sense */
export function lookFrom(text) {
  const [micro, sample, depth, notation, name, row, column, term, more] = text?.split("~") ?? [];
  const counts = [micro, row, column, term];
  if (more !== undefined || !counts.every((each) => WHOLE.test(each ?? ""))) return null;
  const known = DEPTHS.find((each) => each === depth);
  const own = sample === "all" ? null : sample === "first" ? "first" : WHOLE.test(sample) ? Number(sample) : undefined;
  const result = name === "-" ? null : name;
  if (!known || own === undefined || !/^\w{1,40}$/.test(notation) || (result !== null && !NAME.test(result))) return null;
  const [at, rows, columns, terms] = counts.map(Number);
  return { ...FIRST, micro: at, sample: own, depth: known, notation, name: result, row: rows, column: columns, term: terms };
}

/** @param {Hidden[]} hidden */
export function hiddenInWords(hidden) {
  return hidden.map(({ micro, name, row, column }) => [micro, name, row, column].join(":")).join(",");
}

/** @param {string | null} text @returns {Hidden[]} */
export function hiddenFrom(text) {
  return (text ?? "")
    .split(",")
    .slice(0, MOST)
    .flatMap((each) => {
      const [micro, name, row, column] = each.split(":");
      if (![micro, row, column].every((part) => WHOLE.test(part ?? "")) || !NAME.test(name)) return [];
      return [{ micro: Number(micro), name, row: Number(row), column: Number(column) }];
    });
}

/** The address one came with, until it is obeyed; then it says where the microscope is. */
export class LinkedPlace {
  /** @type {{look: Look | null, hidden: Hidden[]} | null} */
  #wanted;
  #written = "";
  /** @type {number | undefined} */
  #timer;

  constructor() {
    const fields = new URLSearchParams(location.hash.slice(1));
    const { at, hidden: asked } = placeToBe({ at: fields.get("at"), hidden: fields.get("hidden") });
    const [look, hidden] = [lookFrom(at), hiddenFrom(asked)];
    const here = (embedded ?? fields.get("view")) === "step" && (look !== null || hidden.length > 0);
    this.#wanted = here ? { look, hidden } : null;
  }

  /** What the address wants, once, when the run that it belongs to is there. */
  take() {
    if (!this.#wanted || linkHere() !== null) return null;
    const wanted = this.#wanted;
    this.#wanted = null;
    return wanted;
  }

  /** @param {Look} look @param {Hidden[]} hidden */
  keep(look, hidden) {
    const place = { at: lookInWords(look), hidden: hidden.length > 0 ? hiddenInWords(hidden) : null };
    const text = JSON.stringify(place);
    if (this.#wanted || text === this.#written) return;
    this.#written = text;
    clearTimeout(this.#timer);
    const fields = new URLSearchParams(location.hash.slice(1));
    ofTab.set(NEXT, JSON.stringify({ session: present(), said: [fields.get("at"), fields.get("hidden")], place }));
    this.#timer = window.setTimeout(() => {
      writeFragment(place);
      ofTab.remove(NEXT);
    }, PAUSE);
  }
}

/**
 * Where the page was, whose address had yet to say so when it was loaded anew; else what the address says.
 * @param {{at: string | null, hidden: string | null}} said
 */
function placeToBe(said) {
  try {
    const next = JSON.parse(ofTab.get(NEXT) ?? "null");
    const same = next?.session === present() && next.said[0] === said.at && next.said[1] === said.hidden;
    return same ? /** @type {typeof said} */ (next.place) : said;
  } catch {
    return said;
  }
}
