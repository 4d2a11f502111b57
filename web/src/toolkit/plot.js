/**
 * Plotly, loaded once and drawn no oftener than it can be. Figures (layout, traces, both themes) are described by the server; the
 * page only puts numbers into their traces.
 */

/** @import { Axis, Font, Layout, Margin, PlotlyApi } from "./plotly.js" */

/** @type {Promise<PlotlyApi> | null} */
let loading = null;

/**
 * Loads plotly.js once, after the page is drawn: it is large and nothing else waits for it.
 * @param {string} source
 * @returns {Promise<PlotlyApi>}
 */
export function loadPlotly(source) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve(/** @type {{Plotly: PlotlyApi}} */ (/** @type {unknown} */ (window)).Plotly);
    script.onerror = () => reject(new Error(`${source} cannot be loaded`));
    document.head.append(script);
  });
  return loading;
}

/** @returns {Promise<PlotlyApi>} */
export async function loadedPlotly() {
  const plotly = await loading;
  if (!plotly) throw new Error("the plots are not loaded yet");
  return plotly;
}

/** A redraw of curves costs some ten milliseconds; the eye asks for no more than a few a second … */
const INTERVAL = 200;
/** … and on a busy page still fewer: one part of the time in so many goes into them, as long as two a second are left. */
const SHARE = 20;
const LONGEST = 500;

/** Draws the newest wish with Plotly; what is overtaken meanwhile is not drawn. */
export class Redrawn {
  /** @type {((plotly: PlotlyApi) => Promise<void>) | null} */
  #waiting = null;
  #busy = false;
  #last = 0;
  #cost = 0;

  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
  }

  /** @param {(plotly: PlotlyApi) => Promise<void>} draw */
  async later(draw) {
    this.#waiting = draw;
    if (this.#busy) return;
    this.#busy = true;
    const plotly = await loading;
    while (this.#waiting && plotly) {
      const pause = this.#last + Math.min(LONGEST, Math.max(INTERVAL, SHARE * this.#cost)) - performance.now();
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
      const newest = this.#waiting;
      this.#waiting = null;
      this.#last = performance.now();
      try {
        await newest(plotly);
      } catch (error) {
        console.error(error); // the next wish is drawn all the same
      }
      this.#cost = performance.now() - this.#last;
    }
    this.#busy = false;
  }
}

/**
 * The layout with its type, and the room for it, as large as asked; as many numbers on the axis as there is height for.
 * @param {Layout} layout
 * @param {number} scale
 * @param {number} height
 */
export function sized(layout, scale, height) {
  const font = (/** @type {Font} */ given) => ({ ...given, size: given.size * scale });
  const axis = (/** @type {Axis} */ given) => ({
    ...given,
    tickfont: font(given.tickfont),
    title: { ...given.title, font: font(given.title.font) },
  });
  /** @type {Margin} */
  const margin = {
    l: layout.margin.l * scale,
    r: layout.margin.r * scale,
    t: layout.margin.t * scale,
    b: layout.margin.b * scale,
  };
  const room = (height - margin.t - margin.b) / (layout.font.size * scale * 3);
  const yaxis = { ...axis(layout.yaxis), nticks: Math.max(1, Math.min(layout.yaxis.nticks, Math.floor(room))) };
  return { ...layout, margin, font: font(layout.font), xaxis: axis(layout.xaxis), yaxis };
}
