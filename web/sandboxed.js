/*
 * In a frame whose sandbox takes away the page's own origin, neither modules nor sockets come: what is missing is said in words.
 * No module, and read from everywhere (`server/http/page.py`): it is what still runs there.
 */
if (self.origin === "null") {
  addEventListener("DOMContentLoaded", () => {
    document.documentElement.style.cssText = "color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif";
    const words = document.createElement("main");
    words.style.cssText = "max-width: 34em; margin: 1.5em auto; padding: 0 1em";
    words.dataset.testid = "sandboxed";
    for (const [name, text] of [
      ["h1", "chainrule cannot run in this frame"],
      [
        "p",
        "Its sandbox gives the page no origin of its own, which its scripts and its line to the server need. Add this to the frame:",
      ],
      ["pre", 'sandbox="allow-scripts allow-same-origin"'],
      ["p", "The page that frames it stays out of reach: chainrule comes from another address than that page."],
    ]) {
      const part = document.createElement(name);
      part.textContent = text;
      part.style.cssText = name === "h1" ? "font-size: 1.2em" : name === "pre" ? "white-space: pre-wrap" : "";
      words.append(part);
    }
    document.body.replaceChildren(words);
  });
}
