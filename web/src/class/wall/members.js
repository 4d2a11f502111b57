/**
 * Who is in the room, in the teacher's menu alone: those who wait at the door are let in by a nod, and anybody can be removed. What
 * a learner typed is text, and nothing else.
 */

/** @import { Command, MemberNow, RoomEvent } from "./types.js" */

import { h, memo, setText } from "../../toolkit/dom.js";
import { refusedWords } from "./refused.js";

/** How one comes in. @type {["open" | "nod" | "closed", string][]} */
const WAYS = [
  ["open", "with the code"],
  ["nod", "after my nod"],
  ["closed", "nobody any more"],
];

/** @typedef {Pick<RoomEvent, "members" | "admit" | "names">} Admission */

/** @param {{command: Command}} room */
export function membersView({ command }) {
  const count = h("span", { class: "small", data: { testid: "members-count" } });
  const admit = h(
    "select",
    {
      aria: { label: "Who comes in" },
      data: { testid: "admit" },
      onchange: () => told(command("admit", { how: admit.value })),
    },
    ...WAYS.map(([value, words]) => h("option", { value }, words)),
  );
  const names = h("input", {
    type: "checkbox",
    class: "switch",
    role: "switch",
    data: { testid: "names-on" },
    onchange: () => told(command("names", { on: names.checked })),
  });
  const all = h(
    "button",
    {
      type: "button",
      class: "quiet-button",
      hidden: true,
      data: { testid: "let-all-in" },
      onclick: () => waiting.forEach(({ member }) => told(command("let_in", { member }))),
    },
    "let all in",
  );
  const list = h("ul", { class: "members-list", aria: { label: "Members" }, data: { testid: "members-list" } });
  const empty = h("p", { class: "small", data: { testid: "members-empty" } }, "Nobody is here yet: they join with the code.");
  const refused = h("p", { class: "field-error", role: "status", hidden: true, data: { testid: "members-error" } });
  const element = h(
    "section",
    { class: "members", aria: { label: "Members" }, data: { testid: "members" } },
    h("div", { class: "members-head" }, h("h2", { class: "panel-title" }, "Members"), count),
    h("label", { class: "field-row" }, "Come in", admit),
    h("label", { class: "field-row" }, "Names on the screen", names),
    all,
    list,
    empty,
    refused,
  );
  /** @type {MemberNow[]} */
  let waiting = [];
  /** @type {Admission | null} */
  let last = null;
  const changed = memo();

  /** @param {Promise<unknown>} answer */
  async function told(answer) {
    try {
      await answer;
      refused.hidden = true;
    } catch (error) {
      refused.hidden = false;
      setText(refused, refusedWords(error));
      if (last) settle(last); // what was refused is not so
    }
  }

  /** @param {Admission} room */
  function settle(room) {
    admit.value = room.admit;
    names.checked = room.names;
  }

  /** @param {MemberNow} one */
  function row({ member, name, here, state }) {
    const act = (/** @type {string} */ words, /** @type {string} */ type) =>
      h(
        "button",
        {
          type: "button",
          class: "quiet-button",
          aria: { label: `${words} ${name}` },
          data: { act: type },
          onclick: () => told(command(type, { member })),
        },
        words,
      );
    const stands = state === "waiting" ? "waits at the door" : here ? "" : "away";
    return h(
      "li",
      { class: "member", data: { member, state, here } },
      h("span", { class: "member-name" }, name),
      h("span", { class: "small" }, stands),
      state === "waiting" && act("let in", "let_in"),
      act(state === "waiting" ? "refuse" : "remove", "remove"),
    );
  }

  return {
    element,
    /** @param {Admission} room */
    update(room) {
      last = room;
      const members = room.members ?? [];
      if (document.activeElement !== admit) admit.value = room.admit;
      names.checked = room.names;
      if (!changed(JSON.stringify(members))) return;
      waiting = members.filter(({ state }) => state === "waiting");
      const inside = members.filter(({ state }) => state === "in");
      const here = inside.filter((one) => one.here).length;
      setText(count, `${here} here${waiting.length > 0 ? ` · ${waiting.length} at the door` : ""}`);
      all.hidden = waiting.length < 2;
      empty.hidden = members.length > 0;
      const focus = list.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
      const [whose, act] = [focus?.closest("li")?.dataset.member, focus?.dataset.act];
      list.replaceChildren(...[...waiting, ...inside].map(row));
      const rows = /** @type {HTMLElement[]} */ ([...list.children]);
      const same = rows.find(({ dataset }) => dataset.member === whose);
      const goal = /** @type {HTMLElement | null | undefined} */ (same?.querySelector(`[data-act="${act}"]`));
      if (focus) (goal ?? same?.querySelector("button") ?? admit).focus();
    },
  };
}
