/** Imports: drag a statement in, see what it would bring, bring it; take it back. */

import { send } from "../core/api.js";
import { html } from "../core/html.js";
import { useKeys } from "../core/keys.js";
import { Resource } from "../core/resource.js";
import { refine } from "../core/router.js";
import { askPerson } from "../parts/dialog.js";
import { Drawer } from "../parts/drawer.js";
import { Lines } from "../parts/lines.js";
import { useListKeys } from "../parts/list.js";
import { change } from "../parts/notices.js";
import { Empty, Shown, Warnings } from "../parts/states.js";
import { useCallback, useEffect, useRef, useState } from "../vendor/hooks.js";
import { Balances } from "./balances.js";
import { Bring } from "./bring.js";
import { Record } from "./record.js";

const imports = new Resource(["import.", "account.", "candles.stored", "zone.changed"]);

/** @param {{desk: any, query: Record<string, string>}} props */
export function Screen({ desk, query }) {
  useEffect(() => desk.watch(imports), []);
  useEffect(() => void imports.open("/api/screens/imports"), []);
  const [files, setFiles] = useState(/** @type {File[]} */ ([]));
  const picker = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [isOver, setOver] = useState(false);
  useKeys("Imports", [
        { key: "i", what: "Bring a file, with a preview", run: () => picker.current?.click() },
        { key: "s", what: "Sync: read what is new at the broker", run: () => void sync() },
      ]);
  const take = (/** @type {FileList | null | undefined} */ list) => setFiles([...(list ?? [])]);
  return html`<div
    data-command="coach import list"
    onDragOver=${(/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setOver(true);
    }}
    onDragLeave=${(/** @type {DragEvent} */ event) => event.currentTarget === event.target && setOver(false)}
    onDrop=${(/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setOver(false);
      take(event.dataTransfer?.files);
    }}
  >
    <header class="page-head">
      <h1>Imports</h1>
      <button type="button" onClick=${() => void sync()}>Sync <kbd>s</kbd></button>
    </header>
    <section class=${isOver ? "drop over" : "drop"} aria-label="Bring a statement">
      <p><strong>Drop a statement here</strong>, or choose one. You see what is new in it before anything is kept.</p>
      <p class="quiet">Of Coinbase, Binance, Kraken and many others; of any other file coach asks which column is what. A known fill counts once.</p>
      <label class="button primary"
        >Choose a file <kbd>i</kbd
        ><input
          class="visually-hidden"
          type="file"
          accept=".csv,.tsv,.txt,.xlsx,.xls,.ods,text/csv"
          ref=${picker}
          onChange=${(/** @type {any} */ event) => {
            take(event.currentTarget.files);
            event.currentTarget.value = "";
          }}
      /></label>
    </section>
    ${files.map(
      (file) => html`<${Bring}
        key=${`${file.name}${file.size}${file.lastModified}`}
        file=${file}
        desk=${desk}
        done=${() => setFiles((all) => all.filter((one) => one !== file))}
      />`,
    )}
    <${Shown} of=${imports} what="imports">
      ${(/** @type {any} */ data, /** @type {any} */ found) => html`<${Warnings} lines=${found.warnings} />
        ${data.runs.length
          ? html`<${Runs} runs=${data.runs} open=${query.run ?? ""} />`
          : html`<${Empty} title="Nothing imported yet">
              <p>The first statement may be as long as you like: the more trades, the more can be said.</p>
            <//>`}`}
    <//>
    <div class="stack whole">
      <${Record} desk=${desk} />
      <${Balances} desk=${desk} />
    </div>
  </div>`;
}

/** @param {{runs: any[], open: string}} props */
function Runs({ runs, open }) {
  const [cursor, setCursor] = useState(Math.max(0, runs.findIndex((one) => one.run_id === open)));
  const openRow = useCallback(
    (/** @type {number} */ at) => {
      setCursor(at);
      refine({ run: runs[at]?.run_id ?? "" });
    },
    [runs],
  );
  const move = useCallback((/** @type {number} */ at) => (open ? openRow(at) : setCursor(at)), [open, openRow]);
  const close = useCallback(() => refine({ run: "" }), []);
  useListKeys(runs.length, cursor, move, openRow);
  const current = runs.find((one) => one.run_id === open);
  useKeys("Imports of a list", [{ key: "x", what: "Take an import back", run: () => void takeBack(current ?? runs[cursor]) }]);
  return html`<div class=${current ? "split open" : "split"}>
    <ul class="rows">
      ${runs.map(
        (one, at) => html`<li key=${one.run_id}>
          <div class=${at === cursor ? "row run current" : "row run"} data-row=${at} data-run=${one.run_id} onClick=${() => openRow(at)}>
            <button type="button" class="row-name">${one.words.label}</button>
            <span class=${`chip ${one.state}`}>${one.words.state}</span>
            <span class="quiet rule-facts">
              <span>${one.words.account}</span>
              <span>new <b data-field="new">${one.words.new}</b></span>
              <span>known <b data-field="known">${one.words.known}</b></span>
              <span>skipped <b data-field="skipped_count">${one.words.skipped_count}</b></span>
              <span data-field="started_at">${one.words.started_at}</span>
            </span>
          </div>
        </li>`,
      )}
    </ul>
    ${current &&
    html`<${Drawer} title=${current.words.label} label="Import" close=${close}>
      <${Lines} lines=${current.lines} label="What it did" />
      <p class="actions start">
        <button type="button" class="danger" onClick=${() => void takeBack(current)}>Take it back <kbd>x</kbd></button>
      </p>
    <//>`}
  </div>`;
}

/** @param {any} run */
async function takeBack(run) {
  if (!run) return;
  const yes = await askPerson({
    title: `Take back the import of ${run.words.label}?`,
    body: html`<p>Its fills leave. Importing it again brings them back.</p>`,
    yes: "Take it back",
    danger: true,
  });
  if (yes !== null) await change(() => send(`/api/imports/${run.run_id}`, { method: "DELETE" }), "taken back");
}

async function sync() {
  await change(() => send("/api/imports/sync", { body: {} }), "asked for; a worker reads what is new");
}

