/** What there is to be seen of an experiment: its newest frame, with its arrays in their places. */

/** @import { AppState, NamedArray } from "../types.js" */
/** @import { Choices, Figure, LabFrame } from "./slice.js" */
/** @import { Shown } from "./views/types.js" */

/** @type {{frame: LabFrame | null, figures: Figure[]}} */
let last = { frame: null, figures: [] };

/**
 * Of the experiment that is looked at; what was found before its choices were changed is there until there is something new.
 * @param {AppState} state
 * @returns {Shown}
 */
export function shownOf({ frames, lab, labLook, theme, projector }) {
  const experiment = labLook.open ?? "";
  const frame = frames.lab && frames.lab.meta.lab.experiment === experiment ? frames.lab : null;
  const mine = lab?.experiment === experiment ? lab : null;
  return {
    experiment,
    status: mine?.status ?? "idle",
    share: mine?.status === "running" ? Math.max(mine.share, shareOf(frame, mine.number)) : (mine?.share ?? 0),
    choices: /** @type {Choices} */ (mine?.choices ?? {}),
    figures: figuresOf(frame),
    table: frame?.meta.table ?? null,
    values: frame?.meta.values ?? {},
    arrays: frame?.arrays ?? {},
    theme,
    projector,
    step: labLook.step,
    playing: labLook.playing,
  };
}

/** The frames tell of it more often than the event does. @param {LabFrame | null} frame @param {number} number */
const shareOf = (frame, number) => (frame?.meta.lab.number === number ? frame.meta.lab.share : 0);

/** @param {LabFrame | null} frame */
function figuresOf(frame) {
  // A frame whose share alone is news has the same arrays.
  if (frame === null) return [];
  if (last.frame?.meta.figures === frame.meta.figures && last.frame.arrays === frame.arrays) return last.figures;
  const at = (/** @type {string | null} */ name) => (name === null ? null : (frame.arrays[name] ?? null));
  const needed = (/** @type {string} */ name) => at(name) ?? EMPTY;
  const figures = frame.meta.figures.map((figure) =>
    figure.kind === "heat"
      ? { ...figure, values: needed(figure.values), at_x: at(figure.at_x), at_y: at(figure.at_y) }
      : {
          ...figure,
          series: figure.series.map((one) => ({
            ...one,
            x: needed(one.x),
            y: needed(one.y),
            low: at(one.low),
            high: at(one.high),
          })),
        },
  );
  last = { frame, figures };
  return figures;
}

/** @type {NamedArray} */
const EMPTY = { data: new Float64Array(0), shape: [0] };
