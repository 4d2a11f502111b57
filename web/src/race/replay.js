/** A race as a file that plays by itself. */

import { replayDialog } from "../shared/replay/dialog.js";
import { raceLink } from "./share.js";

/** What is over the ground, by what is raced on. */
const SEEN = {
  race: "the surface with every lane’s trail",
  network: "the loss over the plane that is looked at with every lane’s trail",
};

/** @param {import("./actions.js").RaceActions} actions */
export function raceReplay(actions) {
  const { prefix } = actions;
  return replayDialog(
    {
      hook: `${prefix}-replay`,
      unit: "step",
      note:
        `One HTML file with ${SEEN[prefix]}, the losses, who is first, and every number, frame by frame, to scrub and to print. ` +
        "It needs no server: open it from a folder, or put it into a course page.",
    },
    () => ({ last: actions.now?.clock?.step ?? 0, none: "Nobody has run yet: play the race first." }),
    async (stretch) => {
      const link = (await raceLink(actions))?.url ?? null;
      const { theme } = actions.state;
      return actions.ask({ type: /** @type {const} */ (`${prefix}_export`), format: "replay", theme, link, ...stretch });
    },
    () => void actions.ask({ type: /** @type {const} */ (`${prefix}_pause`) }).catch(() => {}),
  );
}
