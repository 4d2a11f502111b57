/** The bar's buttons for sharing, keeping and taking along a run. */

import { menuOf, pill } from "../../shared/tools.js";

/**
 * @param {import("../../run/sharing.js").Sharing} sharing
 * @param {{classLink: () => void, experiments: () => void, embed: () => void, replay: () => void}} open
 * @returns {HTMLElement[]}
 */
export function shareButtons(sharing, open) {
  const menu = exportMenu(sharing, open);
  return [
    pill("share", "Share link", () => sharing.copyLink()),
    pill("class-link", "Link for a class…", open.classLink, {}, "class"),
    pill("experiments", "Experiments", open.experiments),
    menu,
  ];
}

/**
 * @param {import("../../run/sharing.js").Sharing} sharing
 * @param {{embed: () => void, replay: () => void}} open
 */
function exportMenu(sharing, { embed, replay }) {
  return menuOf("export", "Export", [
    ["Curves", "CSV", () => sharing.exportFile("curves")],
    ["Mini-batch losses", "CSV", () => sharing.exportFile("batch_losses")],
    ["Picture", "PNG", () => sharing.exportPicture()],
    ["Model", "JSON", () => sharing.exportFile("model")],
    ["Model as a PyTorch script", "Python", () => sharing.exportFile("torch")],
    ["Experiment", "JSON", () => sharing.exportFile("script")],
    ["Replay: a file that plays…", "HTML", replay],
    ["Embed in a page…", "HTML", embed],
  ]);
}
