/** What every panel shares: it is empty, waits, is refused, has failed, or shows what came; none of that moves its neighbours. */

/** @import { Answer } from "./answer.js" */

import { h, memo, setText } from "../toolkit/dom.js";

/**
 * @template Result
 * @param {string} hook
 * @param {{empty: string, retry: () => void, moves?: string}} words
 * @param {(result: Result) => (Node | string)[]} draw
 */
export function shell(hook, { empty, retry, moves = "The run moves: pause it to look." }, draw) {
  const body = h("div", { class: "panel-told" });
  const words = h("p", { class: "panel-state small", role: "status" });
  const again = h("button", { type: "button", class: "quiet-button", hidden: true, onclick: retry }, "try again");
  const element = h("div", { class: "panel-shell", data: { testid: hook, state: "empty" } }, words, again, body);
  const changed = memo();
  return {
    element,
    /** @param {Answer<Result> | null} answer @param {string} [instead]  what to say where nothing was asked */
    show(answer, instead = empty) {
      const status = answer === null ? "empty" : answer.status;
      element.dataset.state = status;
      element.toggleAttribute("aria-busy", status === "loading");
      const result = status === "done" || status === "loading" || status === "old" ? (answer?.result ?? null) : null;
      const told = {
        empty: instead,
        loading: result ? "" : "Computing …",
        old: result ? "" : moves,
        refused: answer?.message ?? "",
        failed: `It failed: ${answer?.message ?? ""}`,
        done: "",
      }[status];
      setText(words, told);
      words.hidden = told === "";
      words.classList.toggle("field-error", status === "failed");
      again.hidden = status !== "failed";
      body.hidden = result === null;
      if (changed(result)) body.replaceChildren(...(result ? draw(result) : []));
    },
  };
}
