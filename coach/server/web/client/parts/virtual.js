/** A list of any length of which only what is seen is in the page, with a cursor for keys. */

import { html } from "../core/html.js";
import { useKeys } from "../core/keys.js";
import { useEffect, useLayoutEffect, useRef, useState } from "../vendor/hooks.js";

const BEYOND = 8;

/**
 * Return which rows are to be drawn: those that are seen and a few beyond.
 * @param {number} top how far the list is scrolled
 * @param {number} height of what is seen
 * @param {number} row height of a row
 * @param {number} count
 */
export function windowOf(top, height, row, count) {
  const first = Math.max(0, Math.floor(top / row) - BEYOND);
  return { first, end: Math.min(count, Math.ceil((top + height) / row) + BEYOND) };
}

/**
 * Return where the cursor goes for a key.
 * @param {string} key
 * @param {number} at
 * @param {number} count
 * @param {number} page rows of a page
 */
export function moved(key, at, count, page) {
  /** @type {Record<string, number>} */
  const goes = {
    down: at + 1,
    up: at - 1,
    pageDown: at + page,
    pageUp: at - page,
    first: 0,
    last: count - 1,
  };
  return Math.max(0, Math.min(count - 1, goes[key] ?? at));
}

/**
 * @param {{count: number, cursor: number, label: string, columns: number, head: any,
 *   row: (at: number) => any, isOpen: boolean, onCursor: (at: number) => void,
 *   onOpen: (at: number) => void, onWindow: (first: number, end: number) => void}} props
 */
export function VirtualList(props) {
  const { count, cursor, label, columns, head, row, onCursor, onOpen, onWindow } = props;
  const body = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [seen, setSeen] = useState({ top: 0, height: 600, each: 36 });
  const { first, end } = windowOf(seen.top, seen.height, seen.each, count);
  useLayoutEffect(() => {
    const element = /** @type {HTMLDivElement} */ (body.current);
    const measure = () => {
      const each = parseFloat(getComputedStyle(element).getPropertyValue("--row")) || 36;
      setSeen({ top: element.scrollTop, height: element.clientHeight, each });
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      watch.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, []);
  useEffect(() => onWindow(first, end), [first, end, count, onWindow]);
  useEffect(() => {
    const element = body.current;
    if (!element) return;
    const top = cursor * seen.each;
    if (top < element.scrollTop) element.scrollTop = top;
    const bottom = top + seen.each - element.clientHeight;
    if (bottom > element.scrollTop) element.scrollTop = bottom;
  }, [cursor, seen.each]);
  useEffect(() => {
    const element = body.current;
    if (!element?.contains(document.activeElement)) return;
    /** @type {HTMLElement | null} */ (element.querySelector(".current"))?.focus({ preventScroll: true });
  }, [cursor, first, end]);
  const at = useRef(cursor);
  at.current = cursor;
  const page = Math.max(1, Math.floor(seen.height / seen.each) - 1);
  /** @param {string} where */
  const to = (where) => () => {
    at.current = moved(where, at.current, count, page);
    onCursor(at.current);
  };
  useKeys("List", [
    { key: "ArrowDown j", what: "Next row", run: to("down") },
    { key: "ArrowUp k", what: "Previous row", run: to("up") },
    { key: "PageDown", what: "A page down", run: to("pageDown") },
    { key: "PageUp", what: "A page up", run: to("pageUp") },
    { key: "Home g", what: "First row", run: to("first") },
    { key: "End G", what: "Last row", run: to("last") },
    { key: "Enter l", what: "Open", run: () => onOpen(at.current) },
  ]);
  // The row that tabbing leads to: the current one, or the first one where it is out of sight.
  const stop = cursor >= first && cursor < end ? cursor : first;
  const shown = Array.from({ length: end - first }, (_, at) => first + at);
  return html`<div
    class="grid"
    role="grid"
    aria-label=${label}
    aria-rowcount=${count + 1}
    aria-colcount=${columns}
  >
    ${head}
    <div
      class="grid-body"
      role="rowgroup"
      ref=${body}
    >
      <div class="grid-space" role="presentation" style=${{ height: `${count * seen.each}px` }}>
        ${shown.map(
          (at) => html`<div
            key=${at}
            role="row"
            tabindex=${at === stop ? 0 : -1}
            class=${at === cursor ? "grid-row current" : "grid-row"}
            aria-rowindex=${at + 2}
            aria-selected=${at === cursor}
            style=${{ transform: `translateY(${at * seen.each}px)` }}
            onClick=${() => {
              onCursor(at);
              onOpen(at);
            }}
          >
            ${row(at)}
          </div>`,
        )}
      </div>
    </div>
  </div>`;
}
