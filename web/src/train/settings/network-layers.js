/** Changes of a network's hidden layers: pure functions from the layers that are to those that are wished. */

/** @import { Layer } from "../../types.js" */

/** A new layer is like the last one, but not wider than can be taken in. */
const WIDEST_NEW = 8;

/** @param {Layer[]} layers @returns {Layer[]} */
export function added(layers) {
  const last = layers.at(-1);
  return [
    ...layers,
    { activation: "tanh", norm: null, dropout: 0, skip: null, ...last, units: Math.min(last?.units ?? 4, WIDEST_NEW) },
  ];
}

/**
 * Without one layer. A skip still comes from the layer it came from; where that is gone, so is the skip.
 * @param {Layer[]} layers
 * @param {number} index
 */
export function removed(layers, index) {
  return layers.flatMap((layer, i) => {
    if (i === index) return [];
    const skip = layer.skip ?? null;
    if (i < index || skip === null) return [layer];
    const source = i - skip; // −1: the inputs
    if (source === index) return [{ ...layer, skip: null }];
    return [source < index ? { ...layer, skip: skip - 1 } : layer];
  });
}

/** @param {Layer[]} layers @param {number} count */
export function counted(layers, count) {
  let wish = layers.slice(0, count);
  while (wish.length < count) wish = added(wish.length > 0 ? wish : layers.slice(0, 1));
  return wish;
}

/**
 * Every layer as one of them, but for its units; a skip that would come from before the inputs is left out.
 * @param {Layer[]} layers
 * @param {number} index
 */
export function alike(layers, index) {
  const { units: _, ...rest } = layers[index];
  return layers.map((layer, i) => ({ ...layer, ...rest, skip: (rest.skip ?? 0) > i + 1 ? null : (rest.skip ?? null) }));
}

/**
 * Where a skip comes from, in words; layers are counted from 1.
 * @param {number} layer
 * @param {number} skip
 */
export function skipSource(layer, skip) {
  return layer === skip ? "the inputs" : `layer ${layer - skip}`;
}
