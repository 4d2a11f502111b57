/**
 * What tells lanes apart. A colour belongs to the optimizer, by its place in the catalog, so that Adam looks the same in every race;
 * the same one again has another lightness, a dash and another head.
 */

/** @import { Lane } from "../types.js" */

const COLOURS = 8;
/** In order: whose colour nobody else has is a solid line. */
const DASHES = /** @type {const} */ (["solid", "dash", "dot", "dashdot"]);
/** On a canvas. @type {Record<Dash, number[]>} */
const PATTERNS = { solid: [], dash: [8, 4], dot: [2, 4], dashdot: [8, 3, 2, 3] };

/**
 * @typedef {(typeof DASHES)[number]} Dash  as Plotly calls it
 *
 * @typedef {object} LaneLooks
 * @property {number} colour  0 to 7
 * @property {boolean} other  in its other lightness, and its head is a square
 * @property {Dash} dash
 */

/** @type {WeakMap<Lane, LaneLooks>} */
const known = new WeakMap();

/**
 * Gives the lanes of a race their looks, no two the same: first each optimizer's first lane, then those that repeat one.
 * @param {Lane[]} lanes
 * @param {{name: string}[]} optimizers  the catalog's
 */
export function assignLooks(lanes, optimizers) {
  const places = new Map(optimizers.map(({ name }, i) => [name, i]));
  const inOrder = [...lanes].sort((a, b) => a.slot - b.slot);
  const first = inOrder.filter((lane) => inOrder.find(({ optimizer }) => optimizer.name === lane.optimizer.name) === lane);
  const taken = new Set();
  for (const lane of [...first, ...inOrder.filter((each) => !first.includes(each))]) {
    const place = places.get(lane.optimizer.name) ?? optimizers.length + lane.slot;
    const colour = place % COLOURS;
    let variant = Math.floor(place / COLOURS);
    for (let tries = 0; tries < 2 * DASHES.length && taken.has(`${colour} ${variant}`); tries++) variant++;
    taken.add(`${colour} ${variant}`);
    known.set(lane, looksOf(colour, variant));
  }
}

/** @param {number} colour @param {number} variant @returns {LaneLooks} */
function looksOf(colour, variant) {
  // Eight of them: another lightness with every second dash, and then the other way round.
  const turned = Math.floor(variant / DASHES.length) % 2;
  return { colour, other: (variant + turned) % 2 === 1, dash: DASHES[variant % DASHES.length] };
}

/** One that was given none goes by its slot. @param {Lane} lane @returns {LaneLooks} */
export function lookOf(lane) {
  return known.get(lane) ?? looksOf(lane.slot % COLOURS, Math.floor(lane.slot / COLOURS));
}

/** @param {Lane} lane */
export function patternOf(lane) {
  return PATTERNS[lookOf(lane).dash];
}
