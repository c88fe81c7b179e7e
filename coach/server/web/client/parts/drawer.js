/** What stands behind a row: beside the list where there is room, over it on a telephone. */

import { html } from "../core/html.js";
import { useKeys } from "../core/keys.js";
import { useEffect, useRef } from "../vendor/hooks.js";

const COVERS = "(max-width: 1099px)";
const STAYS = ".top, .skip, .notices, .status, dialog";
const ROW = ".row.current .row-name, .grid-row.current";

/** @param {{title: any, label: string, close: () => void, children?: any}} props */
export function Drawer({ title, label, close, children }) {
  const drawer = useRef(/** @type {HTMLElement | null} */ (null));
  const closes = useRef(close);
  closes.current = close;
  useKeys("Drawer", [{ key: "Escape h ArrowLeft", what: "Close what is open", run: close }]);
  useEffect(() => lay(/** @type {HTMLElement} */ (drawer.current), () => closes.current()), []);
  return html`<aside class="drawer" aria-label=${label} ref=${drawer}>
    <header>
      <h2>${title}</h2>
      <button type="button" class="icon" aria-label="Close" onClick=${close}>×</button>
    </header>
    <div class="drawer-body" tabindex="0" role="group" aria-label=${`${label}, in full`}>
      ${children}
    </div>
  </aside>`;
}

/**
 * Keep the focus off what a drawer covers, and let a click there close it. The function that is returned puts the
 * focus back on the row.
 * @param {HTMLElement} drawer
 * @param {() => void} close
 */
function lay(drawer, close) {
  const narrow = matchMedia(COVERS);
  /** @type {HTMLElement[]} */
  let covered = [];
  const cover = () => {
    for (const one of covered) one.inert = false;
    covered = narrow.matches ? under(drawer) : [];
    for (const one of covered) one.inert = true;
    if (covered.length) /** @type {HTMLElement | null} */ (drawer.querySelector(".drawer-body"))?.focus({ preventScroll: true });
  };
  /** @param {Event} event */
  const onClick = ({ target }) => {
    if (covered.length && target !== drawer && target instanceof HTMLElement && target.contains(drawer)) close();
  };
  cover();
  narrow.addEventListener("change", cover);
  document.addEventListener("click", onClick);
  return () => {
    const isLost = document.activeElement === document.body; // what had it is gone by now
    narrow.removeEventListener("change", cover);
    document.removeEventListener("click", onClick);
    for (const one of covered) one.inert = false;
    if (isLost) /** @type {HTMLElement | null} */ (document.querySelector(ROW))?.focus({ preventScroll: true });
  };
}

/**
 * Return what lies under a drawer or is scrolled under it, and not beside it.
 * @param {HTMLElement} drawer
 */
function under(drawer) {
  const { left, right } = drawer.getBoundingClientRect();
  /** @type {HTMLElement[]} */
  const found = [];
  for (let one = drawer; one.parentElement && one.id !== "app"; one = one.parentElement) {
    for (const other of one.parentElement.children) {
      if (other === one || !(other instanceof HTMLElement) || other.matches(STAYS)) continue;
      const place = other.getBoundingClientRect();
      if (place.left < right && place.right > left) found.push(other);
    }
  }
  return found;
}
