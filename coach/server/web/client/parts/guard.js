/**
 * The line of the guard: a rule just broken, and a pause that is counted down.
 *
 * Times are the server's, and so is the clock that counts: how far ours is from it is measured with
 * each answer. Each line is told once to whoever listens; its seconds are not.
 */

import { ask } from "../core/api.js";
import { html } from "../core/html.js";
import { seen } from "../core/looks.js";
import { Resource } from "../core/resource.js";
import { useEffect, useState } from "../vendor/hooks.js";

/** @typedef {{kind: string, told: import("../core/looks.js").Said, until: string, since: string}} GuardLine */

export const GUARD_PATH = "/api/screens/guard";
const SECOND_MS = 1000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Return how far the server's clock is ahead, from its time and ours around the question.
 * @param {string} there
 * @param {number} asked
 * @param {number} answered
 */
export function aheadBy(there, asked, answered) {
  return Date.parse(there) - (asked + answered) / 2;
}

/**
 * Return minutes and seconds, and hours where there are any; nothing is less than none.
 * @param {number} leftMs
 */
export function countdown(leftMs) {
  const seconds = Math.max(0, Math.round(leftMs / SECOND_MS));
  const two = (/** @type {number} */ one) => String(one).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const clock = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return hours ? `${hours}:${clock}` : clock;
}

/**
 * Return the lines that hold at a moment of the server's clock.
 * @param {GuardLine[]} lines
 * @param {number} now
 */
export function holding(lines, now) {
  return lines.filter((one) => Date.parse(one.until) > now);
}

/** @param {string} path */
async function read(path) {
  const asked = Date.now();
  const answer = await ask(path);
  guard.livesBy = answer.data.lives_by;
  return { ...answer, data: { ...answer.data, ahead: aheadBy(answer.data.at, asked, Date.now()) } };
}

/** It lives by every event until the server says by which. */
export const guard = new Resource([""], read);

/** The lines above every screen; an empty place where there is none, so that the first is heard. */
export function Guard() {
  const { lines = [], ahead = 0 } = guard.found.value.data ?? {};
  const [, tick] = useState(0);
  const now = Date.now() + ahead;
  const held = holding(lines, now);
  const next = Math.min(...held.map((one) => wait(one, now)));
  useEffect(() => {
    if (!held.length) return undefined;
    const timer = setTimeout(() => tick((count) => count + 1), Math.min(next, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  });
  return html`<div class="guard" role="status" aria-live="polite" aria-label="Guard">
    ${held.map(
      (one) => html`<p key=${one.kind + one.since} class=${one.kind}>
        <span>${seen(one.told)}</span>${one.kind === "pause" &&
        html`<span class="left" role="timer" aria-live="off"
          >${countdown(Date.parse(one.until) - now)} left</span
        >`}
      </p>`,
    )}
  </div>`;
}

/**
 * Return how long a line stays as it is: a second of a pause, and a breach to its end.
 * @param {GuardLine} one
 * @param {number} now
 */
function wait(one, now) {
  const left = Math.max(0, Date.parse(one.until) - now);
  return one.kind === "pause" ? Math.min(SECOND_MS, left) : left;
}
