/** A card in the page's address: `#l=deep/ten-sigmoids.3`, counted from 1; an own lesson's by its id. */

import { readCard, writeCard } from "../url.js";
import { ofTab } from "../toolkit/storage.js";

/** The card that this tab's session was led to: loaded anew, the page is no link. */
const OPENED = "chainrule.lesson";
const CARD = /^([a-z0-9-]+\/[a-z0-9-]+|[A-Za-z0-9_-]{1,64})(?:\.(\d{1,2}))?$/;

/** @typedef {{lesson: string, card: number}} Reference  the card counted from 0 */

/** @param {string | null} text @returns {Reference | null} */
export function referenceOf(text) {
  const found = CARD.exec(text ?? "");
  return found && { lesson: found[1], card: Math.max(0, Number(found[2] ?? 1) - 1) };
}

/** @param {Reference} reference */
export const textOf = ({ lesson, card }) => `${lesson}.${card + 1}`;

/** What the address says. */
export const here = () => referenceOf(readCard());

/** Whether it is a link into a session of its own, and not where this tab is already. */
export const isLink = () => readCard() !== null && readCard() !== ofTab.get(OPENED);

/** The address of a card, to share. @param {Reference} reference */
export const addressOfCard = (reference) => `${location.origin}${location.pathname}#l=${textOf(reference)}`;

/**
 * The address says which card is open, and in which room.
 * @param {Reference | null} reference
 * @param {{room: string, from: string | null, view: string | null} | null} [entered]  null: no new entry of the history
 */
export function tellAddress(reference, entered = null) {
  const text = reference && textOf(reference);
  if (text) ofTab.set(OPENED, text);
  else ofTab.remove(OPENED);
  writeCard(text, entered);
}
