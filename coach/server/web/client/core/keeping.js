/** What this browser keeps between visits; a browser that keeps nothing forgets it with the tab. */

/** @type {Map<string, string>} */
const forgotten = new Map();

/**
 * Return what was kept under a name, null where nothing was.
 * @param {string} name
 * @returns {string | null}
 */
export function kept(name) {
  try {
    return localStorage.getItem(`coach.${name}`);
  } catch {
    return forgotten.get(name) ?? null;
  }
}

/**
 * Keep a text under a name; null forgets it.
 * @param {string} name
 * @param {string | null} text
 */
export function keep(name, text) {
  try {
    if (text === null) localStorage.removeItem(`coach.${name}`);
    else localStorage.setItem(`coach.${name}`, text);
  } catch {
    if (text === null) forgotten.delete(name);
    else forgotten.set(name, text);
  }
}
