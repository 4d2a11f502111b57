/** The `<iframe>` that shows an embed: its size, its name, and what a sandbox leaves it. */

/** What the page needs in a sandbox, then what it can do without: a tab of its own, and files. */
export const SANDBOX = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-downloads";

/** @param {string} text */
const quoted = (text) => `"${text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;")}"`;

/** @param {{url: string, title: string, width: string, height: string}} wish  `width` in pixels or "100%" */
export function frameCode({ url, title, width, height }) {
  return [
    `<iframe src=${quoted(url)}`,
    `  title=${quoted(title)} width=${quoted(width)} height=${quoted(height)}`,
    `  sandbox=${quoted(SANDBOX)} allow="clipboard-write"`,
    `  loading="lazy" style="border: 0; max-width: 100%"></iframe>`,
  ].join("\n");
}
