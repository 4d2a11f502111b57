/**
 * Votes given by hand, typed in: some networks keep devices apart, and hands are always there. One field for each choice, and one
 * for “I don’t know”.
 */

/** @import { Command, RoomEvent } from "./types.js" */

import { markup } from "../../shared/markup.js";
import { h, memo, setText } from "../../toolkit/dom.js";
import { refusedWords } from "./refused.js";

/** @typedef {Pick<RoomEvent, "phase" | "round" | "question">} Voting */

/** More hands than a hall has. */
const MOST = 2000;

/** What hands can be raised for; nothing where the answers are numbers or places. @param {RoomEvent["question"]} question */
export function choicesOf(question) {
  if (question?.kind === "choose") return question.texts.map(plainOf);
  return question?.kind === "sign" ? ["negative", "zero", "positive"] : [];
}

/** What the server made HTML of, as text. @param {string} html */
const plainOf = (html) => markup(html).textContent?.trim() ?? "";

/** @param {{command: Command}} room */
export function handCounts({ command }) {
  const rows = h("div", { class: "hand-rows" });
  const total = h("span", { class: "small", data: { testid: "hand-total" } });
  const said = h("p", { class: "field-error", role: "status", hidden: true, data: { testid: "hand-error" } });
  const send = h("button", { type: "submit", class: "primary-button", data: { testid: "hand-send" } }, "Count these");
  const element = h(
    "form",
    { class: "hand-counts", hidden: true, novalidate: true, aria: { label: "Hands" }, data: { testid: "hand-counts" } },
    h("h2", { class: "panel-title" }, "Hands"),
    h("p", { class: "small", data: { testid: "hand-words" } }),
    rows,
    h("div", { class: "field-row" }, total, send),
    said,
  );
  /** @type {HTMLInputElement[]} */
  let fields = [];
  let round = 1;
  const changed = memo();

  const numbers = () => fields.map(({ value }) => (value.trim() === "" ? 0 : Number(value)));
  const fine = (/** @type {number} */ n) => Number.isInteger(n) && n >= 0 && n <= MOST;

  function look() {
    const counts = numbers();
    counts.forEach((n, i) =>
      fine(n) ? fields[i].removeAttribute("aria-invalid") : fields[i].setAttribute("aria-invalid", "true"),
    );
    const sum = counts.every(fine) ? counts.reduce((all, n) => all + n, 0) : null;
    setText(total, sum === null ? "" : `${sum} hand${sum === 1 ? "" : "s"}`);
    send.disabled = !sum;
    const wrong = counts.findIndex((n) => !fine(n));
    said.hidden = wrong < 0;
    if (wrong >= 0) setText(said, `“${fields[wrong].dataset.of}” is a whole number. Allowed: 0 to ${MOST}.`);
  }

  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    look();
    if (!numbers().every(fine)) return;
    try {
      await command("counts_by_hand", { round, counts: numbers() });
      said.hidden = false;
      setText(said, "Counted, beside the votes from devices.");
      said.dataset.kind = "fine";
    } catch (error) {
      said.hidden = false;
      said.dataset.kind = "";
      setText(said, refusedWords(error));
    }
  });
  element.addEventListener("input", () => {
    said.dataset.kind = "";
    look();
  });

  return {
    element,
    /** @param {Voting} room */
    update(room) {
      const { question, phase } = room;
      const texts = choicesOf(question);
      element.hidden = texts.length === 0 || phase === "revealed" || phase === "follow";
      if (element.hidden) return;
      round = room.round;
      if (!changed(question?.ask, texts.join("\n"), round)) return;
      setText(element.children[1], `Vote ${round === 1 ? "one" : "two"}: how many hands for each?`);
      fields = [...texts, "I don’t know"].map((of) =>
        h("input", {
          type: "text",
          class: "line-field",
          inputmode: "numeric",
          autocomplete: "off",
          placeholder: "0",
          data: { of },
          aria: { label: `Hands for ${of}` },
        }),
      );
      rows.replaceChildren(
        ...fields.map((field) => h("label", { class: "field-row" }, h("span", {}, field.dataset.of ?? ""), field)),
      );
      said.hidden = true;
      look();
    },
  };
}
