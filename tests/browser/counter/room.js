/** A room that the page has never heard of: one command, one event, one channel, one number. */

import { register } from "../registry.js";
import { formatCount } from "../toolkit/maths.js";
import { h, setText } from "../toolkit/dom.js";

/** @param {import("../types.js").Host} host */
function begin({ store, sender }) {
  const count = () => sender.tell({ type: "count" });
  const number = h("output", { data: { testid: "count" } });
  const drawn = h("output", { data: { testid: "count-drawn" } });
  const places = h("p", {}, number, " ", drawn);
  return {
    view: {
      element: h("main", { class: "counter" }, places),
      update({ counter, frames }) {
        setText(number, counter === null ? "" : formatCount(counter.count));
        setText(drawn, frames.counter ? String(frames.counter.arrays.count.data[0]) : "");
      },
    },
    transport: { element: h("section", { class: "transport" }, h("button", { onclick: count }, "count")), update() {} },
    tools: [],
    channels: () => ["counter"],
    subject: ({ counter }) => `counter: ${counter?.count ?? "–"}`,
    keys: { " ": count },
    leave: () => false,
    help: { keys: [[["Space"], "count one more"]], words: ["It counts."] },
    events: { counter: (counter) => store.set({ counter }) },
    told: { counter: { counter: null } },
    unanswered: { count: "again" },
    spoken: ({ counter }) => `Counted to ${counter?.count ?? 0}.`,
  };
}

register({
  name: "counter",
  title: "Counter",
  state: { counter: null },
  styles: [new URL("counter.css", import.meta.url).href],
  begin,
});
