/** The size of type on a projector, for what is no text of the page. */

/** How much larger than drawn the type is: Plotly's figures are laid out by the server for the page's own size. */
export function typeScale() {
  return document.documentElement.hasAttribute("data-projector") ? 1.5 : 1;
}
