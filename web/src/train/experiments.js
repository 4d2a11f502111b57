/** The dialog of named experiments: keep the present run, open one again, compare with one or with another branch. */

/** @import { AppState } from "../types.js" */
/** @import { Saved } from "../run/saved.js" */

import { h, setText } from "../toolkit/dom.js";
import { formatCount, formatNumber, formatPercent } from "../toolkit/maths.js";
import { branchId } from "../run/sharing.js";
import { icon } from "../toolkit/icons.js";
import { messageOf } from "../wire/refusals.js";

/**
 * @param {import("../run/sharing.js").Sharing} sharing
 * @param {() => AppState} now
 * @returns {{element: HTMLDialogElement, open: () => void}}
 */
export function experimentsDialog(sharing, now) {
  const close = () => element.close();
  const cross = h("button", { type: "button", class: "round small", aria: { label: "Close" }, onclick: close }, icon("close"));
  const name = h("input", {
    type: "text",
    class: "line-field",
    maxlength: 80,
    aria: { label: "Name of the experiment" },
    data: { testid: "experiment-name" },
  });
  const save = h("button", { type: "submit", class: "primary-button", data: { testid: "experiment-save" } }, "Save this run");
  const form = h("form", { class: "experiment-form", onsubmit: submit }, name, save);
  const trouble = h("p", { class: "sheet-error", role: "alert", hidden: true, data: { testid: "experiments-error" } });
  const list = h("ul", { class: "experiments", aria: { label: "Saved experiments" }, data: { testid: "experiments-list" } });
  const branches = h("ul", {
    class: "experiments",
    aria: { label: "Branches of this run" },
    data: { testid: "branches-list" },
  });
  const branchesTitle = h("h3", { class: "panel-title" }, "Other branches of this run");
  const file = h("button", { type: "button", class: "quiet-button", onclick: openFile }, "Open a file…");
  const element = h(
    "dialog",
    { class: "sheet experiments-sheet", aria: { labelledby: "experiments-title" }, data: { testid: "experiments-dialog" } },
    h("div", { class: "sheet-head" }, h("h2", { id: "experiments-title" }, "Experiments"), cross),
    form,
    trouble,
    h("div", { class: "sheet-body" }, list, branchesTitle, branches),
    h(
      "div",
      { class: "sheet-foot" },
      h("p", { class: "small" }, "Kept in this browser, on this computer."),
      h("div", { class: "sheet-buttons" }, file),
    ),
  );
  element.addEventListener("click", (event) => event.target === element && close());

  /** @param {string | null} problem */
  function say(problem) {
    trouble.hidden = problem === null;
    setText(trouble, problem ?? "");
  }

  /** Does something that may fail, and shows what became of it. @param {() => unknown} act */
  async function attempt(act) {
    say(null);
    try {
      await act();
    } catch (error) {
      say(messageOf(error));
    }
    show();
  }

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    attempt(async () => {
      await sharing.save(name.value);
      name.value = sharing.suggestion();
    });
  }

  function openFile() {
    attempt(async () => (await sharing.openFile()) && close());
  }

  function show() {
    const saved = sharing.all();
    list.replaceChildren(...saved.map(row));
    if (saved.length === 0) list.append(emptyRow());
    const { script, compared } = now();
    const others = (script?.branches ?? []).filter(({ branch }) => branch !== script?.branch);
    branchesTitle.hidden = branches.hidden = others.length === 0;
    branches.replaceChildren(
      ...others.map(({ branch, fork, end, parent }) => {
        const title = parent === null ? "original run" : `branch ${branch}`;
        const where =
          parent === null
            ? `before any change in it, to step ${formatCount(end)}`
            : `from step ${formatCount(fork)} to step ${formatCount(end)}`;
        const shown = compared?.id === branchId(branch);
        return h(
          "li",
          { class: "experiment" },
          h("div", { class: "experiment-words" }, h("b", {}, title), h("span", { class: "small" }, where)),
          h(
            "div",
            { class: "experiment-buttons" },
            compareButton(title, shown, () => sharing.compareBranch(branch, title)),
          ),
        );
      }),
    );
  }

  /** @param {Saved} entry */
  function row(entry) {
    const title = h("b", {}, entry.name);
    const words = h(
      "div",
      { class: "experiment-words" },
      title,
      h("span", { class: "small" }, `${entry.subject} · step ${formatCount(entry.step)} · ${whenWords(entry.when)}`),
      h("span", { class: "small" }, scoreWords(entry.final)),
    );
    const button = (/** @type {string} */ label, /** @type {() => void} */ press) =>
      h("button", { type: "button", class: "text-button", aria: { label: `${label} ${entry.name}` }, onclick: press }, label);
    const remove = button("delete", () => {
      if (remove.textContent === "delete") {
        remove.textContent = "really delete?";
        remove.addEventListener("blur", () => (remove.textContent = "delete"), { once: true });
      } else attempt(() => sharing.remove(entry)).then(() => name.focus());
    });
    const shown = now().compared?.id === entry.id;
    return h(
      "li",
      { class: "experiment" },
      words,
      h(
        "div",
        { class: "experiment-buttons" },
        button("open", () => attempt(() => open(entry))),
        compareButton(entry.name, shown, () => sharing.compareSaved(entry)),
        button("rename", () => rename(entry, title)),
        remove,
      ),
    );
  }

  /**
   * @param {string} title
   * @param {boolean} shown
   * @param {() => unknown} compare
   */
  function compareButton(title, shown, compare) {
    const label = shown ? "stop comparing" : "compare";
    const press = async () => {
      await (shown ? sharing.compare(null) : compare());
      if (shown) show();
      else close();
    };
    return h(
      "button",
      { type: "button", class: "text-button", aria: { label: `${label} with ${title}`, pressed: shown }, onclick: press },
      label,
    );
  }

  /** @param {Saved} entry */
  async function open(entry) {
    close();
    const refused = await sharing.open(entry.script, `“${entry.name}” is open.`);
    if (refused === null) return;
    element.showModal();
    throw new Error(`“${entry.name}” cannot be opened: ${refused}.`);
  }

  /** @param {Saved} entry @param {HTMLElement} title */
  function rename(entry, title) {
    const field = h("input", {
      type: "text",
      class: "line-field",
      maxlength: 80,
      aria: { label: `New name of ${entry.name}` },
    });
    field.value = entry.name;
    let over = false;
    const end = (/** @type {boolean} */ kept) => {
      if (over) return;
      over = true;
      attempt(() => kept && field.value.trim() && sharing.rename(entry, field.value));
    };
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      end(event.key === "Enter");
      name.focus();
    });
    field.addEventListener("blur", () => end(true));
    title.replaceWith(field);
    field.select();
  }

  return {
    element,
    open() {
      say(null);
      name.value = sharing.suggestion();
      save.disabled = now().run === null || now().connection.status !== "open";
      show();
      element.showModal();
      name.select();
    },
  };
}

function emptyRow() {
  return h(
    "li",
    { class: "experiments-empty" },
    icon("experiments"),
    h(
      "span",
      {},
      "Nothing is kept yet. Save this run under a name: it opens again to the last bit, and other runs can be compared with it.",
    ),
  );
}

/** @param {string} when  ISO */
function whenWords(when) {
  const date = new Date(when);
  return Number.isNaN(date.getTime())
    ? ""
    : date.toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });
}

/** The scores that a run ended with, in words. @param {Record<string, number | null>} final */
export function scoreWords(final) {
  const words = [];
  for (const split of ["train", "test"]) {
    const loss = final[`${split}_loss`];
    if (typeof loss === "number") words.push(`${split} ${formatNumber(loss, 3, 1e-3)}`);
  }
  const accuracy = final.test_accuracy ?? final.train_accuracy;
  if (typeof accuracy === "number") words.push(formatPercent(accuracy));
  return words.join(" · ");
}
