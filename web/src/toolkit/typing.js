/** What is being typed is kept, whatever comes of the form around it meanwhile. */

/**
 * Whether somebody types in it, and has not said so far that it is done.
 * @param {Element | null} input
 * @returns {input is HTMLInputElement}
 */
export function isTyped(input) {
  return input instanceof HTMLInputElement && input === document.activeElement && input.value !== input.defaultValue;
}

/**
 * Fills a form's place anew; what is being typed in it goes on in the field of the same name.
 * @param {HTMLElement} place
 * @param {...(Node | string)} children
 */
export function rebuild(place, ...children) {
  const before = document.activeElement;
  if (!isTyped(before) || !place.contains(before) || !before.name) return place.replaceChildren(...children);
  const { value, defaultValue, name, selectionStart, selectionEnd } = before;
  before.value = defaultValue; // it goes, and is to commit nothing
  place.replaceChildren(...children);
  const after = place.querySelector(`input[name="${CSS.escape(name)}"]`);
  if (!(after instanceof HTMLInputElement)) return;
  after.focus();
  after.value = value;
  after.setSelectionRange(selectionStart, selectionEnd);
  // A browser calls a field changed that was typed into since it has the focus.
  let committed = false;
  after.addEventListener("change", () => (committed = true), { once: true });
  after.addEventListener("blur", () => committed || after.dispatchEvent(new Event("change")), { once: true });
}
