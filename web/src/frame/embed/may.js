/** Whether pages may show this server in a frame, in words; and how that is turned on. */

import { at } from "../../toolkit/address.js";
import { messageOf } from "../../wire/refusals.js";

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** @returns {Promise<string>} */
export async function mayBeFramed() {
  try {
    const answer = await fetch(at("api/limits"));
    if (!answer.ok) throw new Error(`it answered ${answer.status}`);
    const { frames } = /** @type {{frames: string[]}} */ (await answer.json());
    return [allowed(frames), reached()].filter(Boolean).join(" ");
  } catch (error) {
    return `The server does not say whether a page may show it in a frame: ${messageOf(error)}`;
  }
}

/** @param {string[]} frames */
function allowed(frames) {
  if (frames.length > 0) return `Pages of ${frames.join(", ")} may show this server in a frame.`;
  return "No page may show this server in a frame, so the code stays empty there. Whoever runs it names the pages that may: CHAINRULE_FRAME_ANCESTORS=https://moodle.school.example chainrule";
}

/** Who else could open it. */
function reached() {
  if (LOOPBACK.test(location.hostname))
    return "This address opens on this machine alone; others need the one that they reach the server by.";
  return location.protocol === "http:" ? "A page that comes by https shows no frame of an http address." : "";
}
