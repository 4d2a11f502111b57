/** The choice of a race that makes a point, and what it claims. */

/** @import { Catalog } from "../types.js" */

import { h, memo, setText } from "../toolkit/dom.js";

/** @typedef {Catalog["races"][number]} Preset */

/**
 * @template {Preset} P
 * @param {string} hook  of its parts
 * @param {string} label
 * @param {(preset: Preset) => preset is P} fits  whether it is run here
 * @param {(preset: P) => void} begin
 */
export function presetChoice(hook, label, fits, begin) {
  const select = h("select", { aria: { label }, data: { testid: `${hook}-preset` } });
  const claim = h("p", { class: "small race-claim", data: { testid: `${hook}-claim` } });
  /** @type {P[]} */
  let rows = [];
  select.addEventListener("change", () => {
    const row = rows.find(({ name }) => name === select.value);
    if (row) begin(row);
  });
  const known = memo();
  return {
    select,
    claim,
    /** @param {Catalog} catalog @param {string} chosen  the one that was begun last */
    update(catalog, chosen) {
      if (known(catalog)) {
        rows = catalog.races.filter(fits);
        select.replaceChildren(
          h("option", { value: "" }, "guided races"),
          ...rows.map(({ name, title, summary }) => h("option", { value: name, title: summary }, title)),
        );
      }
      if (select.value !== chosen) select.value = chosen;
      const made = catalog.races.find(({ name }) => name === chosen);
      setText(claim, made ? `${made.summary} Watch ${made.watch}.` : "");
      claim.hidden = !made;
    },
  };
}
