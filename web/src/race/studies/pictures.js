/** What each study shows, in small: drawings, not results. They are of tokens' colours and say nothing that the words do not. */

/** @import { StudyKind } from "./studies.js" */

import { s } from "../../toolkit/dom.js";

const [WIDTH, HEIGHT] = [160, 88];

/** @param {string} d @param {string} look */
const line = (d, look) => s("path", { d, class: `pic-line ${look}` });
/** @param {number} cx @param {number} cy @param {string} look @param {number} [r] */
const dot = (cx, cy, look, r = 4) => s("circle", { cx, cy, r, class: `pic-dot ${look}` });
const axes = () => s("path", { d: "M14 8V78H152", class: "pic-axes" });

/** Medians with the middle half of the seeds about them. */
function seeds() {
  const band = (/** @type {string} */ d, /** @type {string} */ look) => s("path", { d, class: `pic-area ${look}` });
  return [
    band("M14 18C50 22 70 38 152 44V66C80 64 52 44 14 26Z", "lane-2"),
    band("M14 18C34 34 50 54 152 62V74C60 74 36 52 14 26Z", "lane-1"),
    line("M14 22C50 32 74 52 152 56", "lane-2"),
    line("M14 22C36 44 54 66 152 69", "lane-1"),
  ];
}

/** The loss against the rate: a valley for each optimizer, and where it is lowest. */
function rates() {
  return [
    line("M18 26C48 30 78 66 96 66S116 40 120 12", "lane-2"),
    line("M18 40C30 46 44 72 60 72S92 50 104 12", "lane-1"),
    dot(96, 66, "lane-2"),
    dot(60, 72, "lane-1"),
  ];
}

/** λ_max rises to 2/η and stays about it. */
function edge() {
  return [
    s("path", { d: "M14 30H152", class: "pic-axes dashed" }),
    line("M14 72C36 70 50 40 66 29L74 20L82 38L90 23L98 36L106 25L114 34L122 27L130 33L138 28L152 31", "lane-1"),
  ];
}

/** Rates across, momenta upwards: what settles, the border, a lane's place. */
function point() {
  return [
    s("path", { d: "M14 78V8H132L88 78Z", class: "pic-area ink" }),
    s("path", { d: "M14 78V8H84L40 78Z", class: "pic-area ink" }),
    line("M88 78L132 8", "ink"),
    dot(52, 34, "lane-3", 5),
  ];
}

/** Starts by where they end. */
function basins() {
  const field = (/** @type {string} */ d, /** @type {string} */ look) => s("path", { d, class: `pic-area solid ${look}` });
  return [
    field("M14 8H78C70 26 92 34 84 46C60 40 40 54 14 46Z", "lane-1"),
    field("M78 8H152V40C120 34 104 52 84 46C92 34 70 26 78 8Z", "lane-2"),
    field("M14 46C40 54 60 40 84 46C78 60 90 66 84 78H14Z", "lane-4"),
    field("M84 46C104 52 120 34 152 40V78H84C90 66 78 60 84 46Z", "lane-6"),
    ...[dot(46, 26, "hole"), dot(120, 24, "hole"), dot(44, 64, "hole"), dot(122, 60, "hole")],
  ];
}

/** Arrows of samples that disagree, and their mean. */
function compass() {
  const ends = [
    [34, 22],
    [58, 10],
    [96, 12],
    [120, 26],
    [132, 50],
    [112, 70],
    [50, 36],
    [106, 36],
    [124, 40],
  ];
  return [
    ...ends.map(([x, y]) => line(`M76 54L${x} ${y}`, "faint")),
    line("M76 54L108 30M108 30l-8 1M108 30l-3 8", "lane-5 bold"),
  ];
}

/** @type {Record<StudyKind, {draw: () => SVGElement[], framed: boolean}>} */
const PICTURES = {
  seeds: { draw: seeds, framed: true },
  rates: { draw: rates, framed: true },
  edge: { draw: edge, framed: true },
  point: { draw: point, framed: true },
  basins: { draw: basins, framed: false },
  compass: { draw: compass, framed: false },
};

/** @param {StudyKind} kind */
export function pictureOf(kind) {
  const { draw, framed } = PICTURES[kind];
  return s(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, class: "study-picture", "aria-hidden": "true" },
    ...(framed ? [axes()] : []),
    ...draw(),
  );
}
