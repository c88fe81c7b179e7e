/** One file on its way in: what it cannot say, a preview of what would be new, then the import. */

import { seams, send } from "../core/api.js";
import { html } from "../core/html.js";
import { Resource } from "../core/resource.js";
import { Words } from "../parts/lines.js";
import { say } from "../parts/notices.js";
import { Trouble } from "../parts/states.js";
import { useEffect, useRef, useState } from "../vendor/hooks.js";
import { ColumnsForm, QuestionsForm } from "./mapping_form.js";

/** @typedef {import("../core/api.js").Refused} Refused */
/** @typedef {"reading" | "columns" | "questions" | "preview" | "importing" | "refused"} Stage */
/** @typedef {{columns: Record<string, string>, answers: Record<string, string>, zone: string, account: string, save: string}} Told */

/** @type {Told} What a person said of a file; nothing at first. */
const NOTHING_TOLD = { columns: {}, answers: {}, zone: "", account: "", save: "" };

/**
 * Return what is known of a file after further answers; that about its clock has a field
 * of its own.
 * @param {Told} told
 * @param {Record<string, string>} answers
 * @returns {Told}
 */
export function withAnswers(told, answers) {
  const { clock, ...others } = answers;
  return {
    ...told,
    ...(clock ? { zone: clock } : {}),
    answers: { ...told.answers, ...others },
  };
}

/**
 * Return where a file stands by what a look at it answered.
 * @param {any} data
 * @returns {Stage}
 */
export function stageOf(data) {
  if (data.runs.length) return "preview";
  return data.fields.length ? "columns" : "questions";
}

/**
 * Return what the imports of a file come to together.
 * @param {any[]} runs
 * @returns {Record<string, number>}
 */
export function sumOf(runs) {
  const sum = (/** @type {string} */ name) => runs.reduce((all, run) => all + run[name], 0);
  return Object.fromEntries(Object.keys(NAMES).map((name) => [name, sum(name)]));
}

/**
 * Return of which accounts the rows are imported apart; null is a file of one account, or one into
 * which all of it goes.
 * @param {any[]} runs
 * @param {Told} told
 * @returns {(string | null)[]}
 */
export function partsOf(runs, told) {
  if (runs.length < 2 || told.account.trim()) return [null];
  return runs.map((run) => run.account);
}

/**
 * Return the form of an upload.
 * @param {File} file
 * @param {Told} told
 * @param {string | null} part the account whose rows are read; null is all
 */
function formOf(file, told, part = null) {
  const form = new FormData();
  if (part !== null) form.append("rows_of", part);
  form.append("file", file);
  for (const name of /** @type {const} */ (["zone", "account", "save"])) {
    if (told[name].trim()) form.append(name, told[name].trim());
  }
  for (const name of /** @type {const} */ (["columns", "answers"])) {
    if (Object.keys(told[name]).length) form.append(name, JSON.stringify(told[name]));
  }
  return form;
}

/** @param {{file: File, desk: any, done: () => void}} props */
export function Bring({ file, desk, done }) {
  const [stage, setStage] = useState(/** @type {Stage} */ ("reading"));
  const [found, setFound] = useState(/** @type {any} */ (null));
  const [layout, setLayout] = useState(/** @type {any} */ (null));
  const [error, setError] = useState(/** @type {Refused | null} */ (null));
  const [told, setTold] = useState(NOTHING_TOLD);
  const [isSent, setSent] = useState(false);
  const keys = useRef(/** @type {Record<string, string>} */ ({}));
  const look = async (/** @type {Told} */ known) => {
    setTold(known);
    setSent(true);
    setError(null);
    try {
      const answer = await send("/api/screens/statement", { form: formOf(file, known) });
      setFound(answer);
      if (answer.data.fields.length) setLayout(answer.data);
      if (answer.data.mapped) setTold({ ...known, save: known.save || answer.data.name });
      setStage(stageOf(answer.data));
    } catch (refused) {
      setError(/** @type {Refused} */ (refused));
      setStage((now) => (now === "reading" ? "refused" : now));
    }
    setSent(false);
  };
  const bring = async () => {
    setStage("importing");
    setError(null);
    try {
      const brought = [];
      for (const part of partsOf(found.data.runs, told)) {
        const key = (keys.current[part ?? ""] ??= seams.key());
        brought.push((await send("/api/imports", { form: formOf(file, told, part), key })).data);
      }
      const sum = sumOf(brought);
      say(`${file.name}: ${sum.new} new, ${sum.known} known, ${sum.skipped_count} skipped`);
      done();
    } catch (refused) {
      const trouble = /** @type {Refused} */ (refused);
      if (trouble.status) keys.current = {};
      setError(trouble);
      setStage("preview");
    }
  };
  useEffect(() => void look(NOTHING_TOLD), []);
  const card = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (stage !== "reading" && document.activeElement === document.body) card.current?.focus();
  }, [stage, found]);
  return html`<section class="card bring" tabindex="-1" ref=${card} aria-label=${file.name} data-stage=${stage}>
    <div class="card-head">
      <h2>${file.name}</h2>
      <button type="button" class="icon" aria-label=${`Put ${file.name} away`} onClick=${done}>×</button>
    </div>
    ${stage === "reading" && html`<p role="status">Reading what it would bring</p>`}
    ${stage === "importing" && html`<${Progress} desk=${desk} total=${found ? sumOf(found.data.runs).fetched : 0} />`}
    ${error && html`<${Trouble} error=${error} again=${stage === "refused" ? () => void look(told) : undefined} />`}
    ${stage === "columns" &&
    html`<${ColumnsForm} data=${layout} sent=${isSent} submit=${(/** @type {Record<string, string>} */ columns) => void look({ ...told, columns })} />`}
    ${stage === "questions" &&
    html`<${QuestionsForm}
      key=${found.data.questions.map((/** @type {any} */ one) => one.name).join()}
      data=${found.data}
      sent=${isSent}
      submit=${(/** @type {Record<string, string>} */ answers) => void look(withAnswers(told, answers))}
    />`}
    ${stage === "preview" && html`<${Preview} found=${found} told=${told} tell=${setTold} />
      <p class="actions start">
        <button type="button" class="primary" disabled=${!sumOf(found.data.runs).new && !sumOf(found.data.runs).changed} onClick=${() => void bring()}>
          Import ${String(sumOf(found.data.runs).new)} new
        </button>
        ${layout && html`<button type="button" onClick=${() => setStage("columns")}>Other columns</button>`}
        <button type="button" onClick=${done}>Leave it</button>
      </p>`}
  </section>`;
}

/** @param {{found: any, told: Told, tell: (told: Told) => void}} props */
function Preview({ found, told, tell }) {
  const { data, warnings } = found;
  const { runs } = data;
  const sum = sumOf(runs);
  const apart = partsOf(runs, told).length > 1;
  const skipped = runs.flatMap((/** @type {any} */ run) => run.skipped);
  const into = runs.length > 1 ? "each into its own" : layoutOwn(told) ? told.save || data.name : runs[0].account;
  const field = (/** @type {"account" | "save"} */ name, /** @type {string} */ title) =>
    html`<label class="field"
      ><span>${title}</span
      ><input autocomplete="off" value=${told[name]} onInput=${(/** @type {any} */ event) => tell({ ...told, [name]: event.currentTarget.value })}
    /></label>`;
  return html`<dl class="numbers" data-preview>
      ${["fetched", "new", "known", "changed", "skipped_count"].map(
        (name) => html`<div key=${name}>
          <dt>${NAMES[name]}</dt>
          <dd data-field=${name}>${String(sum[name])}</dd>
        </div>`,
      )}
    </dl>
    <h3>Its first rows, as they would be read</h3>
    <ul class="first-rows">
      ${data.rows.map(
        (/** @type {any} */ one, /** @type {number} */ at) => html`<li key=${at} class=${one.read ? "" : "loss"}><${Words} said=${one.words} /></li>`,
      )}
    </ul>
    ${apart &&
    html`<ul data-accounts>
      ${runs.map(
        (/** @type {any} */ run) => html`<li key=${run.account}>into ${run.account}: ${String(run.new)} new, ${String(run.known)} known, ${String(run.skipped_count)} skipped</li>`,
      )}
    </ul>`}
    ${skipped.length > 0 &&
    html`<ul class="warnings">
      ${skipped.slice(0, 5).map(
        (/** @type {any} */ one) => html`<li key=${one.line}>line ${String(one.line)}, ${one.column}: ${one.reason}</li>`,
      )}
    </ul>`}
    ${warnings.length > 0 && html`<ul class="warnings">${warnings.map((/** @type {string} */ one) => html`<li key=${one}>${one}</li>`)}</ul>`}
    ${field("account", `Into which account (empty: ${into})`)}
    ${data.mapped && field("save", "Remember this layout for such files under the name")}`;
}

/** @param {Told} told */
function layoutOwn(told) {
  return Object.keys(told.columns).length > 0;
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
