/** What is copied has every digit, not only those that are shown. */

/** @param {HTMLElement} container */
export function copyExact(container) {
  container.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (!selection || selection.isCollapsed || !event.clipboardData) return;
    const part = selection.getRangeAt(0).cloneContents();
    let exact = false;
    for (const each of part.querySelectorAll("[data-value]")) {
      each.textContent = each.getAttribute("data-value");
      exact = true;
    }
    const around = selection.getRangeAt(0).commonAncestorContainer;
    const one = (around instanceof Element ? around : around.parentElement)?.closest("[data-value]");
    const text = exact ? part.textContent : one?.getAttribute("data-value");
    if (!text) return;
    event.clipboardData.setData("text/plain", text.replaceAll("\u2062", " ").trim());
    event.preventDefault();
  });
}
