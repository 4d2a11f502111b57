/** The page's keys. They never act while something is typed, and a focused control keeps its own. */

const FIELDS = new Set(["text", "number", "search"]);
/** Keys that a slider or a choice needs for itself. */
const MOVES = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End"]);

/**
 * @param {import("../run/actions.js").RunActions} actions
 * @param {() => void} openHelp
 * @param {Pick<ReturnType<typeof import("./marker.js").markerView>, "toggle" | "clear">} marker  a presenter's
 * @param {() => import("../types.js").Room} room  the one that one is in
 * @param {(key: string) => (() => void) | undefined} beside  keys of what lies beside it, which come first
 */
export function listenToKeys(actions, openHelp, marker, room, beside) {
  // A button that was clicked keeps the focus, but Space then means play: only a button reached by keys is pressed by it.
  let byPointer = false;
  addEventListener("pointerdown", () => (byPointer = true), true);
  addEventListener("keydown", (event) => event.key === "Tab" && (byPointer = false), true);

  /** The same everywhere. @type {Record<string, () => void>} */
  const everywhere = {
    t: () => actions.toggleTheme(),
    p: () => actions.toggleProjector(),
    k: () => marker.toggle("spotlight"),
    j: () => marker.toggle("pen"),
    Backspace: () => marker.clear(),
    y: () => actions.otherRun(),
    "?": openHelp,
  };

  /** @param {string} key */
  const actionOf = (key) => beside(key) ?? room().keys[key] ?? everywhere[key];
  /** @param {KeyboardEvent} event */
  const isOurs = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
    if (!actionOf(event.key)) return false;
    if (event.key.length === 1 && event.key !== " " && !actions.store.state.letters) return false;
    const focus = document.activeElement;
    if (document.querySelector("dialog[open]")) return false;
    if (focus instanceof HTMLSelectElement || focus instanceof HTMLTextAreaElement) return false;
    if (focus instanceof HTMLInputElement) {
      if (FIELDS.has(focus.type)) return false;
      if (focus.type === "range") return !MOVES.has(event.key);
      if (event.key === " ") return byPointer;
    }
    // What opens and closes, and what is chosen among others, has keys of its own where one came to it by keys.
    if ((focus instanceof HTMLButtonElement || focus?.matches("summary")) && event.key === " ") return byPointer;
    if (focus?.matches("[role=radio], [type=radio]") && MOVES.has(event.key)) return byPointer;
    return true;
  };
  // Arrows go from one of a group's choices to the next, and choose it (ARIA's pattern of a radio group).
  addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const focus = document.activeElement;
    if (!by || byPointer || event.defaultPrevented || !(focus instanceof HTMLButtonElement) || !focus.matches("[role=radio]"))
      return;
    const all = [...(focus.closest("[role=radiogroup]")?.querySelectorAll("[role=radio]:not(:disabled)") ?? [])];
    const next = all[(all.indexOf(focus) + by + all.length) % all.length];
    event.preventDefault();
    if (next instanceof HTMLButtonElement) {
      next.focus();
      next.click();
    }
  });
  addEventListener("keydown", (event) => {
    if (!isOurs(event)) return;
    event.preventDefault();
    // Held keys step as fast as they repeat; playing and themes do not flicker.
    if (event.repeat && !MOVES.has(event.key)) return;
    actionOf(event.key)();
  });
  addEventListener("keydown", (event) => {
    const typing = document.activeElement instanceof HTMLInputElement && FIELDS.has(document.activeElement.type);
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "z" || event.defaultPrevented) return;
    if (typing || document.activeElement instanceof HTMLTextAreaElement || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    if (event.shiftKey) actions.redo();
    else actions.undo();
  });
  // Whatever else Escape closes comes first.
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (!room().leave()) actions.goBack();
  });
  // Space presses a button when it is let go.
  addEventListener("keyup", (event) => event.key === " " && isOurs(event) && event.preventDefault());
}
