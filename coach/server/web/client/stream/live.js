/**
 * One stream for a browser, however many tabs: the tab that holds a lock follows, and tells the
 * others what came. When it goes, the next one takes the lock and goes on from the kept position.
 */

import { ask, seams } from "../core/api.js";
import { keep, kept } from "../core/keeping.js";
import { signal } from "../vendor/signals.js";
import { Follower } from "./follower.js";

const LOCK = "coach-stream";
const CHANNEL = "coach-events";
const HIDDEN_MS = 60_000;

/** How the stream stands: live, away, and whether this tab holds it. */
export const connection = signal({ state: "starting", leads: false, waitMs: 0 });

/** How many events this tab has applied. */
export const applied = signal(0);

/** @typedef {{types: string[], anew: boolean, state?: string, waitMs?: number, asks?: boolean}} Told What tabs say to each other. */

/**
 * Follow the events from now on.
 * @param {(types: string[], anew: boolean) => void} apply what the screens do about them
 * @param {{id: string, epoch: string, seq: number} | null} head where a browser begins that was never here
 */
export function followEvents(apply, head) {
  if (kept("position") === null && head) keep("position", JSON.stringify(head));
  const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(CHANNEL) : null;
  /** @param {Told} told */
  const take = (told) => {
    if (told.asks) {
      const { leads, state, waitMs } = connection.value;
      if (leads) channel?.postMessage({ types: [], anew: false, state, waitMs });
      return;
    }
    if (told.state === "signed-out") seams.signIn(); // what stands here is no longer theirs to see
    if (told.state) {
      connection.value = { ...connection.value, state: told.state, waitMs: told.waitMs ?? 0 };
      return;
    }
    applied.value += told.types.length;
    apply(told.types, told.anew);
  };
  /** @param {Told} told */
  const tellAll = (told) => {
    if (told.state && told.state === connection.value.state && !told.waitMs) return;
    channel?.postMessage(told);
    take(told);
  };
  if (channel) {
    channel.onmessage = ({ data }) => take(data);
    channel.postMessage({ types: [], anew: false, asks: true });
  }
  if (navigator.locks) {
    void navigator.locks.request(LOCK, () => new Promise(() => lead(tellAll)));
  } else {
    lead(take);
  }
}

/** @param {(told: Told) => void} tell */
function lead(tell) {
  connection.value = { ...connection.value, leads: true };
  const follower = new Follower(
    {
      open: (address) => new WebSocket(`${location.origin.replace(/^http/, "ws")}${address}`),
      page: (path) => ask(path),
      later: (run, ms) => setTimeout(run, ms),
      never: (timer) => clearTimeout(timer),
      read: () => kept("position"),
      write: (text) => keep("position", text),
      dice: Math.random,
    },
    (events, anew) => tell({ types: events.map((one) => one.type), anew }),
    (state, waitMs) => tell({ types: [], anew: false, state, waitMs }),
  );
  addEventListener("online", () => follower.hurry());
  let hiddenAt = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (Date.now() - hiddenAt > HIDDEN_MS) follower.hurry();
  });
  follower.start();
}
