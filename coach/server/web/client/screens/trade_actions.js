/** What is done with a trade: a label, a note; each is taken back by a key. */

import { ask, send } from "../core/api.js";
import { askPerson } from "../parts/dialog.js";
import { change, say } from "../parts/notices.js";
import { useMemo } from "../vendor/hooks.js";

/**
 * Say whether a trade was a habit; taken back, the answer before stands again.
 * @param {string} id
 * @param {string} bias
 * @param {string} answer
 * @param {string | undefined} before
 */
export async function giveLabel(id, bias, answer, before) {
  const give = (/** @type {string} */ said) => send("/api/labels", { body: { trade: id, bias, answer: said } });
  const undo = () => (before === undefined ? sendRemoval(id, bias) : give(before));
  await change(() => give(answer), `${bias}: ${answer}`, undo);
}

/**
 * Take a label away.
 * @param {string} id
 * @param {string} bias
 * @param {string} before
 */
export async function removeLabel(id, bias, before) {
  const undo = () => send("/api/labels", { body: { trade: id, bias, answer: before } });
  await change(() => sendRemoval(id, bias), `${bias}: the label is removed`, undo);
}

/**
 * @param {string} id
 * @param {string} bias
 */
function sendRemoval(id, bias) {
  return send(`/api/labels/${id}/${encodeURIComponent(bias)}`, { method: "DELETE" });
}

/**
 * Write a note on a trade.
 * @param {string} id
 * @param {string} symbol
 */
async function writeNote(id, symbol) {
  const text = await askPerson({ title: `Note on ${symbol}`, label: "Note", yes: "Keep it" });
  if (!text?.trim()) return;
  let number = 0;
  await change(
    async () => {
      number = (await send("/api/notes", { body: { trade: id, text } })).data.id;
    },
    "noted",
    () => send(`/api/notes/${number}`, { method: "DELETE" }),
  );
}

/**
 * What is done with the current trade.
 * @param {string | undefined} id
 * @param {any} row
 * @param {any} data
 */
export function useTradeActions(id, row, data) {
  return useMemo(() => {
    /**
     * @param {string} answer
     * @param {string} [bias]
     */
    const label = async (answer, bias) => {
      if (!id) return;
      const { data: found } = await ask(`/api/screens/trades/${id}`);
      const habit = bias ?? found.asked[0]?.bias;
      if (!habit) say("nothing is asked of this trade; L labels any habit");
      else await giveLabel(id, habit, answer, found.answers[habit]);
    };
    const labelAny = async () => {
      if (!id) return;
      const title = "Which habit?";
      const bias = await askPerson({ title, label: "Habit", choices: data.habits, yes: "Go on" });
      if (!bias) return;
      const choices = ["yes", "no", "unsure"];
      const answer = await askPerson({ title: `Was it ${bias}?`, label: "Answer", choices, yes: "Keep it" });
      if (answer) await label(answer, bias);
    };
    const note = () => (id ? writeNote(id, row?.symbol ?? "the trade") : undefined);
    return { label, labelAny, note };
  }, [id, row, data]);
}
