/**
 * The rows of a long list of trades: all ids are known, rows come as they are about to be seen.
 * Rows that were read before stay until the new ones are there.
 */

import { ask } from "../core/api.js";
import { signal } from "../vendor/signals.js";

export const CHUNK = 50;

/**
 * Return the ids of an answer; none for an empty text.
 * @param {string} joined
 */
export function idsIn(joined) {
  return joined ? joined.split(" ") : [];
}

/**
 * Return the chunks that a window of rows touches.
 * @param {number} first
 * @param {number} end
 */
export function chunksOf(first, end) {
  const from = Math.floor(first / CHUNK);
  const to = Math.max(from, Math.ceil(end / CHUNK));
  return Array.from({ length: to - from }, (_, at) => from + at);
}

export class TradeRows {
  /** @param {(path: string) => Promise<import("../core/api.js").Answer>} [reader] */
  constructor(reader = ask) {
    this.reader = reader;
    /** @type {string[]} */
    this.ids = [];
    /** @type {Map<string, any>} */
    this.rows = new Map();
    /** @type {Set<number>} */
    this.asked = new Set();
    this.turn = 0;
    /** Moves whenever rows came. */
    this.version = signal(0);
  }

  /**
   * Take another list of ids.
   * @param {string[]} ids
   */
  list(ids) {
    this.ids = ids;
    this.asked.clear();
    this.turn += 1;
    this.version.value += 1;
  }

  /** @param {number} at */
  at(at) {
    return this.rows.get(this.ids[at] ?? "");
  }

  /**
   * Read the rows of a window that were not read yet.
   * @param {number} first
   * @param {number} end
   */
  async need(first, end) {
    const turn = this.turn;
    const missing = chunksOf(first, end).filter((one) => !this.asked.has(one));
    await Promise.all(
      missing.map(async (chunk) => {
        this.asked.add(chunk);
        const ids = this.ids.slice(chunk * CHUNK, (chunk + 1) * CHUNK);
        if (!ids.length) return;
        const query = new URLSearchParams(ids.map((id) => ["id", id]));
        try {
          const { data } = await this.reader(`/api/screens/trade-rows?${query}`);
          for (const row of data) this.rows.set(row.id, row);
          this.version.value += 1;
        } catch {
          if (turn === this.turn) this.asked.delete(chunk);
        }
      }),
    );
  }
}
