/** The ground as it was painted last, colours and depths. Where the processor draws, it is worth keeping: while a race plays only
 * what lies on the ground is another in the next picture. */

export class Still {
  #width = 0;
  #height = 0;
  #of = "";
  #asked = "";

  /** @param {WebGL2RenderingContext} gl */
  constructor(gl) {
    this.gl = gl;
    this.depths = gl.createRenderbuffer();
    /** The ground alone, and a copy of it on which the rest is painted: both with the ground's depths. */
    this.ground = { frame: gl.createFramebuffer(), colours: gl.createRenderbuffer() };
    this.whole = { frame: gl.createFramebuffer(), colours: gl.createRenderbuffer() };
  }

  /** Whether it is the ground that was asked for last: one that is turned is not worth the copies. @param {string} of */
  stays(of) {
    const same = of === this.#asked;
    this.#asked = of;
    return same;
  }

  /**
   * Everything that is painted from here to `show` lies over the ground, which is painted anew where it is another.
   * @param {number} width  in the pixels that are drawn
   * @param {number} height
   * @param {string} of  what the ground's picture depends on
   * @param {() => void} paintGround
   */
  begin(width, height, of, paintGround) {
    const { gl, ground, whole } = this;
    this.#resize(width, height);
    if (of !== this.#of) {
      gl.bindFramebuffer(gl.FRAMEBUFFER, ground.frame);
      paintGround();
      this.#of = of;
    }
    this.#copy(ground.frame, whole.frame);
    gl.bindFramebuffer(gl.FRAMEBUFFER, whole.frame);
  }

  show() {
    this.#copy(this.whole.frame, null);
    this.gl.bindFramebuffer(this.gl.FRAMEBUFFER, null);
  }

  /** @param {WebGLFramebuffer | null} from @param {WebGLFramebuffer | null} to */
  #copy(from, to) {
    const { gl } = this;
    const all = /** @type {const} */ ([0, 0, this.#width, this.#height]);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, from);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, to);
    gl.blitFramebuffer(...all, ...all, gl.COLOR_BUFFER_BIT, gl.NEAREST);
  }

  /** @param {number} width @param {number} height */
  #resize(width, height) {
    if (width === this.#width && height === this.#height) return;
    const { gl, depths } = this;
    [this.#width, this.#height, this.#of] = [width, height, ""];
    gl.bindRenderbuffer(gl.RENDERBUFFER, depths);
    gl.renderbufferStorage(gl.RENDERBUFFER, gl.DEPTH_COMPONENT24, width, height);
    for (const { frame, colours } of [this.ground, this.whole]) {
      gl.bindRenderbuffer(gl.RENDERBUFFER, colours);
      gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, width, height);
      gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
      gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, colours);
      gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.DEPTH_ATTACHMENT, gl.RENDERBUFFER, depths);
    }
  }
}
