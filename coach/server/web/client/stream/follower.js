/**
 * Follows the events over one socket: resumes, acknowledges, and pages where it fell behind.
 *
 * What it needs of the world comes in: sockets, pages, timers, and where the position is kept.
 */

import { backOff, positionIn, steps } from "./frames.js";

/** @typedef {import("./frames.js").Frame} Frame */
/** @typedef {import("./frames.js").Position} Position */
/**
 * @typedef {object} World
 * @property {(address: string) => WebSocket} open
 * @property {(path: string) => Promise<{data: Frame[]}>} page
 * @property {(run: () => void, ms: number) => number} later
 * @property {(timer: number) => void} never
 * @property {() => string | null} read
 * @property {(text: string) => void} write
 * @property {() => number} dice
 */

const ACK_EVERY = 20;
const ACK_MS = 2000;
const PAGE = 200;
const SIGNED_OUT = 4401;
const REFUSED = 4400;

export class Follower {
  /**
   * @param {World} world
   * @param {(events: Frame[], anew: boolean) => void} apply
   * @param {(state: "live" | "away" | "signed-out", waitMs: number) => void} tell
   */
  constructor(world, apply, tell) {
    this.world = world;
    this.apply = apply;
    this.tell = tell;
    this.tries = 0;
    this.unacked = 0;
    this.timer = 0;
    this.ackTimer = 0;
    this.isPaging = false;
    this.isOver = false;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {Position | null} */
    this.position = positionIn(world.read());
  }

  /** Connect; from then on it comes back by itself. */
  start() {
    if (this.isOver) return;
    this.world.never(this.timer);
    const { id, epoch } = this.position ?? { id: "", epoch: "" };
    const query = new URLSearchParams({ batch: "64", ...(id ? { lastEventId: id, epoch } : {}) });
    const socket = this.world.open(`/ws/coach?${query}`);
    this.socket = socket;
    socket.onmessage = ({ data }) => {
      if (socket === this.socket) this.hear(JSON.parse(String(data)));
    };
    socket.onclose = ({ code }) => {
      if (socket === this.socket) this.lost(code);
    };
  }

  /** End for good. */
  stop() {
    this.isOver = true;
    this.world.never(this.timer);
    this.world.never(this.ackTimer);
    this.socket?.close();
    this.socket = null;
  }

  /** Come back at once, as after a sleep. */
  hurry() {
    if (this.socket === null && !this.isOver) this.start();
  }

  /** @param {Frame | Frame[]} message */
  hear(message) {
    const frames = Array.isArray(message) ? message : [message];
    this.tries = 0;
    this.take(frames);
    this.tell("live", 0);
    if (this.unacked >= ACK_EVERY) this.acknowledge();
    else if (this.unacked > 0) {
      this.world.never(this.ackTimer);
      this.ackTimer = this.world.later(() => this.acknowledge(), ACK_MS);
    }
  }

  /** @param {Frame[]} frames */
  take(frames) {
    const step = steps(this.position, frames);
    this.unacked += step.events.length;
    // Told before it is kept: who takes over from here may hear an event twice, and misses none.
    if (step.events.length || step.anew) this.apply(step.events, step.anew);
    if (step.position) this.keep(step.position);
    if (step.fetch !== null && !this.isPaging) void this.catchUp();
  }

  /** Read page after page until there is no more, then let the stream go on from there. */
  async catchUp() {
    this.isPaging = true;
    const socket = this.socket;
    try {
      for (;;) {
        const since = this.position ? `since=${this.position.id}&` : "";
        const { data } = await this.world.page(`/api/events?${since}limit=${PAGE}`);
        if (data.length) this.take(data);
        if (data.length < PAGE) break;
      }
      if (socket === this.socket && this.position) {
        const { id, epoch } = this.position;
        this.unacked = 0;
        this.say({ type: "resume", lastEventId: id, epoch });
      }
    } catch {
      socket?.close();
    } finally {
      this.isPaging = false;
    }
  }

  acknowledge() {
    this.world.never(this.ackTimer);
    if (this.isPaging || !this.position || this.unacked === 0) return;
    this.unacked = 0;
    this.say({ type: "ack", seq: this.position.seq });
  }

  /** @param {object} message */
  say(message) {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  /** @param {Position} position */
  keep(position) {
    this.position = position;
    this.world.write(JSON.stringify(position));
  }

  /** @param {number} code */
  lost(code) {
    this.socket = null;
    this.world.never(this.ackTimer);
    this.unacked = 0;
    if (code === SIGNED_OUT) {
      this.isOver = true;
      this.tell("signed-out", 0);
      return;
    }
    if (code === REFUSED) {
      this.position = null;
      this.apply([], true);
    }
    const wait = backOff(this.tries, this.world.dice());
    this.tries += 1;
    this.tell("away", wait);
    this.timer = this.world.later(() => this.start(), wait);
  }
}
