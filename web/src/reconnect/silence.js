/**
 * Notices a line that is dead though nobody has closed it: a laptop that slept, a router that forgot. Where nothing is heard for
 * a while the server is asked for a word; where none comes, the line is given up.
 */

/** Milliseconds between two looks at the clock. */
const TICK = 1000;
/** Silence after which a word is asked for: while something should come, and while nothing need. */
const EXPECTING = 4000;
const IDLE = 20_000;
/** How long it may take to come. */
const PATIENCE = 5000;

export class Silence {
  #line;
  #heard = 0;
  /** @type {number | null} */
  #asked = null;
  /** @type {number | undefined} */
  #timer;

  /** @param {{expecting: () => boolean, ask: () => void, dead: () => void}} line */
  constructor(line) {
    this.#line = line;
  }

  /** A line is there. */
  begin() {
    this.end();
    this.heard();
    this.#timer = window.setInterval(() => this.#look(), TICK);
  }

  end() {
    clearInterval(this.#timer);
  }

  /** Something came. */
  heard() {
    this.#heard = performance.now();
    this.#asked = null;
  }

  /** There is reason to ask at once, such as a page that is shown again. */
  doubt() {
    if (this.#asked !== null) return;
    this.#asked = performance.now();
    this.#line.ask();
  }

  #look() {
    const now = performance.now();
    if (this.#asked !== null) {
      if (now - this.#asked > PATIENCE) this.#line.dead();
    } else if (now - this.#heard > (this.#line.expecting() ? EXPECTING : IDLE)) this.doubt();
  }
}
