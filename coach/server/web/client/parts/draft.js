/** What a person types or chooses over what is kept: news that come meanwhile do not take it away. */

import { useState } from "../vendor/hooks.js";

/**
 * Show what is kept until something else is typed; that stays until it is settled.
 *
 * An effect that copies what is kept into the state would run after the paint, and could
 * overwrite what was typed since.
 * @template T
 * @param {T} kept
 * @returns {{shown: T, type: (typed: T) => void, settle: (typed: T) => void}}
 */
export function useDraft(kept) {
  const [draft, setDraft] = useState(/** @type {{typed: T} | null} */ (null));
  return {
    shown: draft ? draft.typed : kept,
    type: (typed) => setDraft({ typed }),
    settle: (typed) => setDraft((now) => (now && now.typed === typed ? null : now)),
  };
}
