/**
 * Keys: the letters of the terminal. A screen adds its own; the innermost that knows one decides.
 */

import { useLayoutEffect, useRef } from "../vendor/hooks.js";
import { signal } from "../vendor/signals.js";

/** @typedef {{key: string, what: string, run: () => void}} KeyAction */

const TO_ENDS = new Set(["Home", "End", "PageUp", "PageDown"]);
const UP_AND_DOWN = new Set(["ArrowUp", "ArrowDown"]);

/** @type {import("../vendor/signals.js").Signal<{name: string, actions: KeyAction[]}[]>} */
export const areas = signal([]);

/**
 * Add the keys of an area; the function that is returned takes them away.
 * @param {string} name
 * @param {KeyAction[]} actions
 */
export function addKeys(name, actions) {
  const area = { name, actions };
  areas.value = [...areas.value, area];
  return () => {
    areas.value = areas.value.filter((one) => one !== area);
  };
}

/**
 * Add the keys of a part while it is shown. They are those of its newest drawing at once: a key that
 * follows another quickly means what is current by then.
 * @param {string} name
 * @param {KeyAction[]} actions
 */
export function useKeys(name, actions) {
  const area = useRef({ name, actions });
  area.current.actions = actions;
  useLayoutEffect(() => {
    const own = area.current;
    areas.value = [...areas.value, own];
    return () => {
      areas.value = areas.value.filter((one) => one !== own);
    };
  }, []);
}

/**
 * Return what a key does now, the innermost area first.
 * @param {{name: string, actions: KeyAction[]}[]} all
 * @param {string} key
 */
export function actionOf(all, key) {
  for (const area of [...all].reverse()) {
    const found = area.actions.find((one) => one.key.split(" ").includes(key));
    if (found) return found;
  }
  return undefined;
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=range])"))
  );
}

/**
 * Say whether what has the focus moves by a key itself: choices and sliders by arrows, and what scrolls up and down.
 * @param {EventTarget | null} target
 * @param {string} key
 */
function movesItself(target, key) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.matches("[type=radio], [type=range]")) return key.startsWith("Arrow") || TO_ENDS.has(key);
  return target.matches("[role=group], [role=log]") && (UP_AND_DOWN.has(key) || TO_ENDS.has(key));
}

/**
 * Say whether a key is for what has the focus.
 * @param {KeyboardEvent} event
 */
function isForTarget({ key, target }) {
  if (key !== "Escape" && (isTyping(target) || document.querySelector("dialog[open]"))) return true;
  const isPress = key === "Enter" || key === " ";
  if (isPress && target instanceof HTMLElement && target.closest("a, button, summary, label, input")) return true;
  return movesItself(target, key);
}

/** Let keys answer wherever nobody types. */
export function followKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (isForTarget(event)) return;
    const action = actionOf(areas.value, event.key);
    if (!action) return;
    event.preventDefault();
    action.run();
  });
}
