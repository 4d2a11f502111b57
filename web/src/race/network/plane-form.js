/** Which plane the loss is seen over: the kind, and what that kind asks for; through where the lanes are now. */

/** @import { AppState, View } from "../../types.js" */
/** @import { PlaneWish } from "./types.js" */

import { numberField } from "../../shared/controls.js";
import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { networkNames, placesOf } from "./names.js";

/** @type {{kind: PlaneWish["kind"], label: string, why: string}[]} */
const KINDS = [
  { kind: "pca", label: "most variance", why: "PCA of all lanes' points: the plane in which they have moved most" },
  { kind: "random", label: "random", why: "two random directions, filter-normalized" },
  { kind: "weights", label: "two weights", why: "two of the network's own parameters, all others held" },
  { kind: "points", label: "three points", why: "through the start or where lanes stand" },
];
/** Places offered in a list, at most: of a larger network the first. */
const MOST = 3000;

/** @param {import("./actions.js").NetworkRaceActions} actions @returns {View} */
export function planeForm(actions) {
  actions.register("plane.kind");
  const kinds = KINDS.map(({ kind, label, why }) =>
    h(
      "button",
      { type: "button", class: "race-choice", title: why, data: { plane: kind }, onclick: () => actions.plane({ kind }) },
      label,
    ),
  );
  const again = h(
    "button",
    {
      type: "button",
      class: "quiet-button",
      title: "lay the plane through where the lanes are now, and draw it anew (c)",
      data: { testid: "network-centre" },
      onclick: () => actions.plane(),
    },
    "centre again",
  );
  const zoom = (/** @type {number} */ factor, /** @type {string} */ sign, /** @type {string} */ words) =>
    h(
      "button",
      { type: "button", class: "quiet-button", title: words, aria: { label: words }, onclick: () => actions.zoom(factor) },
      sign,
    );
  const select = (/** @type {string} */ label, /** @type {string} */ testid, /** @type {(value: number) => void} */ choose) => {
    const element = h("select", { aria: { label }, data: { testid } });
    element.addEventListener("change", () => choose(Number(element.value)));
    return element;
  };
  const weights = [0, 1].map((i) =>
    select(i ? "Weight upwards" : "Weight across", `network-weight-${i + 1}`, (place) => {
      const pair = /** @type {[number, number]} */ ([...actions.wish.weights]);
      pair[i] = place;
      actions.plane({ weights: pair });
    }),
  );
  const through = select("Through the parameters of", "network-through", (lane) =>
    actions.plane({ lane: lane === 0 ? null : lane }),
  );
  const corners = [0, 1, 2].map((i) =>
    select(["Point at (0, 0)", "Point at (1, 0)", "Point at (0, 1)"][i], `network-corner-${i + 1}`, (lane) => {
      const three = /** @type {[number, number, number]} */ ([...actions.wish.corners]);
      three[i] = lane;
      actions.wish.corners = three;
      actions.plane();
    }),
  );
  const others = h("input", {
    type: "checkbox",
    class: "switch",
    role: "switch",
    id: "plane-others",
    data: { testid: "network-others" },
  });
  others.addEventListener("change", () => actions.plane({ others: others.checked ? "normal" : "zero" }));
  const seed = numberField(
    {
      register: () => {},
      change: (_, value) => actions.plane({ seed: Number(value) }),
      refuse: (_, words) => actions.refuse("plane.kind", words),
    },
    { path: "plane.seed", label: "random seed", hint: "another pair of random directions for each number", integer: true },
  );
  const own = h("div", { class: "network-own" });
  const error = h("p", { class: "field-error", role: "alert", data: { testid: "network-plane-error" }, hidden: true });
  const element = h(
    "div",
    { class: "network-plane", data: { part: "network-plane" } },
    h(
      "div",
      { class: "race-choices" },
      h("div", { class: "race-choices", role: "group", aria: { label: "The plane" } }, ...kinds),
      again,
      zoom(0.5, "+", "Closer"),
      zoom(2, "\u2212", "Wider"),
    ),
    own,
    error,
  );
  const [formed, named, listed] = [memo(), memo(), memo()];
  return { element, update };

  /** @param {AppState} state */
  function update(state) {
    const { network, errors } = state;
    if (!network) return;
    const { wish } = actions;
    kinds.forEach((button, i) => setAttribute(button, "aria-pressed", String(KINDS[i].kind === wish.kind)));
    const refused = errors["plane.kind"];
    error.hidden = !refused;
    setText(error, refused ?? "");
    if (listed(network.race)) {
      const places = placesOf(network, MOST);
      weights.forEach((list) => list.replaceChildren(...places.map(({ place, name }) => h("option", { value: place }, name))));
    }
    if (named(network, state.catalog)) {
      const names = networkNames(state);
      const options = (/** @type {string} */ first) => [
        h("option", { value: 0 }, first),
        ...network.lanes.map(({ id }) => h("option", { value: id }, names.get(id) ?? "")),
      ];
      through.replaceChildren(...options("the leader"));
      corners.forEach((list) => list.replaceChildren(...options("the start")));
    }
    if (formed(wish.kind)) {
      const label = (/** @type {string} */ words, /** @type {HTMLElement} */ control) => h("label", {}, `${words} `, control);
      const parts = {
        pca: () => [],
        random: () => [
          label("around", through),
          seed.element,
          h(
            "label",
            { title: "biases, norms and slopes get a direction of their own length, instead of staying" },
            "biases too ",
            others,
          ),
        ],
        weights: () => [label("across", weights[0]), label("up", weights[1]), label("around", through)],
        points: () => corners.map((list, i) => label(["(0, 0)", "(1, 0)", "(0, 1)"][i], list)),
      };
      own.replaceChildren(...parts[wish.kind]());
      own.hidden = own.childElementCount === 0;
    }
    weights.forEach((list, i) => (list.value = String(wish.weights[i])));
    corners.forEach((list, i) => (list.value = String(wish.corners[i])));
    through.value = String(wish.lane ?? 0);
    others.checked = wish.others === "normal";
    seed.update(wish.seed);
  }
}
