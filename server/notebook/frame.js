/** Frames the page of what a cell shows, and says so when the kernel behind it is gone. Runs in the notebook's own page. */

const EVERY = 2000; // milliseconds between two looks whether the server is there
const TRIES = 3; // looks in vain after which it is said to be gone
const SELDOM = 5; // times as far apart are the looks from then on
const GONE =
  "The kernel that this was shown from is gone: it was restarted or shut down, and what it had in hand went with it. " +
  "To show it again, run the cells that made it, then the cell with show(…).";
const NEVER =
  "This browser does not reach the kernel. Where the notebook's kernel has ended, run the cells again. Where it runs on another " +
  'machine, install jupyter-server-proxy there and use show(…, through="proxy").';

/** Where Jupyter's own address begins. */
function jupyterBase() {
  const told = document.getElementById("jupyter-config-data")?.textContent;
  const base = told ? JSON.parse(told).baseUrl : document.body.dataset.baseUrl;
  return typeof base === "string" ? base : "/";
}

/** @param {{way: string, port: number, path: string, proxied: string}} place */
async function addressOf({ way, port, path, proxied }) {
  if (way === "colab") {
    const base = await globalThis.google.colab.kernel.proxyPort(port, { cache: true });
    return new URL(path.slice(1), base.endsWith("/") ? base : `${base}/`).href;
  }
  if (way === "proxy") return new URL(proxied.startsWith("/") ? proxied : jupyterBase() + proxied, location.origin).href;
  return `http://127.0.0.1:${port}${path}`;
}

/** @param {{model: any, el: HTMLElement}} given */
async function render({ model, el }) {
  const place = model.get("place");
  const frame = document.createElement("iframe");
  const words = document.createElement("p");
  words.hidden = true;
  words.setAttribute("role", "alert");
  words.className = "chainrule-gone";
  words.style.cssText = "margin: 0; padding: 1em; border: 1px solid; border-radius: 6px; font: 15px/1.5 system-ui, sans-serif";
  frame.className = "chainrule-frame";
  frame.title = place.title;
  frame.allow = "clipboard-write; fullscreen";
  const shown = `display: block; width: 100%; height: ${place.height}px; border: 0`;
  frame.style.cssText = shown;
  el.append(words, frame);

  let address;
  try {
    address = await addressOf(place);
  } catch (error) {
    return say(`The notebook gives no way to the kernel's port: ${error}.`);
  }
  const [page, alive] = [address + place.query, new URL("../alive", address).href];
  frame.src = page;
  let [failed, met] = [0, false];
  let timer = 0;
  look();
  return () => clearTimeout(timer);

  async function look() {
    const there = await fetch(alive, { cache: "no-store" }).then(
      ({ ok }) => ok,
      () => false,
    );
    failed = there ? 0 : failed + 1;
    met ||= there;
    if (failed >= TRIES) say(met ? GONE : NEVER);
    else if (there && frame.hidden) show();
    timer = setTimeout(look, failed >= TRIES ? SELDOM * EVERY : EVERY);
  }

  function show() {
    frame.src = page;
    [words.hidden, frame.hidden, frame.style.cssText] = [true, false, shown];
  }

  /** What is hidden asks for its server no longer. @param {string} text */
  function say(text) {
    words.textContent = text;
    frame.src = "about:blank";
    [words.hidden, frame.hidden, frame.style.cssText] = [false, true, "display: none"]; // a style of its own outweighs `hidden`
  }
}

export default { render };
