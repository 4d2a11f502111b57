/** A replay: what is in this file, drawn frame by frame. It loads nothing, keeps nothing and needs no address of its own. */

/** @import { Player, RaceMeta, Recording, RunMeta, UpdateMeta } from "./types.js" */

import { h, setText } from "../src/toolkit/dom.js";
import { icon } from "../src/toolkit/icons.js";
import { racePlayer } from "./race/player.js";
import { readRecording } from "./recording.js";
import { runPlayer } from "./run/player.js";
import { transport } from "./transport.js";
import { updatePlayer } from "./update/player.js";

const DAMAGED = "This replay cannot be read: the file is damaged, or the browser is older than 2023.";
/** Longer addresses are no use on paper. */
const PRINTED = 200;

async function begin() {
  const root = document.getElementById("replay");
  const data = document.getElementById("recording")?.textContent;
  if (!root) return;
  try {
    show(root, await readRecording(data ?? ""));
  } catch {
    root.replaceChildren(h("p", { class: "failed", role: "alert", data: { testid: "replay-failed" } }, DAMAGED));
  }
}

/** @param {Recording} recording @returns {Player} */
function playerOf(recording) {
  if (recording.meta.kind === "race") return racePlayer(/** @type {Recording<RaceMeta>} */ (recording));
  if (recording.meta.kind === "update") return updatePlayer(/** @type {Recording<UpdateMeta>} */ (recording));
  return runPlayer(/** @type {Recording<RunMeta>} */ (recording));
}

/** @param {HTMLElement} root @param {Recording} recording */
function show(root, recording) {
  const { meta } = recording;
  const page = document.documentElement;
  const player = playerOf(recording);
  const where = h("p", { class: "where", data: { testid: "replay-where" } });
  let frame = 0;
  const draw = () => {
    player.draw(frame, page.dataset.theme ?? "light");
    setText(where, player.moment(frame));
    page.dataset.frame = String(frame);
  };
  const theme = h(
    "button",
    {
      type: "button",
      class: "round",
      aria: { label: "Light or dark" },
      title: "Light or dark",
      data: { testid: "theme" },
      onclick: () => {
        page.dataset.theme = page.dataset.theme === "dark" ? "light" : "dark";
        draw();
      },
    },
    icon("theme"),
  );
  const controls = transport(recording, player, (next) => {
    frame = next;
    draw();
  });
  const scroller = h(
    "div",
    { class: "scroller", tabindex: 0, role: "region", aria: { label: "What is shown" } },
    player.element,
    origin(meta.link),
  );
  root.replaceChildren(
    h("header", { class: "head" }, h("div", {}, h("h1", {}, meta.title), where), theme),
    scroller,
    controls.element,
  );
  // Nothing has the focus at first: the keys that scroll a page scroll what would be the page.
  document.addEventListener("keydown", ({ key, target }) => {
    const pages = { ArrowDown: 0.1, ArrowUp: -0.1, PageDown: 0.9, PageUp: -0.9 }[key];
    if (pages && target === document.body) scroller.scrollBy(0, pages * scroller.clientHeight);
  });
  draw();
  // What is drawn fits its place: after the fonts are there, when the window is another, and on paper, which is always light.
  new ResizeObserver(draw).observe(player.element);
  let before = page.dataset.theme ?? "light";
  window.addEventListener("beforeprint", () => {
    before = page.dataset.theme ?? "light";
    page.dataset.theme = "light";
    draw();
  });
  window.addEventListener("afterprint", () => {
    page.dataset.theme = before;
    draw();
  });
}

/** Where it comes from. @param {string | null} link */
function origin(link) {
  const place = h(
    "p",
    { class: "origin" },
    "A replay by chainrule: every number is the engine’s own, written when it was recorded. ",
  );
  if (link) {
    place.append(h("a", { href: link, rel: "noopener", target: "_blank", data: { testid: "replay-link" } }, "Open it live"));
    place.append(h("span", { class: "printed" }, link.length > PRINTED ? ` at ${new URL(link).origin}` : `: ${link}`));
  }
  return place;
}

void begin();
