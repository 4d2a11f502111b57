/**
 * The newest wish wins: while one is asked for, the one that came last is remembered, and those in between are never asked for.
 * A drag along a time line, or over a surface, asks as often as it is answered.
 * @template W
 */
export class Newest {
  #ask;
  /** @type {{wish: W} | null} */
  #newest = null;
  #done = Promise.resolve();

  /** @param {(wish: W) => Promise<boolean>} ask  false where it was refused: what was wished for meanwhile is forgotten */
  constructor(ask) {
    this.#ask = ask;
  }

  /** What is asked for, or will be; null where nothing is. @returns {W | null} */
  get wish() {
    return this.#newest?.wish ?? null;
  }

  /** @param {W} wish @returns {Promise<void>}  until nothing is asked for any more */
  want(wish) {
    const idle = this.#newest === null;
    this.#newest = { wish };
    if (idle) this.#done = this.#follow();
    return this.#done;
  }

  async #follow() {
    for (let asked = null; this.#newest !== null && asked !== this.#newest;) {
      asked = this.#newest;
      if (!(await this.#ask(asked.wish))) break;
    }
    this.#newest = null;
  }
}
