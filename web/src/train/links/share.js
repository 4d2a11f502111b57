/** The bar's buttons for sharing, keeping and taking along a run. */

import { menuOf, pill } from "../../shared/tools.js";

/**
 * @param {import("../../run/sharing.js").Sharing} sharing
 * @param {() => void} openClassLink
 * @param {() => void} openExperiments
 * @returns {HTMLElement[]}
 */
export function shareButtons(sharing, openClassLink, openExperiments) {
  const menu = exportMenu(sharing);
  return [
    pill("share", "Share link", () => sharing.copyLink()),
    pill("class-link", "Link for a class…", openClassLink, {}, "class"),
    pill("experiments", "Experiments", openExperiments),
    menu,
  ];
}

/** @param {import("../../run/sharing.js").Sharing} sharing */
function exportMenu(sharing) {
  return menuOf("export", "Export", [
    ["Curves", "CSV", () => sharing.exportFile("curves")],
    ["Mini-batch losses", "CSV", () => sharing.exportFile("batch_losses")],
    ["Picture", "PNG", () => sharing.exportPicture()],
    ["Model", "JSON", () => sharing.exportFile("model")],
    ["Model as a PyTorch script", "Python", () => sharing.exportFile("torch")],
    ["Experiment", "JSON", () => sharing.exportFile("script")],
  ]);
}
