/** What stands behind a row: beside the list where there is room, over it on a telephone. */

import { html } from "../core/html.js";
import { useKeys } from "../core/keys.js";

/** @param {{title: any, label: string, close: () => void, children?: any}} props */
export function Drawer({ title, label, close, children }) {
  useKeys("Drawer", [{ key: "Escape h ArrowLeft", what: "Close what is open", run: close }]);
  return html`<aside class="drawer" aria-label=${label}>
    <header>
      <h2>${title}</h2>
      <button type="button" class="icon" aria-label="Close" onClick=${close}>×</button>
    </header>
    <div class="drawer-body" tabindex="0" role="group" aria-label=${`${label}, in full`}>
      ${children}
    </div>
  </aside>`;
}
