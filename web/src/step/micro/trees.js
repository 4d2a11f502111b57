/** Walks through an equation's tree. */

/** @import { Branch, Leaf, Tree } from "../types.js" */

/** The terms of the main sum, with their index; the whole where there is none. @param {Tree} tree @returns {{tree: Tree, at: number}[]} */
export function termsOf(tree) {
  const main = mainOf(tree);
  return main ? main.parts.map((part, i) => ({ tree: part, at: part.kind === "more" ? -1 : (part.at ?? i) })) : [];
}

/** @param {Tree} tree @returns {Branch | null} */
function mainOf(tree) {
  if (tree.kind === "number" || tree.kind === "more") return null;
  if (tree.main) return tree;
  for (const part of tree.parts) {
    const found = mainOf(part);
    if (found) return found;
  }
  return null;
}

/** Its entries and numbers. @param {Tree} tree @returns {Leaf[]} */
export function leavesOf(tree) {
  if (tree.kind === "more") return [];
  return tree.kind === "number" ? [tree] : tree.parts.flatMap(leavesOf);
}
