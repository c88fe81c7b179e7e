/** Which screen is open, and with what: the address says it, so that a link or a reload keeps it. */

import { signal } from "../vendor/signals.js";

/** @typedef {{screen: string, query: Record<string, string>}} Place */

/** @type {import("../vendor/signals.js").Signal<Place>} */
export const place = signal({ screen: "week", query: {} });

/**
 * Return the place that an address names.
 * @param {string} path
 * @param {string} search
 * @returns {Place}
 */
export function placeOf(path, search) {
  const screen = path.replace(/^\/+|\/+$/g, "") || "week";
  return { screen, query: Object.fromEntries(new URLSearchParams(search)) };
}

/**
 * Return the address of a place.
 * @param {Place} there
 */
export function addressOf(there) {
  const wanted = Object.entries(there.query).filter(([, value]) => value !== "");
  const search = new URLSearchParams(wanted).toString();
  return `/${there.screen}${search ? `?${search}` : ""}`;
}

/**
 * Go to a screen.
 * @param {string} screen
 * @param {Record<string, string>} [query]
 */
export function go(screen, query = {}) {
  const there = { screen, query };
  if (addressOf(there) !== addressOf(place.value)) history.pushState(null, "", addressOf(there));
  place.value = there;
}

/**
 * Change what the open screen is asked for; nothing to go back to.
 * @param {Record<string, string>} query
 */
export function refine(query) {
  const there = { screen: place.value.screen, query: { ...place.value.query, ...query } };
  history.replaceState(null, "", addressOf(there));
  place.value = there;
}

/** Follow the browser's own way back and forth, and links of ours. */
export function followAddress() {
  const read = () => {
    place.value = placeOf(location.pathname, location.search);
  };
  addEventListener("popstate", read);
  document.addEventListener("click", (event) => {
    const link = /** @type {HTMLElement} */ (event.target).closest?.("a[data-screen]");
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    event.preventDefault();
    const there = placeOf(link.pathname, link.search);
    go(there.screen, there.query);
  });
  read();
}
