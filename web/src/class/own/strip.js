/** The strip over a learner's own screen: whose it is, the seed and the task that came with it, and the way back in one tap. */

/** @import { View } from "../../types.js" */
/** @import { OwnScreen } from "./slice.js" */

import { markup } from "../../shared/markup.js";
import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { joinAddress } from "./member.js";

/** @param {import("./actions.js").OwnActions} actions @returns {View} */
export function stripView(actions) {
  const code = h("b", { class: "own-code" });
  const words = h("span", { data: { testid: "own-words" } });
  const seed = h("span", { class: "own-seed", data: { testid: "own-seed" } });
  const task = h("span", { class: "own-task", data: { testid: "own-task" } });
  const offered = h("input", {
    type: "checkbox",
    class: "switch",
    role: "switch",
    data: { testid: "own-offer" },
    onchange: () => actions.offer(offered.checked),
  });
  const offer = h("label", { class: "own-offer" }, offered, "the class may see my run");
  const refused = h("span", { class: "own-refused", role: "status", data: { testid: "own-refused" } });
  const back = h("a", { class: "own-back", data: { testid: "own-back" } }, "◂ Back to the teacher");
  const element = h(
    "aside",
    { class: "own-strip", hidden: true, aria: { label: "Your class" }, data: { testid: "own-strip" } },
    back,
    h("span", { class: "own-where" }, code, " · ", words),
    seed,
    task,
    refused,
    offer,
  );
  // The frame below it has what is left of the screen: the words of a task may take several lines.
  new ResizeObserver(() => document.body.style.setProperty("--own-strip", `${element.offsetHeight}px`)).observe(element);
  const changed = memo();
  return {
    element,
    update({ own }) {
      document.documentElement.toggleAttribute("data-own", own.code !== null);
      element.hidden = own.code === null;
      if (own.code === null || !changed(own)) return;
      const { part } = own;
      const inside = part?.state === "in";
      setText(code, own.code);
      setText(words, standing(own));
      setAttribute(back, "href", joinAddress(own.code));
      setText(back, part?.state === "ended" || part?.state === "removed" ? "◂ To the class’s page" : "◂ Back to the teacher");
      seed.hidden = !inside || part.seed === null;
      setText(seed, part && part.seed !== null ? `your seed: ${part.seed}` : "");
      task.hidden = !inside || part.task === null;
      task.dataset.met = String(part?.task?.met === true);
      const asked = part?.task ?? null;
      task.replaceChildren(...(asked ? [asked.met ? "✓ task met: " : "task: ", markup(asked.ask)] : []));
      offer.hidden = !inside;
      offered.checked = part?.offered === true;
      setText(refused, own.refused || own.unoffered);
    },
  };
}

/** @param {OwnScreen} own */
function standing({ part, refused }) {
  if (refused) return "this screen is not in the class";
  if (!part) return "your own screen, coming to the class …";
  if (part.state === "ended") return "the class has ended: this screen stays yours";
  if (part.state === "removed") return "you are no longer in this class: this screen stays yours";
  if (part.state === "waiting") return "your own screen; the teacher has not let you in yet";
  return "your own screen";
}
