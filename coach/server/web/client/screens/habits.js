/** Habits by what is known of them: level, interval, n, what would change my mind; and questions. */

import { send } from "../core/api.js";
import { html } from "../core/html.js";
import { useKeys } from "../core/keys.js";
import { Resource } from "../core/resource.js";
import { refine } from "../core/router.js";
import { Drawer } from "../parts/drawer.js";
import { Lines } from "../parts/lines.js";
import { useListKeys } from "../parts/list.js";
import { change, say } from "../parts/notices.js";
import { Empty, Shown, Warnings } from "../parts/states.js";
import { useCallback, useEffect, useState } from "../vendor/hooks.js";

const LIVES = [
  ...["import.done", "import.undone", "fill.", "candles.stored", "bias.", "trait.", "label."],
  ...["plan.", "question.", "zone.changed"],
];
const habits = new Resource(LIVES);
const evidence = new Resource(LIVES);
const ANSWERS = [
  ["yes", "Yes, a rule of mine", "Y"],
  ["no", "No", "N"],
  ["unsure", "Unsure", "U"],
];

/** @param {{desk: any, query: Record<string, string>}} props */
export function Screen({ desk, query }) {
  useEffect(() => desk.watch(habits), []);
  useEffect(() => void habits.open("/api/screens/habits"), []);
  return html`<div data-command="coach biases" aria-busy=${habits.found.value.again}>
    <header class="page-head"><h1>Habits</h1></header>
    <${Shown} of=${habits} what="habits">
      ${(/** @type {any} */ data, /** @type {any} */ found) =>
        data.anything
          ? html`<${Warnings} lines=${found.warnings} />
              <${Groups} data=${data} desk=${desk} open=${query.habit ?? ""} />`
          : html`<${Empty} title="Not enough trades yet">
              <p>Habits are tested against your own trades, shuffled. "Not enough evidence yet" is an
              answer, too; bring fills to begin.</p>
              <p class="actions start">
                <a class="button primary" href="/imports" data-screen>Bring a statement</a>
              </p>
            <//>`}
    <//>
  </div>`;
}

/** @param {{data: any, desk: any, open: string}} props */
function Groups({ data, desk, open }) {
  const groups = data.groups.filter((/** @type {any} */ one) => one.rows.length);
  const rows = groups.flatMap((/** @type {any} */ one) => one.rows);
  const [cursor, setCursor] = useState(
    Math.max(0, rows.findIndex((/** @type {any} */ one) => one.bias === open)),
  );
  const openRow = useCallback(
    (/** @type {number} */ at) => {
      setCursor(at);
      refine({ habit: rows[at]?.bias ?? "" });
    },
    [data],
  );
  const move = useCallback(
    (/** @type {number} */ at) => (open ? openRow(at) : setCursor(at)),
    [open, openRow],
  );
  const close = useCallback(() => refine({ habit: "" }), []);
  useListKeys(rows.length, cursor, move, openRow);
  const asked = data.questions.filter((/** @type {any} */ one) => one.answer === null);
  const answer = (/** @type {string} */ said) => {
    const one = asked[0];
    if (one) void answerQuestion(one.question, said);
    else say("nothing is asked; Y, N and U answer a question");
  };
  useKeys("Habits",
        ANSWERS.map(([said, name, key]) => ({ key: key ?? "", what: name ?? "", run: () => answer(said ?? "") })),);
  let place = -1;
  return html`<div class=${open ? "split open" : "split"}>
    <div class="stack">
      ${data.questions.length > 0 && html`<${Questions} questions=${data.questions} />`}
      ${groups.map(
        (/** @type {any} */ group) => html`<section key=${group.group} aria-label=${group.title}>
          <h2 class="group-title">${group.title}</h2>
          <ul class="rows">
            ${group.rows.map((/** @type {any} */ row) => {
              place += 1;
              const at = place;
              return html`<li key=${row.bias}>
                <${Habit} row=${row} at=${at} current=${at === cursor} open=${() => openRow(at)} />
              </li>`;
            })}
          </ul>
        </section>`,
      )}
    </div>
    ${open && html`<${Evidence} bias=${open} desk=${desk} close=${close} />`}
  </div>`;
}

/** @param {{row: any, at: number, current: boolean, open: () => void}} props */
function Habit({ row, at, current, open }) {
  const { words } = row;
  const isTest = row.group !== "fact";
  return html`<div
    class=${current ? "row habit current" : "row habit"}
    data-row=${at}
    data-habit=${row.bias}
    onClick=${open}
  >
    <button type="button" class="row-name" aria-current=${current ? "true" : undefined}>
      ${row.name}
    </button>
    <span class=${`chip ${row.level}`} data-field="shown_level">${words.shown_level}</span>
    ${isTest && row.interval
      ? html`<${Interval} row=${row} />`
      : html`<span class="quiet interval-words">${row.lacks.length ? `lacks ${row.lacks.join(", ")}` : ""}</span>`}
    <span class="quiet counts">
      <span>n <b data-field="n">${words.n}</b></span>
      ${row.needed > 0 && html`<span>needs <b data-field="needed">${words.needed}</b> more</span>`}
      ${row.score !== null && html`<span>score <b data-field="score">${words.score}</b></span>`}
    </span>
  </div>`;
}

/**
 * The effect and its interval, in numbers and drawn on a scale of its own.
 * @param {{row: any}} props
 */
function Interval({ row }) {
  const [low, high] = row.interval;
  const none = row.unit.includes("ratio") ? 1 : 0;
  const from = Math.min(low, none);
  const to = Math.max(high, none);
  const room = (to - from) * 0.08 || 1;
  const x = (/** @type {number} */ value) => (100 * (value - from + room)) / (to - from + 2 * room);
  return html`<span class="interval">
    <svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
      <line class="none" x1=${x(none)} x2=${x(none)} y1="0" y2="16" />
      <line class="range" x1=${x(low)} x2=${x(high)} y1="8" y2="8" />
      <line class="at" x1=${x(row.effect)} x2=${x(row.effect)} y1="2" y2="14" />
    </svg>
    <span class="interval-words"
      ><b data-field="effect">${row.words.effect}</b>
      <span class="quiet">(<span data-field="interval">${row.words.interval}</span>) ${row.words.unit}</span></span
    >
  </span>`;
}

/** @param {{bias: string, desk: any, close: () => void}} props */
function Evidence({ bias, desk, close }) {
  useEffect(() => desk.watch(evidence), []);
  useEffect(() => void evidence.open(`/api/screens/habits/${encodeURIComponent(bias)}`), [bias]);
  return html`<${Drawer} title=${bias} label="Habit" close=${close}>
    <${Shown} of=${evidence} what="the evidence">
      ${(/** @type {any} */ found) => html`<div class="stack" data-command=${`coach why ${bias}`} data-evidence=${found.bias}>
        <${Lines} lines=${[found.title]} label="What is said" />
        <h3>What stands behind it, and what would change my mind</h3>
        <${Lines} lines=${found.lines} label="Evidence" />
      </div>`}
    <//>
  <//>`;
}

/** @param {{questions: any[]}} props */
function Questions({ questions }) {
  return html`<section class="card" aria-label="Questions about rules of yours">
    <h2>Questions about rules of yours</h2>
    ${questions.map(
      (one) => html`<div key=${one.question} class="asked" data-question=${one.question}>
        <${Lines} lines=${one.lines} />
        <p class="actions start">
          ${ANSWERS.map(
            ([said, name, key]) => html`<button
              type="button"
              key=${said}
              aria-pressed=${one.answer === said}
              onClick=${() => void answerQuestion(one.question, said ?? "")}
            >
              ${name} <kbd>${key}</kbd>
            </button>`,
          )}
        </p>
      </div>`,
    )}
  </section>`;
}

/**
 * @param {string} question
 * @param {string} answer
 */
function answerQuestion(question, answer) {
  const path = `/api/questions/${encodeURIComponent(question)}/answer`;
  return change(() => send(path, { body: { answer } }), `${question}: ${answer}`);
}
