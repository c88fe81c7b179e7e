/** Short notices at the foot of the page: what was done, how to take it back, what went wrong. */

import { html } from "../core/html.js";
import { signal } from "../vendor/signals.js";

/** @typedef {{id: number, text: string, kind: "done" | "trouble", undo?: (() => Promise<unknown>) | undefined}} Notice */

/** @type {import("../vendor/signals.js").Signal<Notice[]>} */
export const notices = signal([]);

/** @type {(() => Promise<unknown>)[]} */
const steps = [];
const LASTS_MS = 8000;
let count = 0;

/**
 * Say something for a while.
 * @param {string} text
 * @param {"done" | "trouble"} kind
 * @param {() => Promise<unknown>} [undo] takes back what was done
 */
export function say(text, kind = "done", undo) {
  count += 1;
  const id = count;
  if (undo) steps.push(undo);
  notices.value = [...notices.value.slice(-2), { id, text, kind, undo }];
  setTimeout(() => {
    notices.value = notices.value.filter((one) => one.id !== id);
  }, LASTS_MS);
}

/**
 * Do something that changes what is there; say what came of it, or why it was refused.
 * @param {() => Promise<unknown>} work
 * @param {string} done
 * @param {() => Promise<unknown>} [undo]
 * @returns {Promise<boolean>}
 */
export async function change(work, done, undo) {
  try {
    await work();
    say(done, "done", undo);
    return true;
  } catch (error) {
    const refused = /** @type {{message: string, hint?: string}} */ (error);
    say([refused.message, refused.hint].filter(Boolean).join(": "), "trouble");
    return false;
  }
}

/** Take back the last change made here. */
export async function undoLast() {
  const step = steps.pop();
  if (!step) say("nothing was changed here yet", "done");
  else await change(step, "taken back");
}

/** The notices. */
export function Notices() {
  return html`<div class="notices" role="status" aria-live="polite">
    ${notices.value.map(
      (one) => html`<p key=${one.id} class=${`notice ${one.kind}`}>
        <span>${one.text}</span>
        ${one.undo &&
        html`<button type="button" class="link" onClick=${() => void undoLast()}>
          Undo <kbd>z</kbd>
        </button>`}
      </p>`,
    )}
  </div>`;
}
