/**
 * Something read from the server, kept as it was last seen: waiting, there, or refused.
 *
 * It is read anew when an event of its kinds came; what is shown stays until the new answer is
 * there, and an answer that was overtaken by a later question is dropped.
 */

import { signal } from "../vendor/signals.js";
import { ask } from "./api.js";

/** @typedef {import("./api.js").Refused} Refused */
/** @typedef {{state: "waiting" | "ready" | "refused", data: any, warnings: string[], error: Refused | null, again: boolean}} Found */

/** @type {Found} */
const NOTHING = { state: "waiting", data: undefined, warnings: [], error: null, again: false };

export class Resource {
  /**
   * @param {readonly string[]} livesBy beginnings of the types of events after which it is read anew
   * @param {(path: string) => Promise<import("./api.js").Answer>} [reader]
   */
  constructor(livesBy, reader = ask) {
    this.livesBy = livesBy;
    this.reader = reader;
    this.path = "";
    this.turn = 0;
    /** @type {import("../vendor/signals.js").Signal<Found>} */
    this.found = signal(NOTHING);
  }

  /**
   * Read a path, unless it is what stands here already.
   * @param {string} path
   */
  open(path) {
    if (path === this.path && this.found.value.state !== "refused") return undefined;
    this.path = path;
    return this.load();
  }

  /** Nobody looks any more: events pass unheard, so the next look reads anew. */
  leave() {
    this.path = "";
  }

  /** Read the path anew. */
  async load() {
    if (!this.path) return;
    const turn = (this.turn += 1);
    this.found.value = { ...this.found.value, again: true };
    try {
      const answer = await this.reader(this.path);
      if (turn !== this.turn) return;
      const { data, warnings } = answer;
      this.found.value = { state: "ready", data, warnings: warnings ?? [], error: null, again: false };
    } catch (error) {
      if (turn !== this.turn) return;
      this.found.value = {
        ...this.found.value,
        state: this.found.value.data === undefined ? "refused" : "ready",
        error: /** @type {Refused} */ (error),
        again: false,
      };
    }
  }

  /**
   * Say whether an event of this type changes what is shown.
   * @param {string} type
   */
  lives(type) {
    return this.livesBy.some((start) => type.startsWith(start));
  }
}
