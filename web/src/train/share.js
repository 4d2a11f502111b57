/** The bar's buttons for sharing, keeping and taking along a run. */

import { menuOf, pill } from "../shared/tools.js";

/**
 * @param {import("../run/sharing.js").Sharing} sharing
 * @param {() => void} openExperiments
 * @returns {HTMLElement[]}
 */
export function shareButtons(sharing, openExperiments) {
  const menu = exportMenu(sharing);
  return [pill("share", "Share link", () => sharing.copyLink()), pill("experiments", "Experiments", openExperiments), menu];
}

/** @param {import("../run/sharing.js").Sharing} sharing */
function exportMenu(sharing) {
  return menuOf("export", "Export", [
    ["Curves", "CSV", () => sharing.exportFile("curves")],
    ["Picture", "PNG", () => sharing.exportPicture()],
    ["Model", "JSON", () => sharing.exportFile("model")],
    ["Model as a PyTorch script", "Python", () => sharing.exportFile("torch")],
    ["Experiment", "JSON", () => sharing.exportFile("script")],
  ]);
}
