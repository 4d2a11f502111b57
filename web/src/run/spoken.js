/** What is spoken of the run, in each room that looks at it. */

/** @import { AppState } from "../types.js" */
/** @import { Line } from "../frame/notice.js" */

/**
 * @param {AppState} state
 * @param {Line | null} line  above the transport
 */
export function runSpoken({ clock, notice }, line) {
  if (line?.voice) return line.voice;
  if (clock?.status === "playing") return "Training.";
  if (clock?.stop && clock.stop.kind !== "non_finite") return line?.text ?? "";
  if (notice) return notice.text;
  return clock?.status === "paused" ? `Paused at step ${clock.step}.` : "";
}
