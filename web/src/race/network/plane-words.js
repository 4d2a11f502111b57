/** What the plane shows of the lanes and what it hides: a line that says how far to trust it, the rest on demand. */

/** @import { View } from "../../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatNumber, formatPercent, toNumber, typeset } from "../../toolkit/maths.js";
import { networkFrameOf } from "../frames.js";
import { networkNames } from "./names.js";
import { trajectoriesOf } from "./trajectories.js";

/** @returns {View} */
export function planeWords() {
  const explained = h("span", { data: { testid: "network-explained" } });
  const away = h("span", { data: { testid: "network-away" } });
  const seems = h("span", { class: "network-seems" });
  const [what, variance] = [h("p"), h("p")];
  const minima = h("p", { data: { testid: "network-minima" } });
  const climbs = h("div", { class: "network-climbs", role: "status", data: { testid: "network-climbs" } });
  const element = h(
    "details",
    { class: "small network-words", aria: { label: "What the plane shows, and what it hides" } },
    h("summary", {}, explained, away, seems),
    h(
      "div",
      { class: "network-rest", tabindex: 0, role: "group", aria: { label: "The rest of it" } },
      climbs,
      what,
      variance,
      minima,
    ),
  );
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !element.open) return;
    event.stopPropagation();
    element.open = false;
    element.querySelector("summary")?.focus();
  });
  const changed = memo();
  return {
    element,
    update(state) {
      const [surface, moving] = [networkFrameOf(state, "network_surface"), networkFrameOf(state, "network_ways")];
      const { three } = state.networkLook;
      if (!changed(surface, moving, state.network, three)) return;
      const names = networkNames(state);
      const share = toNumber(moving?.meta.explained);
      const known = share !== null && !Number.isNaN(share);
      setText(explained, known ? `explained variance ${formatPercent(share)}` : "all lanes stand at one point");
      setAttribute(explained, "data-value", share === null ? null : String(share));
      setText(
        variance,
        known
          ? `Explained variance: the plane holds ${formatPercent(share)} of the variance of the paths. That says little of how good it is: of a long random walk it would hold about 76 %.`
          : "",
      );
      setText(
        what,
        surface
          ? `The plane: ${surface.meta.words}. ${three ? "A lane is as high as its own loss, on a log scale, down to the picture’s lowest; the thin line at its head goes to the plane’s." : "Dashed arrows point downhill along the plane."}`
          : "",
      );
      setText(away, moving ? furthest(trajectoriesOf(moving), names) : "");
      const edge = (/** @type {[number, number]} */ [x, y]) =>
        surface && [x, y].some((at, i) => surface.meta.domain[i].includes(at)) ? ", at the picture’s edge" : "";
      setText(minima, moving?.meta.minima ? lowest(moving.meta.minima, names, edge) : "");
      const told = moving?.meta.climbs ?? [];
      setText(seems, told.length > 0 ? " · a lane only seems to climb" : "");
      climbs.replaceChildren(...told.map(({ words }) => h("p", {}, typeset(words))));
    },
  };
}

/**
 * The lane that the plane says least of: its own loss beside that of the plane below it, with the distance.
 * @param {import("./trajectories.js").Trajectory[]} trajectories
 * @param {Map<number, string>} names
 */
function furthest(trajectories, names) {
  const [found] = trajectories
    .map(({ columns, id }) => {
      const at = (/** @type {keyof typeof columns} */ name) => columns[name].at(-1) ?? 0;
      return { id, off: at("off"), own: at("true_loss"), slice: at("slice_loss") };
    })
    .sort((x, y) => y.off - x.off);
  if (!found || !(found.off > 0)) return "";
  const losses = Number.isNaN(found.own)
    ? ""
    : `: its loss ${formatNumber(found.own, 3)}, the plane’s ${formatNumber(found.slice, 3)}`;
  return ` · furthest off it ${names.get(found.id)}, by ${formatNumber(found.off, 3)}${losses}`;
}

/**
 * @param {NonNullable<import("../channels.js").NetworkTrajectories["minima"]>} minima
 * @param {Map<number, string>} names
 * @param {(place: [number, number]) => string} edge
 */
function lowest({ lowest: [x, y, least], reached, lane }, names, edge) {
  const [low, near] = [least, reached[2]].map((each) => formatNumber(toNumber(each), 3));
  const where = `${low}${edge([x, y])} (star)`;
  return x === reached[0] && y === reached[1]
    ? `Downhill ${names.get(lane)} would reach the slice’s lowest point, ${where}.`
    : `Downhill ${names.get(lane)} would reach a local minimum of the slice, ${near} (outlined star); its lowest point is ${where}.`;
}
