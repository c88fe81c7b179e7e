/** Reflect: your Rational Future Self answers from your own evidence; your notes below. */

import { ask as read, send, seams } from "../core/api.js";
import { html } from "../core/html.js";
import { useKeys } from "../core/keys.js";
import { Resource } from "../core/resource.js";
import { askPerson } from "../parts/dialog.js";
import { Words } from "../parts/lines.js";
import { change, say } from "../parts/notices.js";
import { Empty, Shown } from "../parts/states.js";
import { useEffect, useRef, useState } from "../vendor/hooks.js";

const talk = new Resource(["coach.reflect", "import.done", "import.undone", "fill."]);
const notes = new Resource(["note.", "import.done", "import.undone", "fill."]);
const LOOK_MS = 1500;
const OVER = new Set(["done", "failed", "dead"]);

/** @param {{desk: any}} props */
export function Screen({ desk }) {
  useEffect(() => desk.watch(talk), []);
  useEffect(() => desk.watch(notes), []);
  useEffect(() => void talk.open("/api/screens/reflect"), []);
  useEffect(() => void notes.open("/api/notes"), []);
  useKeys("Reflect", [
    { key: "a", what: "Ask your Rational Future Self", run: () => document.getElementById("question")?.focus() },
    { key: "m", what: "Memo: write a note on today", run: () => void write() },
  ]);
  return html`<div data-command="coach reflect list">
    <header class="page-head"><h1>Reflect</h1></header>
    <div class="reflect-grid">
      <section class="card stack" aria-label="Your Rational Future Self">
        <h2>Your Rational Future Self</h2>
        <${Shown} of=${talk} what="the conversation">
          ${(/** @type {any} */ data) => html`<${Talk} data=${data} />`}
        <//>
      </section>
      <section class="stack" aria-label="Your notes">
        <div class="card-head">
          <h2>Your notes</h2>
          <button type="button" onClick=${() => void write()}>Note on today <kbd>m</kbd></button>
        </div>
        <${Shown} of=${notes} what="your notes">
          ${(/** @type {any} */ data) =>
            data.length
              ? html`<ul class="rows">
                  ${[...data].reverse().map((/** @type {any} */ one) => html`<li key=${one.id}><${Note} one=${one} /></li>`)}
                </ul>`
              : html`<${Empty} title="Nothing written yet">
                  <p>A sentence on a day or on a trade. No habit, rule or digest reads it: these are your own words.</p>
                <//>`}
        <//>
      </section>
    </div>
  </div>`;
}

/** @param {{data: any}} props */
function Talk({ data }) {
  const end = useRef(/** @type {HTMLDivElement | null} */ (null));
  useEffect(() => {
    if (end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [data]);
  return html`<p class="quiet">It answers from your own trades, and says what each sentence rests on. It tells nobody to buy or sell.</p>
    ${data.answers.length > 0 &&
    html`<div class="talk" role="log" aria-label="Conversation" tabindex="0" ref=${end}>
      ${data.answers.map((/** @type {any} */ one) => html`<${Answer} key=${one.id} one=${one} />`)}
    </div>`}
    ${data.can_ask
      ? html`<${Question} after=${data.answers.at(-1)?.id ?? ""} />`
      : html`<p class="quiet">Ask at the terminal: <code>coach reflect WORDS</code>. What it answers appears here.</p>`}`;
}

/** @param {{one: any}} props */
function Answer({ one }) {
  return html`<article data-answer=${one.id}>
    <p class="question">${one.asked ? html`<${Words} said=${one.asked} />` : "How do things stand?"}</p>
    ${one.sentences.map(
      (/** @type {any} */ told, /** @type {number} */ at) => html`<p key=${at} class=${told.claim ? "claim" : ""}>
        <${Words} said=${told} />
        ${told.evidence.length > 0 && html` <span class="quiet rests" title=${told.evidence.join(", ")}>rests on ${restsOn(told.evidence[0])}</span>`}
      </p>`,
    )}
    <p class="quiet">${one.when}, ${one.source === "model" ? "in a language model's words" : "in coach's own words"}</p>
  </article>`;
}

/**
 * Return what a sentence rests on, without the hash of a formula's evidence.
 * @param {string} evidence
 */
export function restsOn(evidence) {
  return evidence.includes("@") ? (evidence.split(":")[0] ?? "") : evidence.replace(":", " ");
}

/** @param {{after: string}} props */
function Question({ after }) {
  const [typed, setTyped] = useState("");
  const [waits, setWaits] = useState("");
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (waits) return;
    setWaits(typed.trim() || "How do things stand?");
    try {
      const body = { question: typed.trim(), ...(after ? { after } : {}) };
      const { data } = await send("/api/reflections", { body });
      await untilOver(data.run_id);
      setTyped("");
      await talk.load();
    } catch (refused) {
      say(/** @type {Error} */ (refused).message, "trouble");
    } finally {
      setWaits("");
    }
  };
  return html`${waits && html`<p class="question waiting-answer" role="status">${waits} <span class="quiet">It thinks; a model may take a minute.</span></p>`}
    <form class="inline" onSubmit=${submit}>
      <label class="field grow"
        ><span>Your question; none asks how things stand <kbd>a</kbd></span
        ><input id="question" autocomplete="off" value=${typed} onInput=${(/** @type {any} */ event) => setTyped(event.currentTarget.value)}
      /></label>
      <button class="primary" disabled=${Boolean(waits)}>Ask</button>
    </form>`;
}

/**
 * Wait until a job is over; a question that was answered before tells no event.
 * @param {string} run
 */
async function untilOver(run) {
  for (;;) {
    const { data } = await read(`/api/jobs/${run}`);
    if (data.state !== "done" && OVER.has(data.state)) throw new Error(data.error || "it could not be answered");
    if (OVER.has(data.state)) return;
    await seams.pause(LOOK_MS);
  }
}

/** @param {{one: any}} props */
function Note({ one }) {
  return html`<div class="row note" data-note=${one.id}>
    <p class="note-text">${one.text}</p>
    <p class="quiet rule-facts">
      <span>${one.about === "day" ? one.day : `${one.symbol ?? "trade"} ${one.trade_id?.slice(0, 8) ?? ""}`}</span>
      <button type="button" class="link" onClick=${() => void edit(one)}>Edit</button>
      <button type="button" class="link" onClick=${() => void remove(one)}>Remove</button>
    </p>
  </div>`;
}

async function write() {
  const text = await askPerson({ title: "Note on today", label: "Note", yes: "Keep it" });
  if (!text?.trim()) return;
  let number = 0;
  await change(
    async () => {
      number = (await send("/api/notes", { body: { day: "today", text } })).data.id;
    },
    "noted",
    () => send(`/api/notes/${number}`, { method: "DELETE" }),
  );
}

/** @param {any} one */
async function edit(one) {
  const text = await askPerson({ title: `Note ${one.id}`, label: "Note", value: one.text, yes: "Keep it" });
  if (!text?.trim() || text === one.text) return;
  const path = `/api/notes/${one.id}`;
  await change(
    () => send(path, { method: "PATCH", body: { text } }),
    `note ${one.id} changed`,
    () => send(path, { method: "PATCH", body: { text: one.text } }),
  );
}

/** @param {any} one */
async function remove(one) {
  const path = `/api/notes/${one.id}`;
  await change(() => send(path, { method: "DELETE" }), `note ${one.id} removed`, () => send(`${path}/restore`, {}));
}
