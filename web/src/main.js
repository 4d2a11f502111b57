/** Puts the page together: the store in the middle, the session on one side, the frame and its rooms on the other. */

/** @import { Catalog, Figures, Host } from "./types.js" */

import "./frame/embed/refused.js";
import "./frame/embed/box.js";
import "./rooms.js";
import "./asides.js";
import { barView } from "./frame/bar.js";
import { keyBeside } from "./frame/beside.js";
import { firstRoom, partOfRooms, roomOf } from "./frame/current-room.js";
import { embedded } from "./frame/embed/asked.js";
import { embedDialog } from "./frame/embed/dialog.js";
import { placeNow } from "./frame/embed/place.js";
import { stripView } from "./frame/embed/strip.js";
import { helpDialog } from "./frame/help/help.js";
import { listenToKeys } from "./frame/keys.js";
import { linkDialog } from "./frame/link-dialog.js";
import { lettingNoticesFade, noticeView } from "./frame/notice.js";
import { initialLetters, initialLinear } from "./frame/preferences.js";
import { markerView } from "./frame/marker.js";
import { applyProjector, initialProjector } from "./frame/projector.js";
import { restrictions } from "./frame/restrict.js";
import { applyTheme, initialTheme } from "./frame/theme.js";
import { asideKinds, roomKinds } from "./registry.js";
import { RunActions } from "./run/actions.js";
import { Comparison } from "./run/comparison.js";
import { RUN_STATE, runPart } from "./run/part.js";
import { Sharing } from "./run/sharing.js";
import { Session } from "./session.js";
import { PAGE_STATE, Store } from "./store.js";
import { at } from "./toolkit/address.js";
import { h } from "./toolkit/dom.js";
import { loadPlotly } from "./toolkit/plot.js";
import { messageOf } from "./wire/refusals.js";
import { Sender } from "./wire/sender.js";

const kinds = roomKinds();
for (const href of kinds.flatMap(({ styles }) => styles ?? [])) document.head.append(h("link", { rel: "stylesheet", href }));
const others = asideKinds();
const store = new Store(PAGE_STATE, RUN_STATE, ...[...kinds, ...others].map(({ state }) => state));
const session = new Session(store, () => roomOf(rooms, store.state));
const { connection } = session;
const sender = new Sender(store, connection);
const links = linkDialog(() => sharing.exportFile("script"));
const place = () => placeNow(parts, roomOf(rooms, store.state), store.state);
const embeds = embedDialog(place);
const comparison = new Comparison({ store, sender });
const sharing = new Sharing({ store, sender, comparison, showLink: links.show });
const actions = new RunActions({ store, sender, connection }, kinds[0].name);
/** @type {Host} */
const host = {
  store,
  connection,
  sender,
  actions,
  sharing,
  comparison,
  showLink: links.show,
  showEmbed: embeds.open,
  watch: (fresh) => session.watch(fresh),
};
const rooms = kinds.map(({ name, title, within, begin }) => ({ name, title, within, ...begin(host) }));
const asides = others.map(({ begin }) => begin(host));
/** What is on the page in every room has the first word: of keys, and of what is shown. */
const parts = [...asides, ...rooms];

const help = helpDialog(rooms, asides, actions, () => store.state);
const marker = markerView();
const beside = parts.flatMap((room) => (room.beside ? [room.beside.view] : []));
const bar = () =>
  barView(
    actions,
    help.open,
    rooms,
    marker.buttons,
    asides.flatMap(({ tools }) => tools ?? []),
  );
const views = [
  embedded === null ? bar() : stripView(place, rooms, host),
  ...beside,
  partOfRooms(rooms, "view"),
  noticeView(actions, rooms),
  partOfRooms(rooms, "transport"),
  marker,
];
/** What stands beside a room reads what the room shows: it comes after it. */
const [strips, covers] = [asides.flatMap(({ strip }) => strip ?? []), asides.flatMap(({ cover }) => cover ?? [])];
const inOrder = [...views.filter((view) => !beside.includes(view)), ...beside, ...strips, ...covers];
const dialogs = parts.flatMap((part) => part.dialogs ?? []);
const [theme, projector] = [initialTheme(), initialProjector()];
applyTheme(theme);
document.documentElement.toggleAttribute("data-embed", embedded !== null);
applyProjector(projector);
const restrict = restrictions();
const fade = lettingNoticesFade(store, rooms);
store.onPaint((state) => {
  session.prepare();
  for (const view of inOrder) view.update(state);
  for (const dialog of dialogs) if ("update" in dialog) dialog.update(state);
  restrict();
  fade();
  session.acknowledge();
});
document.body.replaceChildren(
  ...strips.map(({ element }) => element),
  h("div", { class: "frame" }, ...views.map((view) => view.element)),
  ...covers.map(({ element }) => element),
  help.element,
  ...dialogs.map(({ element }) => element),
  links.element,
  embeds.element,
);
listenToKeys(
  actions,
  help.open,
  marker,
  () => roomOf(rooms, store.state),
  (key) => keyBeside(parts, store.state, key),
);
store.set({ theme, projector, linear: initialLinear(), letters: initialLetters(), room: firstRoom(rooms) });
actions.followHistory();
session.begin([
  {
    events: {
      warmup: (warmup) => store.set({ warmup }),
      pace: ({ slow }) => store.set({ slow }),
      keeping: ({ kept, message }) => {
        if (kept && store.state.unkept) store.set({ notice: { kind: "info", text: "What you do is kept again." } });
        store.set({ unkept: kept ? null : (message ?? "Nothing is kept.") });
      },
      error: ({ message }) => sender.complain(message),
    },
  },
  runPart(host),
  ...parts,
]);

/** A document of the server's. @param {string} path @returns {Promise<unknown>} */
async function load(path) {
  const answer = await fetch(at(path));
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}

load("api/catalog").then((catalog) => store.set({ catalog: /** @type {Catalog} */ (catalog) }), complain);
load("api/figures")
  .then(async (found) => {
    const figures = /** @type {Figures} */ (found);
    await loadPlotly(at(figures.plotly));
    store.set({ figures });
  })
  .catch(complain);

/** @param {unknown} error */
function complain(error) {
  sender.complain(`The page is not complete: ${messageOf(error)}`);
}
