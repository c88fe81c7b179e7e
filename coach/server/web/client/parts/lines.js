/** Lines of the server's words; while money is hidden, as it hides them. */

import { html } from "../core/html.js";
import { isPrivate, seen } from "../core/looks.js";

/** @typedef {import("../core/looks.js").Said & {detail?: boolean}} Line */

/**
 * One line.
 * @param {{said: Line, class?: string}} props
 */
export function Words({ said, class: name = "" }) {
  isPrivate.value; // followed here, so that a whole list need not be drawn anew
  return html`<span class=${name}>${seen(said).trim()}</span>`;
}

/**
 * Return how deep a line is set: two blanks a step.
 * @param {string} text
 */
export function depthOf(text) {
  const blanks = text.length - text.trimStart().length;
  return Math.min(3, Math.floor(blanks / 2));
}

/**
 * Lines as a list, each as deep as its blanks say.
 * @param {{lines: Line[], label?: string}} props
 */
export function Lines({ lines, label }) {
  return html`<ul class="lines" aria-label=${label}>
    ${lines.map(
      (one, at) => html`<li key=${at} class=${`depth-${one.detail ? 1 : depthOf(one.text)}`}>
        <${Words} said=${one} />
      </li>`,
    )}
  </ul>`;
}
