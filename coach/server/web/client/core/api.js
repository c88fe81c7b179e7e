/**
 * What the server is asked, and what it refuses.
 *
 * A write carries a key that names it, so that the same one sent again is done once. Where too much
 * was asked, the wait is counted down and the request goes again by itself: nothing typed is lost.
 */

import { signal } from "../vendor/signals.js";

/** @typedef {{schema_version: number, command: string, data: any, warnings: string[]}} Answer */
/** @typedef {{method?: string, body?: any, form?: FormData, key?: string}} Order */

/** A refusal of the server's, or none of its answers at all (status 0). */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {{code: string, message: string, hint: string}} error
   */
  constructor(status, error) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.hint = error.hint;
  }
}

/** Seconds until the server hears us again; 0 where nothing waits. */
export const waiting = signal(0);

/** Whether the server answered when it was last asked. */
export const reached = signal(true);

const TOO_MANY = 429;
const TRIES = 40;
const LONGEST_PAUSE_MS = 3000;
const LATER = new Set([409, 503]);

/** Seams that a test replaces: the network, the clock's bell, the keys. */
export const seams = {
  /** @type {(path: string, init: RequestInit) => Promise<Response>} */
  fetch: (path, init) => fetch(path, init),
  /** @type {(ms: number) => Promise<void>} */
  pause: (ms) => new Promise((done) => setTimeout(done, ms)),
  key: () => crypto.randomUUID(),
  /** @type {() => void} */
  signIn: () => location.assign("/sign-in"),
  /** @type {() => Promise<boolean>} */
  confirm: async () => false,
};

/**
 * Read: return what a path answers.
 * @param {string} path
 * @returns {Promise<Answer>}
 */
export function ask(path) {
  return send(path, { method: "GET" });
}

/**
 * Write: return what came of it. Sent again with the same key where no answer came.
 * @param {string} path
 * @param {Order} order
 * @returns {Promise<Answer>}
 */
export async function send(path, order) {
  const key = order.key ?? seams.key();
  for (let tries = 1; ; tries += 1) {
    const response = await attempt(path, order, key);
    if (response === null) await waitForServer(tries, order);
    else if (response.ok) return read(response);
    else if (!(await mayGoOn(response, tries))) {
      const refused = await refusalOf(response);
      if (refused.code === "E_CONFIRM" && (await seams.confirm())) continue;
      if (refused.code === "E_SIGN_IN" && !path.includes("/session")) seams.signIn();
      throw refused;
    }
  }
}

/**
 * Wait before a request that no answer came to is sent again; a read is not.
 * @param {number} tries
 * @param {Order} order
 */
async function waitForServer(tries, order) {
  if (tries >= TRIES || order.method === "GET") throw unreachable();
  await seams.pause(Math.min(LONGEST_PAUSE_MS, 500 * tries));
}

/**
 * Wait where the server says when to come back; false where it says no.
 * @param {Response} response
 * @param {number} tries
 */
async function mayGoOn(response, tries) {
  const after = Number(response.headers.get("Retry-After") ?? "0");
  if (response.status === TOO_MANY) await countDown(after || 5);
  else if (LATER.has(response.status) && after && tries < TRIES) await seams.pause(1000 * after);
  else return false;
  return true;
}

/** @param {Response} response */
async function refusalOf(response) {
  const { error } = await read(response);
  const message = `the server answered ${response.status}`;
  return new Refused(response.status, error ?? { code: "E_ANSWER", message, hint: "" });
}

/**
 * @param {string} path
 * @param {Order} order
 * @param {string} key
 */
async function attempt(path, order, key) {
  /** @type {Record<string, string>} */
  const headers = {};
  const method = order.method ?? "POST";
  /** @type {RequestInit} */
  const init = { method, headers, credentials: "same-origin" };
  if (method !== "GET") headers["Idempotency-Key"] = key;
  if (order.form) init.body = order.form;
  else if (order.body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(order.body);
  }
  try {
    const response = await seams.fetch(path, init);
    reached.value = true;
    return response;
  } catch {
    reached.value = false;
    return null;
  }
}

/** @param {Response} response */
async function read(response) {
  try {
    return await response.json();
  } catch {
    return {};
  }
}

function unreachable() {
  const message = "the server does not answer";
  return new Refused(0, { code: "E_OFFLINE", message, hint: "what you typed is still here; try again" });
}

/** @param {number} seconds */
async function countDown(seconds) {
  waiting.value = Math.max(waiting.value, Math.ceil(seconds) || 1);
  while (waiting.value > 0) {
    await seams.pause(1000);
    waiting.value = Math.max(0, waiting.value - 1);
  }
}
