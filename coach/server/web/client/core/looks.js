/** How the screens look: the theme, and whether money and sizes are hidden. */

import { effect, signal } from "../vendor/signals.js";
import { keep, kept } from "./keeping.js";

export const THEMES = /** @type {const} */ (["auto", "light", "dark"]);

/** @typedef {{text: string, hidden: string}} Said A line of the server's, and how it hides. */

export const theme = signal(kept("theme") ?? "auto");
export const isPrivate = signal(kept("private") === "yes");

/** Take the next theme. */
export function nextTheme() {
  const at = THEMES.indexOf(/** @type {"auto"} */ (theme.value));
  theme.value = THEMES[(at + 1) % THEMES.length] ?? "auto";
}

/** Hide all money and sizes, or show them again. */
export function switchPrivacy() {
  isPrivate.value = !isPrivate.value;
}

/**
 * Return a line as it may be seen now.
 * @param {Said} said
 */
export function seen(said) {
  return isPrivate.value ? said.hidden : said.text;
}

/**
 * Return a cell as it may be seen now.
 * @param {string} words
 * @param {boolean} secret whether it is money or a size
 */
export function seenCell(words, secret) {
  return secret && isPrivate.value && words !== "-" ? "•••" : words;
}

/** Let the document follow, and keep both for the next visit. */
export function followLooks() {
  effect(() => {
    const root = document.documentElement;
    if (theme.value === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme.value;
    keep("theme", theme.value === "auto" ? null : theme.value);
  });
  effect(() => {
    document.documentElement.toggleAttribute("data-private", isPrivate.value);
    keep("private", isPrivate.value ? "yes" : null);
  });
}
