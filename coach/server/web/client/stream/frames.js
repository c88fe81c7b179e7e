/**
 * What a frame of the stream means, as values: no socket, no clock, no storage.
 *
 * The position is one value, the id and the epoch of the last frame that was applied. A frame whose
 * number was applied already is dropped; one of another epoch begins anew.
 */

/** @typedef {{id: string | null, seq: number, epoch: string, type: string, payload: any}} Frame */
/** @typedef {{id: string, epoch: string, seq: number}} Position */
/** @typedef {{position: Position | null, events: Frame[], anew: boolean, fetch: string | null, closed: any}} Step */

/** The id before the first event. */
export const BEFORE_THE_FIRST = "0".repeat(26);

/**
 * Return what follows from a frame: the position after it, the events to apply, whether everything
 * shown is to be read anew, and the page to fetch where the stream ran ahead of us.
 * @param {Position | null} position
 * @param {Frame} frame
 * @returns {Step}
 */
export function step(position, frame) {
  const stay = { position, events: [], anew: false, fetch: null, closed: null };
  if (frame.type === "closed") return { ...stay, closed: frame.payload };
  if (frame.type === "sync") return { ...stay, fetch: frame.payload.fetch };
  const at = { id: frame.id ?? BEFORE_THE_FIRST, epoch: frame.epoch, seq: frame.seq };
  if (frame.type === "hello") {
    return { ...stay, position: at, anew: !frame.payload.recovered };
  }
  if (position && position.epoch === frame.epoch && frame.seq <= position.seq) return stay;
  return { ...stay, position: at, events: [frame] };
}

/**
 * Return what follows from several frames, in order; what comes after a `sync` is not read.
 * @param {Position | null} position
 * @param {Frame[]} frames
 * @returns {Step}
 */
export function steps(position, frames) {
  /** @type {Step} */
  let all = { position, events: [], anew: false, fetch: null, closed: null };
  for (const frame of frames) {
    const next = step(all.position, frame);
    all = {
      position: next.position,
      events: [...all.events, ...next.events],
      anew: all.anew || next.anew,
      fetch: next.fetch,
      closed: next.closed,
    };
    if (next.fetch !== null || next.closed !== null) break;
  }
  return all;
}

/**
 * Return a position that was kept as one text; null where that is none.
 * @param {string | null} text
 * @returns {Position | null}
 */
export function positionIn(text) {
  try {
    const found = JSON.parse(text ?? "");
    if (typeof found.id === "string" && typeof found.epoch === "string") {
      return { id: found.id, epoch: found.epoch, seq: Number(found.seq) || 0 };
    }
  } catch {
    // Whatever else stands there is nobody's position.
  }
  return null;
}

/**
 * Return how long to wait before the next try: twice as long each time, up to half a minute.
 * @param {number} tries
 * @param {number} dice between 0 and 1
 */
export function backOff(tries, dice) {
  return Math.round(Math.min(30_000, 500 * 2 ** tries) * (0.75 + dice / 2));
}
