/** What was done on which card: kept by the browser where it lets us, taken along as a file, loaded from one, cleared. */

import { ofBrowser } from "../toolkit/storage.js";

const KEY = "chainrule.lessons";
const VERSION = 1;

/**
 * @typedef {object} CardDone
 * @property {boolean} [seen]
 * @property {number | number[] | null} [answer]  of its question; null: not known
 * @property {boolean | null} [right]
 * @property {boolean} [met]  its task
 *
 * @typedef {object} LessonDone
 * @property {string} title
 * @property {number} count  of its cards
 * @property {number} last  the card that was open last
 * @property {boolean} own  somebody else's than chainrule's
 * @property {Record<string, CardDone>} cards  by their numbers, from 0
 *
 * @typedef {{version: number, last: string | null, lessons: Record<string, LessonDone>}} Progress
 */

/** @returns {Progress} */
const nothing = () => ({ version: VERSION, last: null, lessons: {} });

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** What can be read of it; throws an Error in words where it is none. @param {string} text @returns {Progress} */
function read(text) {
  const found = /** @type {unknown} */ (JSON.parse(text));
  if (!isRecord(found) || !isRecord(found.lessons)) throw new Error("it holds no progress of lessons");
  if (typeof found.version !== "number" || found.version > VERSION) throw new Error("it is of a newer version");
  const progress = nothing();
  for (const [id, lesson] of Object.entries(found.lessons)) {
    if (!isRecord(lesson) || !isRecord(lesson.cards)) continue;
    const { title, count, last, own } = lesson;
    if (typeof title !== "string" || typeof count !== "number") continue;
    const cards = /** @type {[string, CardDone][]} */ (
      Object.entries(lesson.cards).filter(([card, done]) => /^\d+$/.test(card) && isRecord(done))
    );
    progress.lessons[id] = { title, count, last: Number(last) || 0, own: own === true, cards: Object.fromEntries(cards) };
  }
  if (typeof found.last === "string" && found.last in progress.lessons) progress.last = found.last;
  return progress;
}

/** @returns {Progress} */
export function progressNow() {
  try {
    return read(ofBrowser.get(KEY) ?? "null");
  } catch {
    return nothing();
  }
}

/** @param {Progress} progress */
const write = (progress) => ofBrowser.set(KEY, JSON.stringify(progress));

/**
 * @param {import("../protocol.js").LessonInfo} lesson  the card that is open
 * @param {CardDone} done
 */
export function note({ lesson, card, title, count, own }, done) {
  if (lesson === null || card === null) return;
  const progress = progressNow();
  const before = progress.lessons[lesson]?.cards ?? {};
  const cards = { ...before, [card]: { ...before[card], ...done } };
  write({ ...progress, last: lesson, lessons: { ...progress.lessons, [lesson]: { title, count, last: card, own, cards } } });
}

/** @param {string} lesson @param {number} card @returns {CardDone | null} */
export const doneOf = (lesson, card) => progressNow().lessons[lesson]?.cards[card] ?? null;

export const asFile = () => JSON.stringify(progressNow(), null, 1);

/** Adds what a file says to what is there; throws an Error in words where it is none. @param {string} text */
export function addFile(text) {
  const [here, added] = [progressNow(), read(text)];
  for (const [id, lesson] of Object.entries(added.lessons))
    here.lessons[id] = { ...lesson, cards: { ...here.lessons[id]?.cards, ...lesson.cards } };
  write({ ...here, last: added.last ?? here.last });
}

export const clearAll = () => ofBrowser.remove(KEY);

/** A lesson that was written here is among one's own before it was opened. @param {string} id @param {string} title @param {number} count */
export function keepOwn(id, title, count) {
  const progress = progressNow();
  if (progress.lessons[id]) return;
  progress.lessons[id] = { title, count, last: 0, own: true, cards: {} };
  write(progress);
}
