/** Reflect: your Rational Future Self answers from your own evidence; your notes below. */

import { send } from "../core/api.js";
import { html } from "../core/html.js";
import { useKeys } from "../core/keys.js";
import { Resource } from "../core/resource.js";
import { askPerson } from "../parts/dialog.js";
import { change } from "../parts/notices.js";
import { Empty, Shown } from "../parts/states.js";
import { useEffect } from "../vendor/hooks.js";

const notes = new Resource(["note.", "import.done", "import.undone"]);

/** @param {{desk: any}} props */
export function Screen({ desk }) {
  useEffect(() => desk.watch(notes), []);
  useEffect(() => void notes.open("/api/notes"), []);
  useKeys("Reflect", [{ key: "m", what: "Memo: write a note on today", run: () => void write() }]);
  return html`<div data-command="coach note list">
    <header class="page-head">
      <h1>Reflect</h1>
      <button type="button" onClick=${() => void write()}>Note on today <kbd>m</kbd></button>
    </header>
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
  </div>`;
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
