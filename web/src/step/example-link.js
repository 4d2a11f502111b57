/** An example in the page's address: `#view=step&example=two_two_two`. Whoever opens it begins with that run; then it is gone. */

/** @import { Example, GraphExample } from "./panels/types.js" */

import { at } from "../toolkit/address.js";

const FIELD = "example";

/** The example that this page's own address names. @returns {string | null} */
export const exampleHere = () => new URLSearchParams(location.hash.slice(1)).get(FIELD);

/** Once it is opened, what comes after is no longer what the address says. */
export const EXAMPLE_OPENED = { [FIELD]: null };

/** @param {Record<string, string>} fields */
const address = (fields) => `${location.origin}${location.pathname}#${new URLSearchParams(fields)}`;

/** @param {string} name */
export const exampleAddress = (name) => address({ view: "step", [FIELD]: name });

/** @param {Record<string, string>} expression  its fields */
export const expressionAddress = (expression) => address({ view: "graph", ...expression });

/** All there are. @returns {Promise<{presets: Example[], graphs: GraphExample[]}>} */
export async function loadExamples() {
  const answer = await fetch(at("api/microscope"));
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.json();
}
