/** Light or dark: from the link, else as last chosen, else as the system has it. */

import { ofBrowser } from "../toolkit/storage.js";
import { readFragment, writeFragment } from "../url.js";

const KEY = "chainrule.theme";

/** @returns {"light" | "dark"} */
export function initialTheme() {
  const stored = ofBrowser.get(KEY);
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  // Forced colours have a ground of their own, which the system tells: what was chosen before would not be read on it.
  if (matchMedia("(forced-colors: active)").matches) return system;
  return readFragment().theme ?? (stored === "light" || stored === "dark" ? stored : system);
}

/**
 * @param {"light" | "dark"} theme
 * @param {boolean} [chosen]  by a person: remembered, and a link's wish no longer counts
 */
export function applyTheme(theme, chosen = false) {
  document.documentElement.dataset.theme = theme;
  if (chosen) {
    ofBrowser.set(KEY, theme);
    writeFragment({ theme: null });
  }
}
