/** The guide is read without a script; this gives it the theme that was chosen, and on a telephone folds its contents away. */

import { initialTheme } from "../src/frame/theme.js";

document.documentElement.dataset.theme = initialTheme();

const contents = document.querySelector("nav details");
if (contents instanceof HTMLDetailsElement) {
  const narrow = matchMedia("(max-width: 800px)");
  const fold = () => (contents.open = !narrow.matches);
  narrow.addEventListener("change", fold);
  fold();
}
