/** What is on the screen as one PNG: the network and its answer, or two runs; with what is run and after which step. */

const GAP = 24;
const TITLE = 40;
/** What of an SVG's looks comes from style sheets, which a picture on its own does not have. */
const LOOKS = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "stroke-linecap",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "dominant-baseline",
  "visibility",
  "display",
];

/**
 * @param {string} title
 * @returns {Promise<Blob>}
 */
export async function picture(title) {
  const two = document.querySelector(".compare:not([hidden])");
  const network = document.querySelector("[data-testid=diagram]");
  const parts = two ? visibleCanvases(two) : [...(network ? [network] : []), ...visibleCanvases(document)];
  if (parts.length === 0) throw new Error("there is no map to draw");
  const boxes = parts.map((part) => part.getBoundingClientRect());
  const density = Math.max(2, window.devicePixelRatio || 1);
  const width = boxes.reduce((sum, box) => sum + box.width + GAP, GAP);
  const height = Math.max(...boxes.map((box) => box.height)) + TITLE + GAP;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(density, density);
  const looks = getComputedStyle(document.documentElement);
  context.fillStyle = looks.getPropertyValue("--paper");
  context.fillRect(0, 0, width, height);
  context.fillStyle = looks.getPropertyValue("--ink");
  context.font = "14px system-ui, sans-serif";
  context.textBaseline = "middle";
  context.fillText(title, GAP, TITLE / 2, width - 2 * GAP);
  let left = GAP;
  for (const [i, part] of parts.entries()) {
    const top = TITLE + (height - TITLE - GAP - boxes[i].height) / 2;
    for (const layer of part instanceof HTMLCanvasElement ? [part] : part.querySelectorAll("svg.wires, canvas")) {
      const box = layer.getBoundingClientRect();
      if (box.width < 1 || box.height < 1) continue;
      const image = layer instanceof HTMLCanvasElement ? layer : await drawn(/** @type {SVGSVGElement} */ (layer), box);
      context.drawImage(image, left + box.left - boxes[i].left, top + box.top - boxes[i].top, box.width, box.height);
    }
    for (const choice of part.querySelectorAll("select"))
      writeChoice(context, choice, left - boxes[i].left, top - boxes[i].top);
    left += boxes[i].width + GAP;
  }
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture is too large."))), "image/png"),
  );
}

/**
 * What a layer is, as the page has it in a control: 8 · tanh.
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLSelectElement} choice
 * @param {number} dx
 * @param {number} dy
 */
function writeChoice(context, choice, dx, dy) {
  const place = /** @type {HTMLElement} */ (choice.parentElement);
  const box = place.getBoundingClientRect();
  const nodes = [...place.childNodes].filter((node) => node.nodeName !== "BUTTON");
  const words = nodes
    .map((node) => (node === choice ? choice.selectedOptions[0]?.textContent : node.textContent) ?? "")
    .join(" ");
  const looks = getComputedStyle(place);
  context.font = `${looks.fontSize} system-ui, sans-serif`;
  context.fillStyle = looks.color;
  context.textAlign = "center";
  context.fillText(words, dx + box.left + box.width / 2, dy + box.top + box.height / 2);
}

/** The answer's picture, or both; tables and images have none. @param {ParentNode} within @returns {HTMLCanvasElement[]} */
function visibleCanvases(within) {
  const all = [
    .../** @type {NodeListOf<HTMLCanvasElement>} */ (within.querySelectorAll(".regions canvas.plot, .fit canvas.plot")),
  ];
  return all.filter((canvas) => canvas.offsetParent !== null && canvas.width > 1);
}

/**
 * An SVG as an image, its looks written into it.
 * @param {SVGSVGElement} svg
 * @param {DOMRect} box
 * @returns {Promise<HTMLImageElement>}
 */
async function drawn(svg, box) {
  const copy = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(box.width));
  copy.setAttribute("height", String(box.height));
  const from = [svg, ...svg.querySelectorAll("*")];
  for (const [i, element] of [copy, ...copy.querySelectorAll("*")].entries()) {
    const looks = getComputedStyle(from[i]);
    element.removeAttribute("class");
    element.setAttribute("style", LOOKS.map((name) => `${name}:${looks.getPropertyValue(name)}`).join(";"));
  }
  const address = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(address);
  }
}
