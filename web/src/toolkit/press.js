/**
 * A press is whole. A click is lost where what is pressed is taken out and put in again between the button's going down and up,
 * so nothing is painted in between; nor for ever, for whoever keeps it down.
 */

/** What a click is for. */
const CONTROLS =
  "button, a, summary, label, input[type=checkbox], input[type=radio], [role=tab], [role=menuitem], [role=option]";
/** Milliseconds that a press holds the page up at most. */
const LONGEST = 2000;
/** Pixels after which it is a drag. */
const DRAG = 6;

export class Press {
  /** Whether something is being pressed. */
  held = false;

  #ended;
  #timer = 0;

  /**
   * @param {() => void} ended  called when it is over, after the click
   * @param {number} [longest]
   */
  constructor(ended, longest = LONGEST) {
    this.#ended = ended;
    let [x, y] = [0, 0];
    const over = () => this.#end();
    // The click comes after the release, in the same turn; where there is none, nothing else says so.
    const released = () => this.held && window.setTimeout(over);
    addEventListener(
      "pointerdown",
      (event) => {
        if (event.button !== 0 || !(event.target instanceof Element) || !event.target.closest(CONTROLS)) return;
        [x, y, this.held] = [event.clientX, event.clientY, true];
        clearTimeout(this.#timer);
        this.#timer = window.setTimeout(over, longest);
      },
      true,
    );
    addEventListener("pointermove", (event) => Math.hypot(event.clientX - x, event.clientY - y) > DRAG && over(), true);
    for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, released, true);
    for (const kind of ["blur", "pagehide"]) addEventListener(kind, over);
  }

  #end() {
    if (!this.held) return;
    clearTimeout(this.#timer);
    this.held = false;
    this.#ended();
  }
}
