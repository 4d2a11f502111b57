/** Who is where at a frame: who has arrived first, the others by their loss, every number of each. */

/** @import { RaceMeta, Recording } from "../types.js" */

import { h, setText } from "../../src/toolkit/dom.js";
import { formatCount, formatExact, formatNumber } from "../../src/toolkit/maths.js";

/** @param {Recording<RaceMeta>} recording */
export function standingsView(recording) {
  const { meta, arrays, steps } = recording;
  const count = meta.lanes.length;
  const network = meta.on === "network";
  const tests = network && Array.from(arrays.test_losses.data).some(Number.isFinite);
  let exact = false;
  let at = 0;
  const digits = h("input", {
    type: "checkbox",
    data: { testid: "replay-digits" },
    onchange: () => {
      exact = digits.checked;
      draw(at);
    },
  });
  const title = h("h2", {});
  const value = (/** @type {string} */ name, /** @type {number} */ lane) => (/** @type {number} */ frame) =>
    arrays[name].data[frame * count + lane];
  const place = (/** @type {number} */ side, /** @type {number} */ lane) => (/** @type {number} */ frame) =>
    arrays.points.data[2 * (frame * count + lane) + side];
  const heads = [
    meta.value,
    ...(tests ? ["test loss"] : []),
    ...(network ? ["of step"] : []),
    ...meta.axes,
    ...(network ? ["off the plane", "of step"] : []),
    ...(meta.solvers ? ["gradients asked for"] : []),
  ];
  const rows = meta.lanes.map((lane, i) => {
    const rank = h("td", {});
    const state = h("td", { class: "state" });
    const sign = h("i", { class: "stroke" });
    sign.style.background = `var(--racer-${i})`;
    const numbers = [
      value("losses", i),
      ...(tests ? [value("test_losses", i)] : []),
      ...(network ? [value("loss_steps", i)] : []),
      place(0, i),
      place(1, i),
      ...(network ? [value("off", i), value("point_steps", i)] : []),
      ...(meta.solvers ? [value("evaluations", i)] : []),
    ].map((read, k) => ({ read, cell: h("td", { data: { entry: `${lane.id} ${k}` } }) }));
    const element = h(
      "tr",
      { data: { lane: lane.id } },
      rank,
      h("th", { scope: "row", class: "lane" }, sign, lane.name),
      ...numbers.map(({ cell }) => cell),
      state,
    );
    return { lane, i, rank, state, numbers, element };
  });
  const body = h("tbody", {}, ...rows.map(({ element }) => element));
  const element = h(
    "section",
    { class: "numbers", aria: { label: "Standings" } },
    h("div", { class: "numbers-head" }, title, h("label", { class: "check" }, digits, "all digits")),
    h(
      "div",
      { class: "tables", tabindex: 0, role: "group", aria: { label: "Lanes" } },
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ...["rank", "lane", ...heads, "so far"].map((name, i) =>
              h("th", { scope: "col", class: i === 1 || name === "so far" ? "lane" : null }, name),
            ),
          ),
        ),
        body,
      ),
    ),
    network
      ? h(
          "p",
          { class: "small", data: { testid: "replay-moments" } },
          "Losses are recorded at some steps, and places kept at some: beside each stands of which step the newest is.",
        )
      : null,
  );
  return { element, draw };

  /** @param {number} frame */
  function draw(frame) {
    at = frame;
    const step = steps[frame];
    setText(title, `Standings at step ${formatCount(step)}`);
    const order = [...rows].sort((a, b) => {
      const [one, other] = [arrivedBy(a.lane, step), arrivedBy(b.lane, step)];
      if (one !== other) return one - other;
      return rankable(value("losses", a.i)(frame)) - rankable(value("losses", b.i)(frame));
    });
    order.forEach((row, rank) => {
      setText(row.rank, `${rank + 1}`);
      for (const { read, cell } of row.numbers) {
        const number = read(frame);
        setText(
          cell,
          Number.isNaN(number)
            ? "–"
            : exact
              ? formatExact(number)
              : Number.isInteger(number)
                ? formatCount(number)
                : formatNumber(number),
        );
        cell.title = formatExact(number);
      }
      setText(row.state, words(row.lane, steps[frame]));
    });
    if (order.some(({ element }, i) => body.children[i] !== element))
      body.replaceChildren(...order.map(({ element }) => element));
  }
}

/** @param {RaceMeta["lanes"][number]} lane @param {number} step */
function words({ arrived, diverged }, step) {
  if (diverged !== null && diverged <= step) return `diverged at step ${formatCount(diverged)}`;
  return arrived !== null && arrived <= step ? `arrived at step ${formatCount(arrived)}` : "under way";
}

/** @param {RaceMeta["lanes"][number]} lane @param {number} step */
const arrivedBy = ({ arrived }, step) => (arrived !== null && arrived <= step ? arrived : Infinity);

/** @param {number} loss */
const rankable = (loss) => (Number.isFinite(loss) ? loss : Number.MAX_VALUE);
