/** Accounts: how each connection stands, what to do about it, and connecting another one. */

import { send } from "../core/api.js";
import { html } from "../core/html.js";
import { useKeys } from "../core/keys.js";
import { seenCell } from "../core/looks.js";
import { Resource } from "../core/resource.js";
import { askPerson } from "../parts/dialog.js";
import { Words } from "../parts/lines.js";
import { change, say } from "../parts/notices.js";
import { Empty, Shown, Warnings } from "../parts/states.js";
import { useEffect, useState } from "../vendor/hooks.js";

const accounts = new Resource(["import.", "account.", "candles.stored", "zone.changed", "setting."]);
const COLUMNS = [
  ["fills", "fills"],
  ["first", "first fill"],
  ["last", "last fill"],
  ["last_import", "last read"],
  ["next_sync", "next sync"],
  ["key_can", "key can"],
  ["equity", "began with"],
];

/** @param {{desk: any}} props */
export function Screen({ desk }) {
  useEffect(() => desk.watch(accounts), []);
  useEffect(() => void accounts.open("/api/screens/accounts"), []);
  const [isConnecting, setConnecting] = useState(false);
  useKeys("Accounts", [{ key: "c", what: "Connect a broker", run: () => setConnecting(true) }]);
  return html`<div data-command="coach accounts" aria-busy=${accounts.found.value.again}>
    <header class="page-head">
      <h1>Accounts</h1>
      <button type="button" class="primary" onClick=${() => setConnecting(true)}>Connect a broker <kbd>c</kbd></button>
    </header>
    <${Shown} of=${accounts} what="accounts">
      ${(/** @type {any} */ data, /** @type {any} */ found) => html`<div class="stack">
        <${Warnings} lines=${found.warnings} />
        ${isConnecting && html`<${Connect} data=${data} done=${() => setConnecting(false)} />`}
        ${data.accounts.length
          ? data.accounts.map((/** @type {any} */ one) => html`<${Account} key=${one.name} one=${one} />`)
          : html`<${Empty} title="No account yet">
              <p>An account is what fills belong to: a statement makes one, and so does a broker's view-only key.</p>
              <p class="actions start"><a class="button" href="/imports" data-screen>Bring a statement</a></p>
            <//>`}
        ${data.checks.length > 0 && html`<${Checks} checks=${data.checks} />`}
      </div>`}
    <//>
  </div>`;
}

/** @param {{one: any}} props */
function Account({ one }) {
  return html`<section class="card account" aria-label=${one.name} data-account=${one.name}>
    <div class="card-head">
      <h2>${one.name} <span class="quiet">${one.words.broker}</span></h2>
      <span class=${`chip ${one.health}`}>${one.health_words}</span>
    </div>
    ${one.trouble && html`<p class="loss">${one.trouble}</p>`}
    <dl class="numbers">
      ${COLUMNS.map(
        ([key, title]) => html`<div key=${key}>
          <dt>${title}</dt>
          <dd data-field=${key}>${seenCell(one.words[key ?? ""], key === "equity")}</dd>
        </div>`,
      )}
    </dl>
    <p class="actions start">
      ${one.connected &&
      html`<button type="button" onClick=${() => void change(() => send("/api/imports/sync", { body: { account: one.name } }), "asked for; a worker reads what is new")}>
        Sync
      </button>`}
      <button type="button" onClick=${() => void setEquity(one)}>What it began with</button>
      ${one.connected
        ? html`<button type="button" class="danger" onClick=${() => void disconnect(one)}>Disconnect</button>`
        : one.fills === 0 && html`<button type="button" class="danger" onClick=${() => void remove(one)}>Remove</button>`}
    </p>
  </section>`;
}

/** @param {{checks: any[]}} props */
function Checks({ checks }) {
  return html`<section class="card" aria-label="What needs attention">
    <h2>What needs attention</h2>
    <ul class="stack">
      ${checks.map(
        (one) => html`<li key=${one.name}>
          <p><b>${one.name}</b> <span class=${`chip ${one.state}`}>${one.state}</span></p>
          <p><${Words} said=${one.detail} /></p>
          ${one.do && html`<p class="quiet">${one.do}</p>`}
        </li>`,
      )}
    </ul>
  </section>`;
}

/** @param {{data: any, done: () => void}} props */
function Connect({ data, done }) {
  const [broker, setBroker] = useState(data.brokers[0].name);
  const [key, setKey] = useState("");
  const [name, setName] = useState("");
  const [pairs, setPairs] = useState("");
  const [server, setServer] = useState("");
  const [isSending, setSending] = useState(false);
  const chosen = data.brokers.find((/** @type {any} */ one) => one.name === broker);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    setSending(true);
    const body = {
      key,
      ...(name.trim() ? { account: name.trim() } : {}),
      ...(chosen.pairs && pairs.trim() ? { pairs: pairs.trim().split(/[\s,]+/) } : {}),
      ...(server.trim() ? { base_url: server.trim() } : {}),
    };
    const isDone = await change(() => send(`/api/connect/${broker}`, { body }), `${chosen.title} is connected; sync reads what is there`);
    setSending(false);
    if (!isDone) return;
    setKey("");
    done();
  };
  return html`<form class="card stack connect" onSubmit=${submit} aria-label="Connect a broker">
    <h2>Connect a broker</h2>
    <p class="quiet">A key that can trade or move money is refused. It is sealed before it is kept, and never shown again.</p>
    ${data.allowing && html`<p><a href="/connect/coinbase">Allow coach to read Coinbase on Coinbase's own page</a></p>`}
    <label class="field"
      ><span>Broker</span
      ><select value=${broker} onChange=${(/** @type {any} */ event) => setBroker(event.currentTarget.value)}>
        ${data.brokers.map((/** @type {any} */ one) => html`<option key=${one.name} value=${one.name}>${one.title}</option>`)}
      </select></label
    >
    <label class="field"
      ><span>${chosen.key}</span
      ><textarea
        class="mono"
        required
        spellcheck=${false}
        autocomplete="off"
        value=${key}
        onInput=${(/** @type {any} */ event) => setKey(event.currentTarget.value)}
      ></textarea></label
    >
    ${chosen.pairs &&
    html`<label class="field"
      ><span>Pairs to read, with a blank between them: BTC-USDT futures:ETH-USDT</span
      ><input autocomplete="off" value=${pairs} onInput=${(/** @type {any} */ event) => setPairs(event.currentTarget.value)}
    /></label>`}
    <label class="field"
      ><span>What to call the account (empty: ${broker})</span
      ><input autocomplete="off" value=${name} onInput=${(/** @type {any} */ event) => setName(event.currentTarget.value)}
    /></label>
    ${data.may_name_server &&
    html`<label class="field"
      ><span>The address of another server, such as the sandbox (empty: its own)</span
      ><input inputmode="url" autocomplete="off" value=${server} onInput=${(/** @type {any} */ event) => setServer(event.currentTarget.value)}
    /></label>`}
    <p class="actions start">
      <button class="primary" disabled=${isSending}>${isSending ? "Connecting" : "Connect"}</button>
      <button type="button" onClick=${done}>Cancel</button>
    </p>
  </form>`;
}

/** @param {any} one */
async function disconnect(one) {
  const yes = await askPerson({
    title: `Disconnect ${one.name}?`,
    body: html`<p>Its key is wiped here, and ended at the broker where the broker lets us. Its fills stay.</p>`,
    yes: "Disconnect",
    danger: true,
  });
  if (yes === null) return;
  let told = "";
  const isDone = await change(async () => {
    const { data } = await send(`/api/accounts/${encodeURIComponent(one.name)}/disconnect`, {});
    told = data.how_to_check ?? "";
  }, `${one.name} is disconnected`);
  if (isDone && told) say(told);
}

/** @param {any} one */
async function remove(one) {
  const yes = await askPerson({ title: `Remove ${one.name}?`, yes: "Remove", danger: true });
  if (yes !== null) await change(() => send(`/api/accounts/${encodeURIComponent(one.name)}`, { method: "DELETE" }), `removed ${one.name}`);
}

/** @param {any} one */
async function setEquity(one) {
  const typed = await askPerson({
    title: `What did ${one.name} begin with?`,
    label: "Money in it before the first fill",
    value: one.equity ?? "",
    yes: "Keep it",
  });
  if (!typed) return;
  const path = `/api/accounts/${encodeURIComponent(one.name)}`;
  const undo = one.equity === null ? undefined : () => send(path, { method: "PATCH", body: { equity: one.equity } });
  await change(() => send(path, { method: "PATCH", body: { equity: typed.trim() } }), `${one.name} began with ${typed.trim()}`, undo);
}
