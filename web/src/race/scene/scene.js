/** A race in three dimensions, put together: the ground, paths and balls by the graphics card, words on a canvas over it. */

/** @import { AnyFrame } from "../../channels.js" */
/** @import { Heights } from "../channels.js" */
/** @import { Point } from "./matrices.js" */
/** @import { Painting } from "./webgl/painter.js" */
/** @import { Placed } from "./labels.js" */
/** @import { Way } from "./tracks.js" */

import { palette } from "../../toolkit/colours.js";
import { prepareCanvas } from "../../toolkit/dom.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { axesOf } from "./axes.js";
import { Box } from "./box.js";
import { Camera } from "./camera.js";
import { scaleOf } from "./scale.js";
import { Fan } from "./fan.js";
import { drawLabels, placeLabels } from "./labels.js";
import { projected } from "./matrices.js";
import { meshOf } from "./webgl/mesh.js";
import { ballsOf, markAt, marksOf, numbersOf, unit } from "./marks.js";
import { Painter } from "./webgl/painter.js";
import { Relief, thinned } from "./relief.js";
import { Track, placeOn } from "./tracks.js";
import { openingView } from "./opening-view.js";

const DASH = 0.05;
/** Pixels of the ground for one of the page's: more show nothing more. */
const MOST_DENSE = 2;
/** Steps of a path that can be pointed at: of a longer one every second, third … from its end. */
const POINTED = 6000;
/** Points along a side of the ground where the processor draws it: cells are some pixels large still. */
const FEW = 121;
/** What is left free around the box for words, in parts of the shorter side, and in lines of type at least. */
const [MARGIN, LINES] = [0.07, 2.2];
/** How much is seen of what is behind a hill; and of what is below the ground, where paths may be. */
const [BEHIND, BELOW] = [0.28, 0.75];

/**
 * @typedef {object} SceneLane
 * @property {number} id
 * @property {string} name
 * @property {string} colour
 * @property {boolean} dashed
 * @property {boolean} square  a cube in place of a ball
 * @property {boolean} chosen
 * @property {Way} way
 * @property {[number, number]} [drop]  the heights between which a line falls at its head
 *
 * @typedef {object} SceneMark
 * @property {"start" | "global" | "local"} kind  a place to begin with, or a minimum
 * @property {number} x
 * @property {number} y
 * @property {number | null} height  null: that of the ground
 *
 * @typedef {object} Picture
 * @property {AnyFrame} ground  its `x`, `y` and `level`
 * @property {Heights} heights  what a height is
 * @property {number[]} contours  heights
 * @property {boolean} lies  whether paths lie on the ground, or may be above and below it
 * @property {SceneLane[]} lanes
 * @property {SceneMark[]} marks
 * @property {import("./fan.js").Many} [many]  one lane's paths from many starts
 * @property {[string, string, string]} titles
 * @property {string} revision  another one is looked at anew
 */

/** @type {WeakMap<Element, Scene>} */
const SCENES = new WeakMap();

/** The scene that an element shows. @param {Element} stage */
export function sceneOf(stage) {
  return SCENES.get(stage) ?? null;
}

export class Scene {
  camera = new Camera();
  /** Counts what was painted. */
  painted = 0;
  /** Where words are. @type {Placed[]} */
  labels = [];
  /** @type {Map<number, Track>} */
  tracks = new Map();
  /** @type {Box | null} */
  box = null;
  /** @type {Relief | null} */
  relief = null;
  /** @type {Picture | null} */
  picture = null;
  width = 0;
  height = 0;
  /** Where no words are to be: what lies over the stage. @type {{left: number, top: number, width: number, height: number}[]} */
  taken = [];
  /** Whether a person has turned it: it then stays as it is. */
  turned = false;
  /** @type {Painter | null} */
  #painter = null;
  #theme = "";
  /** What the mesh was made of. @type {unknown[]} */
  #meshed = [];
  #fitted = "";
  /** @type {Map<string, number>} */
  #widths = new Map();
  /** Where names are, among the places that they may have. @type {Map<string, number>} */
  #places = new Map();
  #fan = new Fan();
  /** The balls as they were painted last. @type {{id: number, x: number, y: number, radius: number}[]} */
  #circles = [];

  /** @param {HTMLElement} stage @param {HTMLCanvasElement} canvas @param {HTMLCanvasElement} over */
  constructor(stage, canvas, over) {
    this.canvas = canvas;
    this.over = over;
    SCENES.set(stage, this);
  }

  /** Takes hold of the graphics card; false where there is none. */
  begin() {
    this.#painter = Painter.on(this.canvas);
    this.#meshed = [];
    return this.#painter !== null;
  }

  /** The card is gone. */
  lose() {
    this.#painter = null;
  }

  /** @param {Picture} picture @param {string} theme @param {number} width @param {number} height */
  show(picture, theme, width, height) {
    const anew = picture.revision !== this.picture?.revision;
    Object.assign(this, { picture, width, height });
    this.#theme = theme;
    this.#layGround(picture, theme);
    this.#follow(picture);
    if (anew) this.reset();
    this.paint();
  }

  /** As it was to begin with: all in sight, and as little of it as can be behind a hill. */
  reset() {
    const { box, relief, picture } = this;
    if (!box || !relief || !picture) return;
    this.turned = false;
    this.#fitted = "";
    /** @type {Point[]} */
    const paths = [];
    for (const { drawn, points } of this.tracks.values()) {
      const stride = Math.max(1, Math.floor(drawn / 24));
      for (let i = 0; i < drawn; i += stride) paths.push([points[4 * i], points[4 * i + 1], points[4 * i + 2]]);
    }
    openingView(this.camera, relief, [marksOf(picture, box, relief).map(({ place }) => place), paths]);
  }

  /** @param {number} across  radians @param {number} up */
  turn(across, up) {
    this.turned = true;
    this.camera.turn(across, up);
  }

  /** @param {number} factor */
  zoom(factor) {
    this.turned = true;
    this.camera.zoom(factor);
  }

  get matrix() {
    return this.camera.matrix(this.width, this.height);
  }

  /** @param {number} [density]  of another picture than the screen's */
  paint(density) {
    const { box, relief, picture, width, height, camera } = this;
    if (!this.#painter || !box || !relief || !picture || width < 1 || height < 1) return;
    this.#fit();
    const scale = typeScale();
    const colours = palette(this.#theme);
    const { matrix, eye } = { matrix: this.matrix, eye: camera.eye };
    const project = (/** @type {Point} */ place) => projected(matrix, place, width, height);
    const pixel = camera.pixel(width, height);
    const axes = axesOf(box, eye, project, picture.heights, picture.titles, scale);
    const grown = Math.sqrt(scale); // marks need not grow as type does
    const balls = ballsOf(picture, this.tracks, camera.axes, grown, pixel);
    const marks = marksOf(picture, box, relief);
    const many = picture.many && this.#fan.of(picture.many, box, relief);
    const [ink2, line, paper] = [colours.ink2, colours.line, colours.paper].map(unit);
    /** @type {Painting} */
    const painting = {
      matrix,
      light: camera.light,
      pixel,
      paper,
      contour: ink2,
      behind: picture.lies ? BEHIND : BELOW,
      lines: [
        { points: axes.grid, count: axes.grid.length / 4, colour: line, radius: 0.5, dash: 0 },
        { points: axes.edges, count: axes.edges.length / 4, colour: ink2, radius: 0.5, dash: 0 },
        ...this.#drops(),
        ...(many && picture.many ? [{ ...many, colour: unit(picture.many.colour), radius: 0.6, dash: 0 }] : []),
      ],
      paths: picture.lanes.flatMap(({ id, colour, dashed, chosen }) => {
        const track = this.tracks.get(id);
        if (!track) return [];
        const { points, drawn: count } = track;
        return [{ points, count, colour: unit(colour), radius: chosen ? 1.6 : 1.1, dash: dashed ? DASH : 0 }];
      }),
      marks: numbersOf(
        [
          ...(many?.starts ?? []).map((place) => markAt("another", place, colours.ink2, grown)),
          ...balls.flatMap(({ standing }) => standing ?? []),
          ...marks.map(({ kind, place }) => markAt(kind, place, colours.ink, grown)),
        ],
        project,
      ),
    };
    this.#painter.paint(painting, width, height, density ?? Math.min(window.devicePixelRatio || 1, MOST_DENSE));
    const start = marks.find(({ kind }) => kind === "start");
    /** @type {import("./labels.js").Label[]} */
    const names = balls.map(({ name, centre }) => ({ text: name, role: "name", ...project(centre), towards: [1, 0] }));
    if (start && picture.lanes.every(({ way }) => way.length < 2))
      names.splice(0, names.length, { text: "start", role: "name", ...project(start.place), towards: [1, 0] });
    this.#circles = balls.map(({ id, centre, radius }) => ({ id, ...project(centre), radius: radius + 3 }));
    this.#write([...names, ...axes.labels], this.#circles, 12 * scale, density);
    this.painted++;
  }

  /** Where the lanes stand, as they are seen: a path's end, and in pixels where that is. */
  get heads() {
    const { matrix, width, height } = this;
    return [...this.tracks].flatMap(([lane, { head, beyond }]) => {
      if (!head) return [];
      const { x, y } = projected(matrix, head, width, height);
      return [{ lane, place: head, beyond, x, y }];
    });
  }

  /**
   * The step of a path that is pointed at: the last on a ball, else the later where two are as near; none behind a hill.
   * @param {number} x  in pixels
   * @param {number} y
   * @param {number} reach
   */
  nearest(x, y, reach) {
    const { picture, box, relief, matrix, width, height } = this;
    if (!picture || !box || !relief) return null;
    const eye = this.camera.eye;
    const away = (/** @type {{x: number, y: number}} */ ball) => Math.hypot(ball.x - x, ball.y - y);
    const [ball] = this.#circles.filter((each) => away(each) < each.radius).sort((a, b) => away(a) - away(b));
    const on = ball && picture.lanes.find(({ id }) => id === ball.id);
    if (on) return { lane: on.id, step: on.way.length - 1 };
    let best = reach * reach;
    let found = null;
    for (const { id, way } of picture.lanes) {
      const stride = Math.max(1, Math.ceil(way.length / POINTED));
      for (let step = way.length - 1; step >= 0; step -= stride) {
        const place = placeOn(way, step, box, picture.lies ? relief : null);
        const at = projected(matrix, place, width, height);
        const far = (at.x - x) ** 2 + (at.y - y) ** 2;
        if (!(far < best) || !at.before || !box.reaches(place) || relief.hides(place, eye)) continue;
        best = far;
        found = { lane: id, step };
      }
    }
    return found;
  }

  /** Which x and y of the ground are pointed at. @param {number} x  in pixels @param {number} y */
  groundAt(x, y) {
    const { box, relief, camera, width, height } = this;
    const place = relief?.met(camera.eye, camera.through(x, y, width, height));
    return box && place ? box.below(place) : null;
  }

  /** @param {Picture} picture @param {string} theme */
  #layGround({ ground, contours, heights }, theme) {
    const of = [ground, theme, contours.join()];
    if (of.every((each, i) => each === this.#meshed[i]) || !this.#painter) return;
    const { x, y, level } = ground.arrays;
    const [columns, rows] = [x.data.length, y.data.length];
    if (ground !== this.#meshed[0]) {
      let [low, high] = [Infinity, -Infinity];
      for (const each of level.data) {
        if (!Number.isFinite(each)) continue;
        low = Math.min(low, each);
        high = Math.max(high, each);
      }
      const zs = /** @type {[number, number]} */ (low < high ? [low, high] : [heights.least, heights.least]);
      this.box = new Box([x.data[0], x.data[columns - 1]], [y.data[0], y.data[rows - 1]], zs);
      const grid = thinned({ columns, rows, level: level.data }, this.#painter.slow ? FEW : Infinity);
      this.relief = new Relief(this.box, grid.columns, grid.rows, grid.level);
    }
    this.#meshed = of;
    const { box, relief } = this;
    if (!box || !relief) return;
    const { tint, band } = scaleOf(contours, box.zs, palette(theme).ground);
    this.#painter.setGround(meshOf(relief, tint, band));
  }

  /** @param {Picture} picture */
  #follow({ lanes, lies }) {
    const { box, relief, tracks } = this;
    if (!box || !relief) return;
    for (const id of tracks.keys()) if (!lanes.some((lane) => lane.id === id)) tracks.delete(id);
    for (const { id, way } of lanes) {
      const track = tracks.get(id) ?? new Track();
      tracks.set(id, track);
      track.follow(way, box, lies ? relief : null);
    }
  }

  /** The camera comes as close as lets all be seen; where a path leaves the box it goes back a little, in few steps. */
  #fit() {
    const { box, width, height } = this;
    if (!box || this.turned) return;
    const [low, high] = [0, 1].map((end) =>
      /** @type {const} */ ([0, 1, 2]).map((axis) => {
        const all = [...this.tracks.values()].map(({ bounds }) => bounds[end][axis]);
        const edge = [box.half[0], box.half[1], end ? box.height : 0][axis];
        const own = end === 0 && axis < 2 ? -edge : edge;
        const furthest = end ? Math.max(own, ...all) : Math.min(own, ...all);
        return own + Math.sign(furthest - own) * Math.ceil(Math.abs(furthest - own) * 4 - 1e-3) * 0.25;
      }),
    );
    const key = [low, high, width, height, typeScale(), this.camera.azimuth, this.camera.elevation].join();
    if (key === this.#fitted) return;
    this.#fitted = key;
    const corners = [low[2], high[2]].flatMap((z) =>
      [low[0], high[0]].flatMap((x) => [low[1], high[1]].map((y) => /** @type {Point} */ ([x, y, z]))),
    );
    const margin = Math.max(MARGIN * Math.min(width, height), LINES * 12 * typeScale());
    this.camera.fit(corners, width, height, margin);
  }

  /** From where a lane is to the ground below or above it. */
  #drops() {
    const { picture, box } = this;
    return (picture?.lanes ?? []).flatMap(({ id, drop, colour }) => {
      const head = this.tracks.get(id)?.head;
      if (!drop || !head || !box || !drop.every(Number.isFinite)) return [];
      const [from, to] = drop.map((each) => box.up(each));
      const points = new Float32Array([head[0], head[1], from, -1, head[0], head[1], to, 0]);
      return [{ points, count: 2, colour: unit(colour), radius: 0.7, dash: 0 }];
    });
  }

  /** @param {import("./labels.js").Label[]} labels @param {{x: number, y: number, radius: number}[]} circles @param {number} size @param {number} [density] */
  #write(labels, circles, size, density) {
    const { over, width, height } = this;
    const context = prepareCanvas(over, width, height, density);
    context.font = `${size}px system-ui, sans-serif`;
    const measure = (/** @type {string} */ text) => {
      const key = `${size} ${text}`;
      const known = this.#widths.get(key) ?? context.measureText(text).width;
      this.#widths.set(key, known);
      return known;
    };
    this.labels = placeLabels(labels, circles, width, height, size, measure, this.#places, this.taken);
    drawLabels(context, this.labels, palette(this.#theme));
  }
}
