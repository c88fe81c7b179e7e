/** A rule as it is written: its kind and parameters, and beside them what it would have caught. */

import { ask, send } from "../core/api.js";
import { html } from "../core/html.js";
import { Resource } from "../core/resource.js";
import { Lines } from "../parts/lines.js";
import { change } from "../parts/notices.js";
import { useEffect, useMemo, useState } from "../vendor/hooks.js";

const schema = new Resource([]);
const SETTLED_MS = 200;
const WHOLE = new Set(["all", "any"]);

/**
 * Return the parameters of a kind, as a schema has them.
 * @param {any} whole
 * @param {string} kind
 * @returns {{name: string, about: string, required: boolean, value: string}[]}
 */
export function fieldsOf(whole, kind) {
  const part = whole?.$defs?.[kind];
  if (!part?.properties) return [];
  return Object.entries(part.properties).map(([name, one]) => ({
    name,
    about: /** @type {any} */ (one).description ?? name,
    required: (part.required ?? []).includes(name),
    value: textOf(/** @type {any} */ (one).default),
  }));
}

/** @param {any} value */
function textOf(value) {
  if (value === undefined || value === null) return "";
  return Array.isArray(value) ? value.join(",") : String(value);
}

/**
 * Return what is typed at a terminal for these fields.
 * @param {Record<string, string>} values
 */
export function wordsOf(values) {
  return Object.entries(values)
    .filter(([, value]) => value.trim() !== "")
    .map(([name, value]) => `${name}=${value.trim().replace(/\s+/g, "")}`)
    .join(" ");
}

/** @param {{rule: any, done: () => void}} props */
export function RuleForm({ rule, done }) {
  useEffect(() => void schema.open("/api/rules/schema"), []);
  const whole = schema.found.value.data;
  const kinds = useMemo(
    () => (whole?.properties?.kind?.enum ?? []).filter((/** @type {string} */ one) => !WHOLE.has(one)),
    [whole],
  );
  const [kind, setKind] = useState(rule?.kind ?? "max_trades_per_day");
  const [values, setValues] = useState(/** @type {Record<string, string>} */ (startOf(rule)));
  const [note, setNote] = useState(rule?.note ?? "");
  const [tried, setTried] = useState(/** @type {any} */ (null));
  const [error, setError] = useState("");
  const fields = fieldsOf(whole, kind);
  const typed = wordsOf({ ...defaultsOf(fields), ...values });
  useEffect(() => {
    if (!whole || fields.some((one) => one.required && !(values[one.name] ?? one.value).trim())) return undefined;
    const timer = setTimeout(async () => {
      const query = new URLSearchParams({ ...(rule ? { rule: rule.id } : { kind }), words: typed });
      try {
        const { data } = await ask(`/api/screens/rule-draft?${query}`);
        setTried(data);
        setError("");
      } catch (refused) {
        setError(/** @type {Error} */ (refused).message);
      }
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [whole, kind, typed]);
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!tried) return;
    const isKept = rule ? await edit(rule, tried, note) : await add(tried, note);
    if (isKept) done();
  };
  return html`<form class="stack" onSubmit=${save} data-form="rule">
    <label class="field"
      ><span>Kind</span
      ><select
        value=${kind}
        disabled=${Boolean(rule)}
        onChange=${(/** @type {any} */ event) => {
          setKind(event.currentTarget.value);
          setValues({});
          setTried(null);
        }}
      >
        ${kinds.map((/** @type {string} */ one) => html`<option key=${one} value=${one}>${one}</option>`)}
      </select></label
    >
    ${fields.map(
      (one) => html`<label class="field" key=${`${kind}.${one.name}`}
        ><span>${one.name}: ${one.about}</span
        ><input
          name=${one.name}
          autocomplete="off"
          required=${one.required}
          value=${values[one.name] ?? one.value}
          onInput=${(/** @type {any} */ event) => setValues({ ...values, [one.name]: event.currentTarget.value })}
      /></label>`,
    )}
    <label class="field"
      ><span>Note: what you want to be told when it matters</span
      ><input name="note" autocomplete="off" value=${note} onInput=${(/** @type {any} */ event) => setNote(event.currentTarget.value)}
    /></label>
    <section class="card tried" aria-live="polite" aria-label="What it would have caught">
      <h3>Held against your past</h3>
      ${error ? html`<p class="loss" role="alert">${error}</p>` : tried ? html`<${Lines} lines=${tried.lines} />` : html`<p class="quiet">Fill in the parameters.</p>`}
    </section>
    <p class="actions start">
      <button class="primary" disabled=${Boolean(error) || !tried}>${rule ? "Change the rule" : "Promise it"}</button>
      <button type="button" onClick=${done}>Cancel</button>
    </p>
  </form>`;
}

/** @param {any} rule */
function startOf(rule) {
  return Object.fromEntries(Object.entries(rule?.params ?? {}).map(([name, value]) => [name, textOf(value)]));
}

/** @param {{name: string, value: string}[]} fields */
function defaultsOf(fields) {
  return Object.fromEntries(fields.map((one) => [one.name, one.value]));
}

/**
 * @param {any} tried
 * @param {string} note
 */
async function add(tried, note) {
  let id = "";
  const body = { kind: tried.kind, params: tried.params, ...(note ? { note } : {}) };
  return change(
    async () => {
      id = (await send("/api/rules", { body })).data[0]?.id ?? "";
    },
    "promised",
    () => send(`/api/rules/${id}`, { method: "DELETE" }),
  );
}

/**
 * @param {any} rule
 * @param {any} tried
 * @param {string} note
 */
async function edit(rule, tried, note) {
  const gone = Object.keys(rule.params).filter((name) => !(name in tried.params));
  const params = { ...tried.params, ...Object.fromEntries(gone.map((name) => [name, null])) };
  const body = { params, ...(note === rule.note ? {} : { note }) };
  return change(
    () => send(`/api/rules/${rule.id}`, { method: "PATCH", body }),
    `${rule.id} changed`,
    () => send(`/api/rules/${rule.id}/rollback`, { body: { to: rule.revision } }),
  );
}
