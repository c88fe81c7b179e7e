/** What a screen shows while it waits, where there is nothing, and where it was refused. */

import { html } from "../core/html.js";

/** @typedef {import("../core/resource.js").Found} Found */

/**
 * Hold the place of what is on its way.
 * @param {{what: string}} props
 */
export function Waiting({ what }) {
  return html`<div class="state waiting" role="status">
    <span class="visually-hidden">Reading ${what}</span>
    <div class="bone wide"></div>
    <div class="bone"></div>
    <div class="bone short"></div>
  </div>`;
}

/**
 * Say that nothing is there, and what to do.
 * @param {{title: string, children?: any}} props
 */
export function Empty({ title, children }) {
  return html`<section class="state empty">
    <h2>${title}</h2>
    ${children}
  </section>`;
}

/**
 * Say what went wrong, and let it be tried again.
 * @param {{error: {message: string, hint?: string}, again?: () => void}} props
 */
export function Trouble({ error, again }) {
  return html`<section class="state trouble" role="alert">
    <h2>That did not work</h2>
    <p>${error.message}</p>
    ${error.hint && html`<p class="quiet">${error.hint}</p>`}
    ${again && html`<p><button type="button" onClick=${again}>Try again</button></p>`}
  </section>`;
}

/**
 * Show what a resource has, in whichever state it is.
 * @param {{of: import("../core/resource.js").Resource, what: string, children: (data: any, found: Found) => any}} props
 */
export function Shown({ of, what, children }) {
  const found = of.found.value;
  if (found.state === "waiting") return html`<${Waiting} what=${what} />`;
  if (found.state === "refused" && found.error) {
    return html`<${Trouble} error=${found.error} again=${() => of.load()} />`;
  }
  return html`${found.error && html`<${Trouble} error=${found.error} again=${() => of.load()} />`}
  ${children(found.data, found)}`;
}

/**
 * Say what an answer warns of.
 * @param {{lines: string[]}} props
 */
export function Warnings({ lines }) {
  if (!lines.length) return null;
  return html`<ul class="warnings">
    ${lines.map((one) => html`<li key=${one}>${one}</li>`)}
  </ul>`;
}
