/** One file on its way in: a preview of what would be new, then the import with its progress. */

import { seams, send } from "../core/api.js";
import { html } from "../core/html.js";
import { Resource } from "../core/resource.js";
import { say } from "../parts/notices.js";
import { Trouble } from "../parts/states.js";
import { useEffect, useRef, useState } from "../vendor/hooks.js";

/** @typedef {import("../core/api.js").Refused} Refused */
/** @typedef {"reading" | "preview" | "importing" | "refused"} Stage */

/** @param {{file: File, desk: any, done: () => void}} props */
export function Bring({ file, desk, done }) {
  const [stage, setStage] = useState(/** @type {Stage} */ ("reading"));
  const [found, setFound] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {Refused | null} */ (null));
  const [account, setAccount] = useState("");
  const key = useRef(seams.key());
  const read = async (/** @type {boolean} */ dryRun) => {
    setStage(dryRun ? "reading" : "importing");
    try {
      const answer = await send("/api/imports", { form: formOf(file, account, dryRun), ...(dryRun ? {} : { key: key.current }) });
      if (dryRun) {
        setFound(answer);
        setStage("preview");
        return;
      }
      say(`${file.name}: ${answer.data.new} new, ${answer.data.known} known, ${answer.data.skipped_count} skipped`);
      done();
    } catch (refused) {
      setError(/** @type {Refused} */ (refused));
      setStage("refused");
    }
  };
  useEffect(() => void read(true), []);
  return html`<section class="card bring" aria-label=${file.name} aria-live="polite" data-stage=${stage}>
    <div class="card-head">
      <h2>${file.name}</h2>
      <button type="button" class="icon" aria-label=${`Put ${file.name} away`} onClick=${done}>×</button>
    </div>
    ${stage === "reading" && html`<p role="status">Reading what it would bring</p>`}
    ${stage === "importing" && html`<${Progress} desk=${desk} total=${found?.data.fetched ?? 0} />`}
    ${stage === "refused" &&
    error &&
    html`<${Trouble} error=${error} again=${() => void read(found === null)} />`}
    ${stage === "preview" &&
    html`<${Preview} found=${found} />
      <label class="field"
        ><span>Into which account (empty: ${found.data.account})</span
        ><input autocomplete="off" value=${account} onInput=${(/** @type {any} */ event) => setAccount(event.currentTarget.value)}
      /></label>
      <p class="actions start">
        <button type="button" class="primary" disabled=${!found.data.new && !found.data.changed} onClick=${() => void read(false)}>
          Import ${String(found.data.new)} new
        </button>
        <button type="button" onClick=${done}>Leave it</button>
      </p>`}
  </section>`;
}

/**
 * Return the form of an upload.
 * @param {File} file
 * @param {string} account
 * @param {boolean} dryRun
 */
function formOf(file, account, dryRun) {
  const form = new FormData();
  form.append("file", file);
  if (account.trim()) form.append("account", account.trim());
  if (dryRun) form.append("dry_run", "true");
  return form;
}

/** @param {{found: any}} props */
function Preview({ found }) {
  const { data, warnings } = found;
  return html`<dl class="numbers" data-preview>
      ${["fetched", "new", "known", "changed", "skipped_count"].map(
        (name) => html`<div key=${name}>
          <dt>${NAMES[name]}</dt>
          <dd data-field=${name}>${String(data[name])}</dd>
        </div>`,
      )}
    </dl>
    ${data.skipped.length > 0 &&
    html`<ul class="warnings">
      ${data.skipped.slice(0, 5).map(
        (/** @type {any} */ one) => html`<li key=${one.line}>line ${String(one.line)}, ${one.column}: ${one.reason}</li>`,
      )}
    </ul>`}
    ${warnings.length > 0 && html`<ul class="warnings">${warnings.map((/** @type {string} */ one) => html`<li key=${one}>${one}</li>`)}</ul>`}`;
}

const NAMES = /** @type {Record<string, string>} */ ({
  fetched: "read",
  new: "new",
  known: "known",
  changed: "changed",
  skipped_count: "skipped",
});

const progress = new Resource(["import.progress"]);

/**
 * How far the import is, as its events say.
 * @param {{desk: any, total: number}} props
 */
function Progress({ desk, total }) {
  useEffect(() => desk.watch(progress), []);
  useEffect(() => {
    progress.path = "";
    void progress.open("/api/jobs?limit=1");
  }, []);
  const told = progress.found.value.data?.[0]?.progress;
  const count = typeof told === "object" && told ? Number(told.fetched ?? told.done ?? 0) : 0;
  return html`<p role="status">Importing${count ? `: ${count} of ${total || "?"} fills` : ""}</p>
    <progress aria-label="Import" max=${total || 1} value=${count || undefined}></progress>`;
}
