/**
 * The page by which a class is joined: small, and of its own. It holds what the room tells, and paints the screen that this asks
 * for, at most once a frame of the display; of pictures only the newest.
 */

/** @import { Answer, Follow, Refusal, State, View } from "./types.js" */
/** @import { MeEvent, RoomEvent } from "../src/room-protocol.js" */
/** @import { Screen } from "./screens.js" */

import { RoomSocket } from "../src/class/wire.js";
import { h, setText } from "../src/toolkit/dom.js";
import { Press } from "../src/toolkit/press.js";
import { curtain } from "./curtain.js";
import { enterView } from "./enter.js";
import { followView } from "./follow.js";
import { footView } from "./foot.js";
import { headView } from "./head.js";
import { codeHere, keepMember, keptMember } from "./kept/member.js";
import { revealView } from "./reveal.js";
import { screenOf, spoken } from "./screens.js";
import { standingView } from "./standing.js";
import { talkView } from "./talk.js";
import { applyTheme, initialTheme } from "./kept/theme.js";
import { turnView } from "./turn.js";
import { voteView } from "./vote.js";

/** What a refused entry may be tried again after, by itself. */
const PASSING = ["limit", "busy", "full_server"];
/** How often a clock is looked at, in milliseconds. */
const TICK = 500;

const remote = new URLSearchParams(location.hash.slice(1)).get("remote");
if (remote !== null) beRemote(remote);
else beLearner();

/** @param {string} code */
const overWords = (code) => `The class ${code} is over, or your place in it is. Type the code of another.`;

/** The teacher's second device. @param {string} text  its code and key */
async function beRemote(text) {
  applyTheme(initialTheme());
  const [code, key] = [text.slice(0, text.indexOf(".")), text.slice(text.indexOf(".") + 1)];
  const path = "./remote/page.js";
  const { begin } = /** @type {{begin: (root: HTMLElement, place: {code: string, key: string}) => void}} */ (
    await import(path)
  );
  begin(document.body, { code, key });
}

function beLearner() {
  /** What is told of the room to all, and to oneself alone. */
  /** @type {RoomEvent | null} */
  let shared = null;
  /** @type {MeEvent | null} */
  let personal = null;
  /** The question whose answers `mine` holds, and the rounds whose answer this page gave itself: it knows them first. */
  let question = -1;
  /** @type {Set<number>} */
  const given = new Set();
  /** @type {State} */
  const state = {
    member: null,
    code: codeHere(),
    entering: false,
    refusal: null,
    line: null,
    room: null,
    told: Date.now(),
    frame: null,
    mine: new Map(),
    theme: initialTheme(),
  };
  let due = false;
  /** @type {Screen | null} */
  let shown = null;

  const socket = new RoomSocket({
    entry: () => {
      const { member, code } = state;
      return { type: "enter", code: member?.code ?? code, as: "learner", ...(member ? { key: member.key } : {}) };
    },
    entered(result) {
      given.clear(); // after a line was lost the server knows better
      const { key, name } = /** @type {{key: string, name: string}} */ (result);
      put({ member: { code: state.member?.code ?? state.code, key: key ?? state.member?.key, name }, refusal: null });
      keepMember(state.member);
    },
    event(event) {
      if (event.type === "me") personal = /** @type {MeEvent} */ (/** @type {unknown} */ (event));
      else if (event.type === "room") {
        shared = /** @type {RoomEvent} */ (/** @type {unknown} */ (event));
        state.told = Date.now();
      } else return;
      told();
    },
    frame(frame) {
      if (frame.channel === "follow") put({ frame: /** @type {Follow} */ (frame) });
    },
    line: (line) => put({ line }),
    refused,
  });

  const send = socket.send.bind(socket);
  const head = headView({ send, leave, again: () => socket.open(), theme: shade });
  const foot = footView(send);
  const standing = standingView(forget);
  /** @type {Record<Screen, View>} */
  const views = {
    code: enterView((code) => enter(code, null)),
    entering: standing,
    waiting: standing,
    removed: standing,
    ended: standing,
    follow: followView(),
    turn: turnView(),
    vote: voteView(send, locked),
    talk: talkView(),
    voted: talkView(),
    revealed: revealView(),
  };
  const main = h("main", { id: "main", tabindex: 0 });
  const aloud = h("p", { class: "sr-only", aria: { live: "polite" }, data: { testid: "aloud" } });
  const eyes = curtain([head.element, main, foot.element]);
  document.body.replaceChildren(head.element, main, foot.element, aloud, head.dialog, eyes.element);
  applyTheme(state.theme);

  const kept = keptMember();
  if (kept && (!state.code || state.code === kept.code)) enter(kept.code, kept);
  addEventListener("hashchange", () => {
    const code = codeHere();
    if (code && code !== state.member?.code) location.reload();
  });
  const press = new Press(paintSoon);
  addEventListener("resize", paintSoon);
  setInterval(() => ticks() && paintSoon(), TICK);
  paint();

  /** @param {Partial<State>} change */
  function put(change) {
    Object.assign(state, change);
    paintSoon();
  }

  function paintSoon() {
    if (due) return;
    due = true;
    requestAnimationFrame(paint);
  }

  /** Whether a clock is seen. */
  function ticks() {
    return state.line?.status === "lost" || (state.room !== null && state.room.closes_in !== null);
  }

  /** @param {string} code @param {State["member"]} member */
  function enter(code, member) {
    put({ code, member, entering: true, refusal: null });
    socket.open();
  }

  /** @param {Refusal} refusal */
  function refused(refusal) {
    if (state.room !== null && PASSING.includes(refusal.code)) return true;
    const { member, room } = state;
    if (member !== null) keepMember(null);
    // One who was in sees the end of it: all that was in the room is deleted. One who comes back later is told at the door.
    if (room !== null) put({ room: { ...room, state: "ended" } });
    else put({ entering: false, member: null, refusal: member ? { code: "over", message: overWords(member.code) } : refusal });
    return false;
  }

  /** Either part of what the room is came anew. */
  function told() {
    if (!shared || !personal) return;
    const room = { ...shared, ...personal };
    if (room.question && room.question.number !== question) {
      question = room.question.number;
      state.mine = new Map();
      given.clear();
    }
    for (const { round, answer } of room.mines) if (!given.has(round)) state.mine.set(round, answer);
    const { member } = state;
    if (member && room.name !== member.name) {
      state.member = { ...member, name: room.name };
      keepMember(state.member);
    }
    if (room.state === "removed" || room.state === "ended") {
      keepMember(null);
      socket.close();
    }
    // While a vote is open no picture comes: the last one goes on being what was asked about.
    put({ room });
  }

  /** @param {number} round @param {Answer | null} answer */
  function locked(round, answer) {
    state.mine.set(round, answer);
    given.add(round);
    paintSoon();
  }

  async function leave() {
    const left = socket.send("leave").catch(() => null);
    await Promise.race([left, new Promise((resolve) => setTimeout(resolve, 1000))]);
    forget();
  }

  /** To the door; the place in this room is given up. */
  function forget() {
    socket.close();
    keepMember(null);
    [shared, personal, question] = [null, null, -1];
    if (location.hash) history.replaceState(history.state, "", location.pathname);
    put({ member: null, room: null, frame: null, entering: false, code: "", refusal: null, line: null, mine: new Map() });
  }

  function shade() {
    const theme = state.theme === "dark" ? "light" : "dark";
    applyTheme(theme, true);
    put({ theme });
  }

  function paint() {
    due = false;
    if (press.held) return;
    const screen = screenOf(state);
    const view = views[screen];
    const changed = screen !== shown;
    if (view.element.parentElement !== main) {
      const held = main.contains(document.activeElement);
      main.replaceChildren(view.element);
      // Who had the keyboard in what is gone goes on at the head of what came, unless that has a better place.
      if (held) main.querySelector("h1")?.focus({ preventScroll: true });
      view.update(state);
      main.scrollTop = 0;
      scrollTo(0, 0);
    } else view.update(state);
    main.dataset.screen = screen;
    head.update(state);
    foot.update(state);
    eyes.update(state);
    if (changed || screen === "vote") setText(aloud, spoken(screen, state));
    shown = screen;
  }
}
