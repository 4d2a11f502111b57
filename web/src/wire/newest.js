/**
 * The newest wish wins: while one is asked for, the one that came last is remembered, and those in between are never asked for.
 * A drag along a time line, or over a surface, asks as often as it is answered.
 * @template W
 */
export class Newest {
  #ask;
  /** @type {{wish: W} | null} */
  #newest = null;
  #done = Promise.resolve(true);

  /** @param {(wish: W) => Promise<boolean>} ask  false where it was refused: what was wished for meanwhile is forgotten */
  constructor(ask) {
    this.#ask = ask;
  }

  /** What is asked for, or will be; null where nothing is. @returns {W | null} */
  get wish() {
    return this.#newest?.wish ?? null;
  }

  /** @param {W} wish @returns {Promise<boolean>}  once nothing is asked for any more: whether the newest was granted */
  want(wish) {
    const idle = this.#newest === null;
    this.#newest = { wish };
    if (idle) this.#done = this.#follow();
    return this.#done;
  }

  async #follow() {
    let granted = true;
    for (let asked = null; granted && this.#newest !== null && asked !== this.#newest;) {
      asked = this.#newest;
      granted = await this.#ask(asked.wish);
    }
    this.#newest = null;
    return granted;
  }
}

/** Of the questions of one name only the newest counts: what an earlier one is answered is not told. */
export class NewestAnswers {
  /** What is asked, or will be: its key, and the wait before it. @type {Map<string, {key: string, timer: number}>} */
  #asked = new Map();

  /** Whether this very question is under way. @param {string} name @param {string} key */
  isAsked(name, key) {
    return this.#asked.get(name)?.key === key;
  }

  /**
   * @template Answer
   * @param {string} name
   * @param {string} key
   * @param {() => Promise<Answer>} question
   * @param {(answer: Answer) => void} told
   * @param {number} [wait]  milliseconds before it is asked: one that is dropped by then never is
   */
  ask(name, key, question, told, wait = 0) {
    this.drop(name);
    const mine = { key, timer: 0 };
    this.#asked.set(name, mine);
    mine.timer = window.setTimeout(async () => {
      const answer = await question();
      if (this.#asked.get(name) !== mine) return;
      this.#asked.delete(name);
      told(answer);
    }, wait);
  }

  /** @param {string} name */
  drop(name) {
    clearTimeout(this.#asked.get(name)?.timer);
    this.#asked.delete(name);
  }
}
