/** A canvas on which the graphics card draws. What it is given stays there until it is given another; each painting is whole. */

/** @import { Point } from "../matrices.js" */
/** @import { Mesh } from "./mesh.js" */

import { NUMBERS as CORNER, Ribbons, cornersOf } from "./ribbons.js";
import { GROUND, MARK, STROKE } from "./shaders.js";
import { Still } from "./still.js";

/** Numbers of a mark: its place, colour, shape and radius, in which direction and how far it has rolled. */
export const MARK_NUMBERS = 11;
/** How far in front of the ground what lies on it is drawn, in parts of the depth there is. */
const LIFT = 0.0006;
/** What software that draws calls itself. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|basic render|software/i;
/** How far, in CSS pixels, paper shows on both sides of a path. */
const CASING = 1.5;

/**
 * @typedef {object} Stroke
 * @property {Float32Array} points  see `Ribbons.add`
 * @property {number} count
 * @property {Unit} colour
 * @property {number} radius  in CSS pixels
 * @property {number} dash  the length of a dash and its gap in the box; 0: none
 *
 * @typedef {object} Painting
 * @property {Float32Array} matrix
 * @property {Point} light
 * @property {number} pixel  of the box
 * @property {Unit} paper  around paths and marks
 * @property {Unit} contour
 * @property {Stroke[]} lines  axes and the like, below what moves
 * @property {Stroke[]} paths
 * @property {Float32Array} marks  the furthest first
 * @property {number} behind  how much is seen of what the ground hides
 *
 * @typedef {[number, number, number]} Unit  red, green and blue from 0 to 1
 */

export class Painter {
  /** @type {Ribbons} */
  #ribbons;
  /** Pieces that there are corners for on the card. */
  #room = 0;
  #triangles = 0;
  /** Which ground it is, counted. */
  #grounds = 0;

  /** @param {HTMLCanvasElement} canvas @returns {Painter | null}  null where the browser draws nothing in three dimensions */
  static on(canvas) {
    const slow = inSoftware();
    const gl = canvas.getContext("webgl2", { antialias: !slow });
    return gl && !gl.isContextLost() ? new Painter(canvas, gl, slow) : null;
  }

  /** @param {HTMLCanvasElement} canvas @param {WebGL2RenderingContext} gl @param {boolean} slow  the processor draws in its place */
  constructor(canvas, gl, slow) {
    this.canvas = canvas;
    this.gl = gl;
    this.slow = slow;
    this.#ribbons = new Ribbons(slow);
    this.programs = { ground: program(gl, GROUND), stroke: program(gl, STROKE), mark: program(gl, MARK) };
    this.strokes = shapeOf(gl, [3, 2, 2, 2]);
    this.corners = gl.createBuffer();
    this.marks = shapeOf(gl, [3, 3, 2, 3]);
    this.ground = shapeOf(gl, [3, 3, 3, 1]);
    this.indices = gl.createBuffer();
    this.still = slow ? new Still(gl) : null;
    gl.enable(gl.DEPTH_TEST);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  get lost() {
    return this.gl.isContextLost();
  }

  /** @param {Mesh} mesh */
  setGround({ vertices, triangles }) {
    const { gl, ground } = this;
    gl.bindVertexArray(ground.shape);
    gl.bindBuffer(gl.ARRAY_BUFFER, ground.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, vertices, gl.STATIC_DRAW);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.indices);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, triangles, gl.STATIC_DRAW);
    this.#triangles = triangles.length;
    this.#grounds++;
  }

  /** @param {Painting} painting @param {number} width  in CSS pixels @param {number} height @param {number} density */
  paint(painting, width, height, density) {
    const { gl, canvas } = this;
    const [across, down] = [width, height].map((each) => Math.max(1, Math.round(each * density)));
    if (canvas.width !== across) canvas.width = across;
    if (canvas.height !== down) canvas.height = down;
    gl.viewport(0, 0, across, down);
    const ground = () => this.#paintGround(painting);
    const of = this.still ? this.#groundOf(painting) : "";
    const still = this.still?.stays(of) ? this.still : null;
    if (still) still.begin(across, down, of, ground);
    else ground();
    gl.depthMask(false);
    gl.enable(gl.BLEND);
    this.#paintStrokes(painting, across / 2, down / 2, density);
    this.#paintMarks(painting, density);
    gl.disable(gl.BLEND);
    gl.bindVertexArray(null);
    still?.show();
  }

  /** What the picture of the ground alone depends on, besides its size. @param {Painting} painting */
  #groundOf({ matrix, light, contour }) {
    return [this.#grounds, ...matrix, ...light, ...contour].join();
  }

  /** @param {Painting} painting */
  #paintGround({ matrix, light, contour }) {
    const { gl, programs, ground } = this;
    gl.depthMask(true);
    gl.depthFunc(gl.LEQUAL);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (this.#triangles === 0) return;
    const { use, at } = programs.ground;
    gl.useProgram(use);
    gl.uniformMatrix4fv(at("matrix"), false, matrix);
    gl.uniform3fv(at("light"), light);
    gl.uniform3fv(at("line"), contour);
    gl.enable(gl.POLYGON_OFFSET_FILL);
    gl.polygonOffset(1, 1);
    gl.bindVertexArray(ground.shape);
    gl.drawElements(gl.TRIANGLES, this.#triangles, gl.UNSIGNED_INT, 0);
    gl.disable(gl.POLYGON_OFFSET_FILL);
  }

  /** @param {Painting} painting @param {number} across  half of what is drawn, in its pixels @param {number} up @param {number} density */
  #paintStrokes({ matrix, lines, paths, paper, behind }, across, up, density) {
    const { gl, strokes } = this;
    const { use, at } = this.programs.stroke;
    const ribbons = this.#ribbons;
    ribbons.clear();
    const [below, above] = [lines, paths].map((these) =>
      these.map((stroke) => ({ ...stroke, ...ribbons.add(stroke.points, stroke.count, matrix, 2 * across, 2 * up) })),
    );
    gl.bindVertexArray(strokes.shape);
    gl.bindBuffer(gl.ARRAY_BUFFER, strokes.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, ribbons.corners.subarray(0, 4 * CORNER * ribbons.pieces), gl.STREAM_DRAW);
    if (ribbons.pieces > this.#room) {
      this.#room = 2 * ribbons.pieces;
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.corners);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, cornersOf(this.#room), gl.STATIC_DRAW);
    }
    gl.useProgram(use);
    gl.uniform2f(at("half_size"), across, up);
    const draw = (
      /** @type {{first: number, pieces: number}} */ { first, pieces },
      /** @type {Unit} */ colour,
      /** @type {number} */ radius,
      /** @type {number} */ dash,
      /** @type {number} */ strength,
    ) => {
      if (pieces < 1) return;
      gl.uniform1f(at("radius"), radius * density);
      gl.uniform1f(at("dash"), dash);
      gl.uniform4fv(at("tint"), [...colour.map((each) => each * strength), strength]);
      gl.drawElements(gl.TRIANGLES, 6 * pieces, gl.UNSIGNED_INT, 24 * first);
    };
    gl.uniform1f(at("ends"), 0);
    gl.uniform1f(at("lift"), LIFT);
    for (const line of below) draw(line, line.colour, line.radius, 0, 1);
    gl.depthFunc(gl.GREATER);
    for (const path of above) draw(path, path.colour, path.radius, path.dash, behind);
    gl.depthFunc(gl.LEQUAL);
    gl.uniform1f(at("ends"), 1);
    for (const path of above) {
      draw(path, paper, path.radius + CASING, 0, 1);
      draw(path, path.colour, path.radius, path.dash, 1);
    }
  }

  /** @param {Painting} painting @param {number} density */
  #paintMarks({ matrix, marks, pixel, paper, behind }, density) {
    const { gl } = this;
    const { use, at } = this.programs.mark;
    gl.useProgram(use);
    gl.uniformMatrix4fv(at("matrix"), false, matrix);
    gl.uniform1f(at("pixel"), pixel);
    gl.uniform1f(at("density"), density);
    gl.uniform1f(at("lift"), 2 * LIFT);
    gl.uniform3fv(at("rim"), paper);
    gl.bindVertexArray(this.marks.shape);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.marks.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, marks, gl.STREAM_DRAW);
    for (const [compare, strength] of [
      [gl.GREATER, behind],
      [gl.LEQUAL, 1],
    ]) {
      gl.depthFunc(compare);
      gl.uniform1f(at("strength"), strength);
      gl.drawArrays(gl.POINTS, 0, marks.length / MARK_NUMBERS);
    }
  }
}

/** Whether the processor draws in place of a graphics card: smooth edges and a fine grid then cost more than they show. */
function inSoftware() {
  const gl = document.createElement("canvas").getContext("webgl2", { failIfMajorPerformanceCaveat: true });
  if (!gl) return true;
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return SOFTWARE.test(name);
}

/** Vertices whose numbers lie one after the other. @param {WebGL2RenderingContext} gl @param {number[]} sizes */
function shapeOf(gl, sizes) {
  const shape = gl.createVertexArray();
  const buffer = gl.createBuffer();
  gl.bindVertexArray(shape);
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  const whole = sizes.reduce((total, size) => total + size, 0);
  let before = 0;
  sizes.forEach((size, i) => {
    gl.enableVertexAttribArray(i);
    gl.vertexAttribPointer(i, size, gl.FLOAT, false, 4 * whole, 4 * before);
    before += size;
  });
  gl.bindVertexArray(null);
  return { shape, buffer };
}

/** @param {WebGL2RenderingContext} gl @param {{vertex: string, fragment: string}} sources */
function program(gl, { vertex, fragment }) {
  const use = gl.createProgram();
  for (const [kind, source] of /** @type {const} */ ([
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ])) {
    const shader = gl.createShader(kind);
    if (!shader) continue; // the context is lost
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(use, shader);
  }
  gl.linkProgram(use);
  if (!gl.getProgramParameter(use, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error(gl.getProgramInfoLog(use) ?? "a shader does not link");
  /** @type {Map<string, WebGLUniformLocation | null>} */
  const known = new Map();
  return {
    use,
    /** @param {string} name  of a uniform */
    at(name) {
      if (!known.has(name)) known.set(name, gl.getUniformLocation(use, name));
      return known.get(name) ?? null;
    },
  };
}
