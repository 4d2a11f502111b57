/**
 * What the address asks of an embed, `?embed=train|step|race|lesson&theme=dark`: one room without the bar. What else a link says
 * stands behind `#`, as in every address. It is not forgotten with the link: it is about the frame.
 */

/** An embed's name, and the room that it shows. */
export const EMBEDS = Object.freeze({ train: "train", step: "step", race: "race", lesson: "lessons" });

/** @typedef {keyof typeof EMBEDS} Embed */

const asked = new URLSearchParams(location.search).get("embed");

/** @param {string | null} name @returns {name is Embed} */
const known = (name) => name !== null && Object.hasOwn(EMBEDS, name);

/** What is shown alone; null: this is the whole page. @type {Embed | null} */
export const embed = known(asked) ? asked : null;

/** The room that it is; null: the whole page. */
export const embedded = embed === null ? null : EMBEDS[embed];

/** What was asked for and is none. */
export const unknown = asked !== null && embed === null ? asked : null;

/** The embed that shows a room; null where there is none. @param {string} room @returns {Embed | null} */
export const embedOf = (room) => /** @type {Embed[]} */ (Object.keys(EMBEDS)).find((name) => EMBEDS[name] === room) ?? null;
