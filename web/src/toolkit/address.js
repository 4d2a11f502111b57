/** Addresses of this server: at the root of a host, or below a path of it, as behind a school's proxy. */

/**
 * Where the page lies. This module knows it by where it came from, so no proxy need say it.
 */
const BASE = new URL(import.meta.url.replace(/(page-[^/]+\/)?src\/toolkit\/address\.js(\?.*)?$/, ""));

/** The path of the page on its host; it begins and ends with a slash. */
export const BASE_PATH = BASE.pathname;

/** The address of something of the server's: `at("api/lab")`. @param {string} path  from the page's root on */
export const at = (path) => new URL(path.replace(/^\/+/, ""), BASE).href;

/** The address of a socket: `socketAt("ws")`. @param {string} path */
export const socketAt = (path) => at(path).replace(/^http/, "ws");
