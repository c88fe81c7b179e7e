/** A short list of rows with a cursor: the same keys as in a long one. */

import { useKeys } from "../core/keys.js";
import { useRef } from "../vendor/hooks.js";
import { moved } from "./virtual.js";

const PAGE = 10;

/**
 * Let keys move through so many rows.
 * @param {number} count
 * @param {number} cursor
 * @param {(at: number) => void} onCursor
 * @param {(at: number) => void} onOpen
 */
export function useListKeys(count, cursor, onCursor, onOpen) {
  const at = useRef(cursor);
  at.current = cursor;
  /** @param {string} where */
  const to = (where) => () => {
    at.current = moved(where, at.current, count, PAGE);
    onCursor(at.current);
    document.querySelector(`[data-row="${at.current}"]`)?.scrollIntoView({ block: "nearest" });
  };
  useKeys("List", [
    { key: "ArrowDown j", what: "Next row", run: to("down") },
    { key: "ArrowUp k", what: "Previous row", run: to("up") },
    { key: "Home g", what: "First row", run: to("first") },
    { key: "End G", what: "Last row", run: to("last") },
    { key: "Enter l", what: "Open", run: () => onOpen(at.current) },
  ]);
}
