/** What a link may say: `#view=train&theme=dark`. Only what decides how a run is looked at; the run itself comes later. */

/**
 * @returns {{view: string, theme: "light" | "dark" | null}}
 */
export function readFragment() {
  const fields = new URLSearchParams(location.hash.slice(1));
  const theme = fields.get("theme");
  return { view: fields.get("view") ?? "train", theme: theme === "light" || theme === "dark" ? theme : null };
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
  history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
}
