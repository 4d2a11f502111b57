/** An address that asks for an embed that there is not: said with those there are, and nothing else of the page begins. */

import { h } from "../../toolkit/dom.js";
import { EMBEDS, unknown } from "./asked.js";

if (unknown !== null) {
  const others = Object.keys(EMBEDS);
  document.body.replaceChildren(
    h(
      "main",
      { class: "embed-refused", data: { testid: "embed-refused" } },
      h("h1", {}, "There is no such embed"),
      h("p", {}, `The address asks for ?embed=${unknown.slice(0, 40)}. It may be one of these:`),
      h(
        "ul",
        {},
        ...others.map((name) =>
          h("li", {}, h("a", { href: `${location.pathname}?embed=${name}${location.hash}` }, `?embed=${name}`)),
        ),
      ),
    ),
  );
  await new Promise(() => {}); // what imports this waits for it, and never begins
}
