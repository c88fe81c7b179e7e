/** Rules: what was promised, how it is kept, what is proposed; edited with a dry run as one types. */

import { send } from "../core/api.js";
import { html } from "../core/html.js";
import { useKeys } from "../core/keys.js";
import { isPrivate } from "../core/looks.js";
import { Resource } from "../core/resource.js";
import { refine } from "../core/router.js";
import { Drawer } from "../parts/drawer.js";
import { Lines, Words } from "../parts/lines.js";
import { useListKeys } from "../parts/list.js";
import { change, say } from "../parts/notices.js";
import { Empty, Shown, Warnings } from "../parts/states.js";
import { Tip } from "../parts/tip.js";
import { useCallback, useEffect, useState } from "../vendor/hooks.js";
import { RuleForm } from "./rule_form.js";

const LIVES = [
  ...["import.done", "import.undone", "fill.", "candles.stored", "rule.", "plan.", "setting."],
  ...["experiment.", "zone.changed"],
];
const rules = new Resource(LIVES);
const revisions = new Resource(["rule."]);

/** @param {{desk: any, query: Record<string, string>}} props */
export function Screen({ desk, query }) {
  useEffect(() => desk.watch(rules), []);
  useEffect(() => void rules.open("/api/screens/rules"), []);
  return html`<div data-command="coach rules list" aria-busy=${rules.found.value.again}>
    <${Shown} of=${rules} what="rules">
      ${(/** @type {any} */ data, /** @type {any} */ found) => html`<${Warnings} lines=${found.warnings} />
        <${Rules} data=${data} desk=${desk} query=${query} />`}
    <//>
  </div>`;
}

/** @param {{data: any, desk: any, query: Record<string, string>}} props */
function Rules({ data, desk, query }) {
  const [cursor, setCursor] = useState(
    Math.max(0, data.rules.findIndex((/** @type {any} */ one) => one.id === query.rule)),
  );
  const [form, setForm] = useState(/** @type {{rule: any} | null} */ (null));
  const open = query.rule ?? "";
  const at = Math.min(cursor, Math.max(0, data.rules.length - 1));
  const openRow = useCallback(
    (/** @type {number} */ there) => {
      setCursor(there);
      setForm(null);
      refine({ rule: data.rules[there]?.id ?? "" });
    },
    [data],
  );
  const move = useCallback(
    (/** @type {number} */ there) => (open ? openRow(there) : setCursor(there)),
    [open, openRow],
  );
  const close = useCallback(() => {
    setForm(null);
    refine({ rule: "" });
  }, []);
  useListKeys(data.rules.length, at, move, openRow);
  const current = data.rules.find((/** @type {any} */ one) => one.id === open) ?? data.rules[at];
  const proposal = data.proposals.find((/** @type {any} */ one) => one.rule_id === current?.id) ?? data.proposals[0];
  useKeys("Rules", [
        { key: "n", what: "New rule", run: () => setForm({ rule: null }) },
        { key: "e", what: "Edit, with a dry run", run: () => current && setForm({ rule: current }) },
        { key: "x", what: "Pause or resume", run: () => void switchRule(current) },
        { key: "D", what: "Remove", run: () => void removeRule(current) },
        { key: "b", what: "Back to the revision before", run: () => void rollBack(current) },
        { key: "A", what: "Accept the proposal", run: () => void decide(proposal, "accept") },
        { key: "d", what: "Dismiss the proposal", run: () => void decide(proposal, "dismiss") },
        { key: "c", what: "Calibrate: ask your labels", run: () => void calibrate(current) },
      ]);
  const shows = Boolean(form) || (open !== "" && current);
  return html`<header class="page-head">
      <h1>Rules</h1>
      <p class="actions">
        <button type="button" class="primary" onClick=${() => setForm({ rule: null })}>
          New rule <kbd>n</kbd>
        </button>
      </p>
    </header>
    <div class=${shows ? "split open" : "split"}>
      <div class="stack">
        ${data.proposals.map((/** @type {any} */ one) => html`<${Proposal} key=${one.id} one=${one} />`)}
        ${data.rules.length
          ? html`<ul class="rows">
              ${data.rules.map(
                (/** @type {any} */ one, /** @type {number} */ place) => html`<li key=${one.id}>
                  <${Rule} rule=${one} at=${place} current=${place === at} open=${() => openRow(place)} />
                </li>`,
              )}
            </ul>`
          : html`<${Presets} presets=${data.presets} />`}
      </div>
      ${shows &&
      html`<${Drawer} title=${form ? (form.rule ? `Edit ${form.rule.id}` : "New rule") : current.id} label="Rule" close=${close}>
        ${form
          ? html`<${RuleForm} key=${form.rule?.id ?? ""} rule=${form.rule} done=${() => setForm(null)} />`
          : html`<${Page} rule=${current} desk=${desk} edit=${() => setForm({ rule: current })} />`}
      <//>`}
    </div>`;
}

/** @param {{rule: any, at: number, current: boolean, open: () => void}} props */
function Rule({ rule, at, current, open }) {
  return html`<div class=${current ? "row rule current" : "row rule"} data-row=${at} data-rule=${rule.id} onClick=${open}>
    <button type="button" class="row-name" aria-current=${current ? "true" : undefined}><${Words} said=${rule.said} /></button>
    <span class="rule-badges">
      ${rule.moved &&
      html`<${Tip} short=${html`<${Words} said=${rule.moved.short} />`} label=${`${rule.id} moved`}>
        <${Lines} lines=${rule.moved.lines} />
      <//>`}
      <span class=${`chip ${rule.state}`}>${rule.state}</span>
    </span>
    <span class="quiet rule-facts">
      <code>${rule.id}</code>
      <span>broken <b data-field="breaches">${rule.words.breaches}</b> times</span>
      <span>last <b data-field="last_breach">${rule.words.last_breach}</b></span>
    </span>
  </div>`;
}

/** @param {{one: any}} props */
function Proposal({ one }) {
  return html`<section class="card proposal" aria-label=${`Proposal for ${one.rule_id}`}>
    <h2><${Words} said=${one.title} /></h2>
    <p><${Words} said=${one.sentence} /></p>
    <p class="actions start">
      <button type="button" class="primary" onClick=${() => void decide(one, "accept")}>Accept <kbd>A</kbd></button>
      <button type="button" onClick=${() => void decide(one, "dismiss")}>Dismiss <kbd>d</kbd></button>
    </p>
  </section>`;
}

/** @param {{rule: any, desk: any, edit: () => void}} props */
function Page({ rule, desk, edit }) {
  useEffect(() => desk.watch(revisions), []);
  useEffect(() => void revisions.open(`/api/screens/rules/${rule.id}/history`), [rule.id]);
  return html`<div class="stack" data-command=${`coach rules show ${rule.id}`} data-page=${rule.id}>
    <p><strong><${Words} said=${rule.title} /></strong></p>
    <p class="actions start">
      <button type="button" onClick=${edit}>Edit <kbd>e</kbd></button>
      <button type="button" onClick=${() => void switchRule(rule)}>${rule.active ? "Pause" : "Resume"} <kbd>x</kbd></button>
      <button type="button" onClick=${() => void calibrate(rule)}>Calibrate <kbd>c</kbd></button>
      <button type="button" class="danger" onClick=${() => void removeRule(rule)}>Remove <kbd>D</kbd></button>
    </p>
    <${Lines} lines=${rule.lines} label="The rule" />
    <h3>Revisions</h3>
    <${Shown} of=${revisions} what="revisions">
      ${(/** @type {any} */ found) => html`<ol class="revisions">
        ${found.map(
          (/** @type {any} */ one, /** @type {number} */ at) => html`<li key=${one.revision}>
            <p><b>${one.revision}</b> <${Words} said=${one.title} /></p>
            <${Lines} lines=${one.changes} label=${`What revision ${one.revision} changed`} />
            ${at > 0 &&
            html`<button type="button" class="link" onClick=${() => void rollBack(rule, one.revision)}>
              Go back to revision ${one.revision}
            </button>`}
          </li>`,
        )}
      </ol>`}
    <//>
  </div>`;
}

/** @param {{presets: any[]}} props */
function Presets({ presets }) {
  return html`<${Empty} title="No rules yet">
    <p>A rule is a promise of yours. Write one, or begin with a set:</p>
    <ul class="stack">
      ${presets.map(
        (one) => html`<li key=${one.name} class="card">
          <h3>${one.title}</h3>
          <ul class="sentences">
            ${one.rules.map((/** @type {any} */ rule) => html`<li key=${rule.sentence}>${rule.sentence}</li>`)}
          </ul>
          <p class="actions start">
            <button type="button" onClick=${() => void takePreset(one)}>Promise these</button>
          </p>
        </li>`,
      )}
    </ul>
  <//>`;
}

/** @param {any} preset */
function takePreset(preset) {
  const body = preset.rules.map((/** @type {any} */ one) => ({ kind: one.kind, params: one.params }));
  return change(() => send("/api/rules", { body }), `${preset.title}: promised`);
}

/** @param {any} rule */
async function switchRule(rule) {
  if (!rule) return;
  const path = (/** @type {string} */ what) => `/api/rules/${rule.id}/${what}`;
  const [does, back] = rule.active ? ["pause", "resume"] : ["resume", "pause"];
  await change(() => send(path(does ?? ""), {}), `${rule.id}: ${rule.active ? "paused" : "active"}`, () => send(path(back ?? ""), {}));
}

/** @param {any} rule */
async function removeRule(rule) {
  if (!rule) return;
  const back = () => send(`/api/rules/${rule.id}/rollback`, { body: { to: rule.revision } });
  await change(() => send(`/api/rules/${rule.id}`, { method: "DELETE" }), `removed ${rule.id}`, back);
  refine({ rule: "" });
}

/**
 * @param {any} rule
 * @param {number} [to]
 */
async function rollBack(rule, to) {
  if (!rule) return;
  const path = `/api/rules/${rule.id}/rollback`;
  await change(
    () => send(path, { body: to === undefined ? {} : { to } }),
    `${rule.id}: back at ${to === undefined ? "the revision before" : `revision ${to}`}`,
    () => send(path, { body: { to: rule.revision } }),
  );
}

/**
 * @param {any} proposal
 * @param {"accept" | "dismiss"} what
 */
async function decide(proposal, what) {
  if (!proposal) say("nothing is proposed");
  else {
    const path = `/api/rules/proposals/${proposal.id}`;
    const undo = what === "dismiss" ? () => send(`${path}/reopen`, {}) : undefined;
    await change(() => send(`${path}/${what}`, {}), `${proposal.rule_id}: ${what}ed`, undo);
  }
}

/** @param {any} rule */
async function calibrate(rule) {
  if (!rule) return;
  let sentence = "";
  const done = await change(async () => {
    const { data } = await send("/api/rules/calibrate", { body: { rule: rule.id } });
    sentence = (Array.isArray(data) ? data[0] : data)?.sentence ?? "";
  }, `${rule.id}: your labels were asked`);
  if (done && sentence && !isPrivate.value) say(sentence);
}
