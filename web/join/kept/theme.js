/** Light or dark: as last chosen on any page of chainrule, else as the system has it. */

import { ofBrowser } from "../../src/toolkit/storage.js";

const KEY = "chainrule.theme";

/** @returns {"light" | "dark"} */
export function initialTheme() {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  if (matchMedia("(forced-colors: active)").matches) return system;
  const chosen = ofBrowser.get(KEY);
  return chosen === "light" || chosen === "dark" ? chosen : system;
}

/** @param {"light" | "dark"} theme @param {boolean} [chosen]  by a person */
export function applyTheme(theme, chosen = false) {
  document.documentElement.dataset.theme = theme;
  if (chosen) ofBrowser.set(KEY, theme);
}
