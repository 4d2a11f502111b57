/** What a link for a class can hide or lock, by the names that `frame/restrict.js` understands and the titles of the controls. */

/**
 * @typedef {object} LinkPart
 * @property {string} name  a `data-part` or a `data-field` of the page
 * @property {string} title  what the control is called there
 * @property {string} [within]  the part that it lies in: what is hidden or locked of that is so of it
 * @property {boolean} [seen]  it is read by all, and can only be locked
 *
 * @typedef {"shown" | "locked" | "hidden"} Choice
 */

/** In the order of the page, each after the part that it lies in. @type {LinkPart[]} */
export const PARTS = [
  { name: "data", title: "Data" },
  { name: "data.noise", title: "Noise", within: "data" },
  { name: "data.test_fraction", title: "Test share", within: "data" },
  { name: "batch_size", title: "Batch", within: "data" },
  { name: "data.features", title: "Features", within: "data" },
  { name: "optimizer", title: "Optimizer" },
  { name: "optimizer.lr", title: "Rate η", within: "optimizer" },
  { name: "schedule", title: "Schedule" },
  { name: "network", title: "Network" },
  { name: "layers", title: "Hidden layers", within: "network" },
  { name: "units", title: "Units", within: "network" },
  { name: "activations", title: "Activations", within: "network" },
  { name: "weights", title: "Weights and biases", within: "network", seen: true },
  { name: "network.initializer", title: "Start", within: "network" },
  { name: "loss", title: "Loss", within: "network" },
  { name: "regularization", title: "Regularization" },
  { name: "output", title: "Output" },
  { name: "numbers", title: "Loss and accuracy", within: "output" },
  { name: "compare", title: "Compare", within: "output" },
  { name: "curves", title: "Along the run", within: "output" },
  { name: "health", title: "By layer", within: "output" },
  { name: "checks", title: "Check", within: "output" },
  { name: "findings", title: "Findings" },
  { name: "share", title: "Share link" },
  { name: "class-link", title: "Link for a class" },
  { name: "experiments", title: "Experiments" },
  { name: "export", title: "Export" },
];

/**
 * The choice that holds for a part: its own, or where it lies in one with less to see, that one's.
 * @param {LinkPart} part
 * @param {Map<string, Choice>} choices
 * @returns {Choice}
 */
export function choiceFor(part, choices) {
  const own = choices.get(part.name) ?? "shown";
  const around = part.within === undefined ? "shown" : (choices.get(part.within) ?? "shown");
  if (around === "hidden") return "hidden";
  return around === "locked" && own === "shown" ? "locked" : own;
}

/**
 * The parts that a choice has to name; what lies in one that is named goes without saying.
 * @param {Map<string, Choice>} choices
 * @param {Choice} choice
 */
export function named(choices, choice) {
  return PARTS.filter((part) => {
    const around = part.within === undefined ? "shown" : choices.get(part.within);
    return choices.get(part.name) === choice && around !== choice && around !== "hidden";
  });
}

/** In a sentence. @param {Map<string, Choice>} choices */
export function inWords(choices) {
  const list = (/** @type {string} */ word, /** @type {Choice} */ choice) => {
    const titles = named(choices, choice).map(({ title }) => title);
    return titles.length > 0 ? [`${word}: ${titles.join(", ")}.`] : [];
  };
  return [...list("Hidden", "hidden"), ...list("Locked", "locked")].join(" ") || "Students see and can change everything.";
}

/**
 * A link to the same run that opens in a room, with less to see.
 * @param {string} url  as "Share link" has it
 * @param {{choices: Map<string, Choice>, view: string | null, projector: boolean, theme: string}} wish  `view`: null for the
 *   first room; `theme`: empty for the one that each student has
 */
export function restricted(url, { choices, view, projector, theme }) {
  const [page, fragment] = url.split("#");
  const all = new URLSearchParams(fragment);
  const fields = new URLSearchParams();
  const keep = (/** @type {string} */ name) => all.has(name) && fields.set(name, /** @type {string} */ (all.get(name)));
  for (const name of ["s", "e"]) keep(name);
  if (view !== null) fields.set("view", view);
  // A place in an update is one of the room that it was taken in.
  if (view !== null && view === all.get("view")) for (const name of ["at", "hidden"]) keep(name);
  if (view === null) keep("kept"); // two runs are compared in the first room
  for (const [field, choice] of /** @type {const} */ ([
    ["hide", "hidden"],
    ["lock", "locked"],
  ])) {
    const names = named(choices, choice).map(({ name }) => name);
    if (names.length > 0) fields.set(field, names.join(","));
  }
  if (projector) fields.set("projector", "1");
  if (theme) fields.set("theme", theme);
  return `${page}#${fields}`;
}
