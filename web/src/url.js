/** What a link may say of how a run is looked at: `#view=race&theme=dark&projector=1&hide=data&lock=optimizer.lr`. */

/**
 * @returns {{view: string | null, theme: "light" | "dark" | null, projector: boolean, hide: string[], lock: string[]}}
 */
export function readFragment() {
  const fields = new URLSearchParams(location.hash.slice(1));
  const theme = fields.get("theme");
  const names = (/** @type {string} */ field) => (fields.get(field) ?? "").split(",").filter(Boolean);
  return {
    view: fields.get("view"),
    theme: theme === "light" || theme === "dark" ? theme : null,
    projector: fields.get("projector") === "1",
    hide: names("hide"),
    lock: names("lock"),
  };
}

/**
 * Changes fields of the fragment without adding to the history.
 * @param {Record<string, string | null>} fields
 */
export function writeFragment(fields) {
  const all = new URLSearchParams(location.hash.slice(1));
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) all.delete(name);
    else all.set(name, value);
  }
  const text = all.toString();
  history.replaceState(history.state, "", text ? `#${text}` : location.pathname + location.search);
}
