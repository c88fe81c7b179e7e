/** A badge with more to say: by hover, by focus, and by touch. */

import { html } from "../core/html.js";
import { useId, useState } from "../vendor/hooks.js";

/** @param {{short: any, label: string, children?: any}} props */
export function Tip({ short, label, children }) {
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const [isPinned, setPinned] = useState(false);
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.key !== "Escape" || !(isOpen || isPinned)) return;
    event.stopPropagation();
    setOpen(false);
    setPinned(false);
  };
  return html`<span
    class="tip"
    onMouseEnter=${() => setOpen(true)}
    onMouseLeave=${() => setOpen(false)}
    onKeyDown=${onKey}
  >
    <button
      type="button"
      class="badge"
      aria-label=${label}
      aria-describedby=${id}
      aria-expanded=${isOpen || isPinned}
      onFocus=${() => setOpen(true)}
      onBlur=${() => {
        setOpen(false);
        setPinned(false);
      }}
      onClick=${(/** @type {Event} */ event) => {
        event.stopPropagation();
        setPinned(!isPinned);
      }}
    >
      ${short}
    </button>
    <span role="tooltip" id=${id} class="tip-body" hidden=${!(isOpen || isPinned)}>${children}</span>
  </span>`;
}
