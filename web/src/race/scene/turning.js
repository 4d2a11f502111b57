/** How a scene is turned: by dragging, with one finger, with the arrows; closer with two fingers, the wheel, + and −. */

/** Radians for a pixel, and for a press of a key. */
const [DRAGGED, PRESSED] = [0.008, Math.PI / 24];
const WHEELED = 0.0015;
/** A press that moves less is no drag. */
const STILL = 4;

/**
 * @typedef {object} Turned
 * @property {(across: number, up: number) => void} turn  in radians
 * @property {(factor: number) => void} zoom
 * @property {() => void} reset
 * @property {(x: number, y: number, touch: boolean) => void} point  at a place of the stage
 * @property {() => void} leave
 */

/** @param {HTMLElement} stage @param {Turned} turned */
export function turning(stage, { turn, zoom, reset, point, leave }) {
  /** Where each finger is. @type {Map<number, {x: number, y: number}>} */
  const held = new Map();
  let moved = 0;
  const apart = () => {
    const [a, b] = held.values();
    return Math.hypot(a.x - b.x, a.y - b.y);
  };
  const place = (/** @type {PointerEvent} */ event) => {
    const box = stage.getBoundingClientRect();
    point(event.clientX - box.left, event.clientY - box.top, event.pointerType !== "mouse");
  };
  stage.addEventListener("pointerdown", (event) => {
    stage.setPointerCapture(event.pointerId);
    held.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (held.size === 1) moved = 0;
    leave();
  });
  stage.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (!before) return event.pointerType === "mouse" ? place(event) : undefined;
    const wide = held.size === 2 ? apart() : 0;
    const [dx, dy] = [event.clientX - before.x, event.clientY - before.y];
    held.set(event.pointerId, { x: event.clientX, y: event.clientY });
    moved += Math.hypot(dx, dy);
    if (held.size === 2) zoom(wide / Math.max(1, apart()));
    else if (held.size === 1) turn(DRAGGED * dx, DRAGGED * dy);
  });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"]))
    stage.addEventListener(end, (event) => {
      if (held.delete(event.pointerId) && held.size === 0 && moved < STILL && end === "pointerup") place(event);
    });
  stage.addEventListener("pointerleave", leave);
  // The focus stays where it was: arrows go on to step the race, unless one came here by keys.
  stage.addEventListener("mousedown", (event) => event.preventDefault());
  stage.addEventListener("dblclick", reset);
  stage.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(Math.exp(WHEELED * event.deltaY));
    },
    { passive: false },
  );
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowLeft: () => turn(-PRESSED, 0),
    ArrowRight: () => turn(PRESSED, 0),
    ArrowUp: () => turn(0, PRESSED),
    ArrowDown: () => turn(0, -PRESSED),
    "+": () => zoom(1 / 1.2),
    "-": () => zoom(1.2),
    0: reset,
  };
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
}
