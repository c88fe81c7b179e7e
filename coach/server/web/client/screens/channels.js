/** Where the weekly digest is sent: the channels, what became of the newest messages, one more. */

import { send } from "../core/api.js";
import { html } from "../core/html.js";
import { Resource } from "../core/resource.js";
import { askPerson } from "../parts/dialog.js";
import { change } from "../parts/notices.js";
import { Shown } from "../parts/states.js";
import { useEffect, useState } from "../vendor/hooks.js";

const channels = new Resource(["channel.", "digest.sent", "zone.changed"]);
const KINDS = [
  ["smtp", "Mail"],
  ["ntfy", "ntfy"],
  ["webhook", "A webhook of yours"],
  ["apprise", "Apprise"],
];
const KEY_BYTES = 32;

/** @param {{desk: any}} props */
export function Channels({ desk }) {
  useEffect(() => desk.watch(channels), []);
  useEffect(() => void channels.open("/api/screens/channels"), []);
  const [isAdding, setAdding] = useState(false);
  return html`<section class="card stack" aria-label="Notifications">
    <div class="card-head">
      <h2>Notifications</h2>
      ${channels.found.value.data?.may_add && !isAdding && html`<button type="button" onClick=${() => setAdding(true)}>Add a channel</button>`}
    </div>
    <p class="quiet">Your weekly digest, once by each channel and never in its quiet hours. Nothing else is sent.</p>
    <${Shown} of=${channels} what="channels">
      ${(/** @type {any} */ data) => html`
        ${isAdding && html`<${AddForm} quiet=${data.quiet} done=${() => setAdding(false)} />`}
        ${data.channels.length
          ? html`<ul class="stack">${data.channels.map((/** @type {any} */ one) => html`<${Channel} key=${one.name} one=${one} />`)}</ul>`
          : html`<p class="quiet">It is sent nowhere yet. ${data.may_add ? "" : "Whoever runs coach adds a channel."}</p>`}
        ${data.to_do.map((/** @type {string} */ one) => html`<p class="loss" key=${one}>${one}</p>`)}
        ${data.deliveries.length > 0 && html`<${Log} deliveries=${data.deliveries} />`}
      `}
    <//>
  </section>`;
}

/** @param {{one: any}} props */
function Channel({ one }) {
  const path = `/api/channels/${encodeURIComponent(one.name)}`;
  const remove = async () => {
    const body = html`<p>Its address and its secret are forgotten; the log stays.</p>`;
    const yes = await askPerson({ title: `Remove ${one.name}?`, body, yes: "Remove", danger: true });
    if (yes !== null) await change(() => send(path, { method: "DELETE" }), `removed ${one.name}`);
    await channels.load();
  };
  const attempt = async () => {
    await change(() => send(`${path}/test`, {}), `a test went out by ${one.name}`);
    await channels.load();
  };
  const setQuiet = async () => {
    const title = `When is nothing sent by ${one.name}?`;
    const hours = await askPerson({ title, label: "A span of your own zone, as 22:00-07:00, or none", value: one.quiet ?? "none", yes: "Keep it" });
    if (!hours?.trim()) return;
    const keep = (/** @type {string} */ quiet) => send(path, { method: "PATCH", body: { quiet_hours: quiet } });
    await change(() => keep(hours.trim()), `${one.name}: quiet ${hours.trim()}`, () => keep(one.quiet ?? "none"));
    await channels.load();
  };
  return html`<li class="door-row" data-channel=${one.name}>
    <span><b>${one.name}</b> ${one.words.target} <span class="quiet">quiet ${one.words.quiet}</span></span>
    <span class="actions start">
      <button type="button" onClick=${() => void attempt()}>Send a test</button>
      <button type="button" onClick=${() => void setQuiet()}>Quiet hours</button>
      <button type="button" class="danger" onClick=${() => void remove()}>Remove</button>
    </span>
  </li>`;
}

/** @param {any} delivery */
async function sendAgain(delivery) {
  await change(() => send(`/api/deliveries/${delivery.id}/resend`, {}), `${delivery.week} went out again by ${delivery.channel}`);
  await channels.load();
}

/** @param {{deliveries: any[]}} props */
function Log({ deliveries }) {
  return html`<details>
    <summary>What was sent</summary>
    <ul class="first-rows">
      ${deliveries.map(
        (one) => html`<li key=${one.id} data-delivery=${one.id}>
          ${one.words.tried_at} ${one.words.channel}: ${one.words.kind}${one.week ? ` ${one.week}` : ""}, <b>${one.words.state}</b>${one.reason ? `, ${one.reason}` : ""}
          ${one.kind === "digest" && html` <button type="button" class="link" aria-label=${`Send ${one.week} again by ${one.channel}`} onClick=${() => void sendAgain(one)}>Send again</button>`}
        </li>`,
      )}
    </ul>
  </details>`;
}

/** Return a key for the signatures of a webhook, which only its owner and its receiver know. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
}

/**
 * Return the body of a new channel: fields that were left empty are not in it.
 * @param {string} kind
 * @param {Record<string, string>} typed
 */
export function bodyOf(kind, typed) {
  const { first = "", second = "", port = "", ...others } = typed;
  const secret = [first, second].map((one) => one.trim()).filter(Boolean).join("\n");
  const named = Object.entries(others).map(([name, value]) => [name, value.trim()]);
  const body = Object.fromEntries(named.filter(([, value]) => value !== ""));
  return { kind, ...body, ...(secret ? { secret } : {}), ...(port ? { port: Number(port) } : {}) };
}

/** @param {{quiet: string, done: () => void}} props */
function AddForm({ quiet, done }) {
  const [kind, setKind] = useState("smtp");
  const [typed, setTyped] = useState(/** @type {Record<string, string>} */ ({ quiet_hours: quiet }));
  const [isSending, setSending] = useState(false);
  const type = (/** @type {string} */ name, /** @type {string} */ value) => setTyped((all) => ({ ...all, [name]: value }));
  const field = (/** @type {string} */ name, /** @type {string} */ title, /** @type {any} */ more = {}) =>
    html`<label class="field"
      ><span>${title}</span
      ><input autocomplete="off" name=${name} value=${typed[name] ?? ""} onInput=${(/** @type {any} */ event) => type(name, event.currentTarget.value)} ...${more}
    /></label>`;
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setSending(true);
    const isDone = await change(() => send("/api/channels", { body: bodyOf(kind, typed) }), `${typed.name} is added; send a test`);
    setSending(false);
    if (!isDone) return;
    await channels.load();
    done();
  };
  return html`<form class="stack channel-form" aria-label="Add a channel" onSubmit=${submit}>
    <label class="field"
      ><span>By what</span
      ><select
        name="kind"
        value=${kind}
        onChange=${(/** @type {any} */ event) => {
          setKind(event.currentTarget.value);
          setTyped(({ name = "", quiet_hours = quiet }) => ({ name, quiet_hours, ...(event.currentTarget.value === "webhook" ? { second: newKey() } : {}) }));
        }}
      >
        ${KINDS.map(([name, title]) => html`<option key=${name} value=${name}>${title}</option>`)}
      </select></label
    >
    ${field("name", "What you call it: small letters and digits", { required: true, placeholder: "phone" })}
    ${kind === "smtp"
      ? html`${field("to", "Who gets the mail", { required: true, type: "email" })}${field("host", "The mail server", { required: true })}
          ${field("port", "Its port (empty: 587)", { inputmode: "numeric", pattern: "[0-9]*" })}${field("user", "Your name there")}
          ${field("first", "Your password there", { type: "password", autocomplete: "new-password" })}`
      : field("first", kind === "ntfy" ? "The address of the topic" : "Its address", { required: true, type: "password", autocomplete: "new-password" })}
    ${kind === "ntfy" && field("second", "The token of the topic, where it needs one", { type: "password", autocomplete: "new-password" })}
    ${kind === "webhook" && field("second", "The key of its signatures; give it to the receiver, it is not shown again", { required: true, spellcheck: false })}
    ${field("quiet_hours", "When nothing is sent, or none", { required: true })}
    <p class="actions start">
      <button class="primary" disabled=${isSending}>${isSending ? "Adding" : "Add"}</button>
      <button type="button" onClick=${done}>Cancel</button>
    </p>
  </form>`;
}
