/** Settings: the zone, the tone, how it looks here, and who may come in. */

import { send } from "../core/api.js";
import { html } from "../core/html.js";
import { THEMES, isPrivate, switchPrivacy, theme } from "../core/looks.js";
import { Resource } from "../core/resource.js";
import { askPerson } from "../parts/dialog.js";
import { useDraft } from "../parts/draft.js";
import { change } from "../parts/notices.js";
import { Shown } from "../parts/states.js";
import { useEffect, useState } from "../vendor/hooks.js";
import { Backups } from "./backups.js";
import { Channels } from "./channels.js";
import { TakeOut } from "./take_out.js";

const settings = new Resource(["zone.changed", "setting.", "rule."]);
const doors = new Resource([]);

/** @param {{desk: any}} props */
export function Screen({ desk }) {
  useEffect(() => desk.watch(settings), []);
  useEffect(() => void settings.open("/api/screens/settings"), []);
  const isSignedIn = Boolean(desk.shell.found.value.data?.signed_in);
  return html`<div class="stack settings" data-command="coach config list">
    <h1>Settings</h1>
    <${Shown} of=${settings} what="settings">
      ${(/** @type {any} */ data) => html`<${Zone} data=${data} /><${Tone} data=${data} />`}
    <//>
    <${Channels} desk=${desk} />
    <${Looks} />
    <${TakeOut} />
    <${Backups} desk=${desk} />
    ${isSignedIn ? html`<${Doors} />` : html`<${Alone} />`}
    <p class="quiet">coach ${desk.shell.found.value.data?.version}. This page loads nothing from anywhere else.</p>
  </div>`;
}

/** @param {{data: any}} props */
function Zone({ data }) {
  const draft = useDraft(/** @type {string} */ (data.zone));
  const zone = draft.shown;
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const before = data.zone;
    const isKept = await change(
      () => send("/api/zone", { method: "PUT", body: { zone } }),
      `days and weeks begin in ${zone}`,
      () => send("/api/zone", { method: "PUT", body: { zone: before } }),
    );
    await settings.load();
    if (isKept) draft.settle(zone);
  };
  return html`<section class="card">
    <h2>Zone</h2>
    <form class="inline" onSubmit=${save}>
      <label class="field grow"
        ><span>Where your days and weeks begin</span
        ><input list="zones" required value=${zone} data-field="zone" onInput=${(/** @type {any} */ event) => draft.type(event.currentTarget.value)}
      /></label>
      <datalist id="zones">
        ${Intl.supportedValuesOf("timeZone").map((one) => html`<option key=${one} value=${one}></option>`)}
      </datalist>
      <button class="primary" disabled=${zone === data.zone}>Keep it</button>
    </form>
    ${data.waiting.map((/** @type {string} */ one) => html`<p class="quiet" key=${one}>${one}</p>`)}
  </section>`;
}

/** @param {{data: any}} props */
function Tone({ data }) {
  const draft = useDraft(/** @type {string} */ (data.tone));
  const choose = async (/** @type {string} */ tone) => {
    draft.type(tone);
    await change(() => send("/api/tone", { method: "PUT", body: { tone } }), `it speaks in the ${tone} tone`);
    await settings.load();
    draft.settle(tone);
  };
  return html`<section class="card">
    <h2>Tone</h2>
    <fieldset>
      <legend>How your Rational Future Self speaks</legend>
      ${data.tones.map(
        (/** @type {string} */ one) => html`<label class="check" key=${one}
          ><input
            type="radio"
            name="tone"
            checked=${draft.shown === one}
            onChange=${() => void choose(one)}
          /><span>${one}</span></label
        >`,
      )}
    </fieldset>
  </section>`;
}

function Looks() {
  return html`<section class="card">
    <h2>In this browser</h2>
    <fieldset>
      <legend>Theme</legend>
      ${THEMES.map(
        (one) => html`<label class="check" key=${one}
          ><input type="radio" name="theme" checked=${theme.value === one} onChange=${() => (theme.value = one)} /><span>${one}</span></label
        >`,
      )}
    </fieldset>
    <label class="check spaced"
      ><input type="checkbox" checked=${isPrivate.value} onChange=${switchPrivacy} /><span>Hide money and sizes, for a shared screen <kbd>p</kbd></span></label
    >
  </section>`;
}

function Alone() {
  return html`<section class="card">
    <h2>Who may come in</h2>
    <p>Nobody but you, on this machine: there is no account yet. <code>coach users add NAME</code> makes the first one;
    from then on everybody signs in, and tokens and sessions are managed here.</p>
  </section>`;
}

function Doors() {
  useEffect(() => {
    void doors.open("/api/sessions");
    return () => doors.leave();
  }, []);
  return html`<section class="card">
      <div class="card-head">
        <h2>Sessions</h2>
        <button type="button" onClick=${() => void change(() => send("/api/sessions", { method: "DELETE" }), "all other sessions ended").then(() => doors.load())}>
          End all others
        </button>
      </div>
      <${Shown} of=${doors} what="sessions">
        ${(/** @type {any} */ data) => html`<ul class="stack">
          ${data.map(
            (/** @type {any} */ one) => html`<li key=${one.id} class="door-row">
              <span>${one.origin || "unknown"} <span class="quiet">since ${one.created_at.slice(0, 10)}</span></span>
              <button type="button" onClick=${() => void change(() => send(`/api/sessions/${one.id}`, { method: "DELETE" }), "ended").then(() => doors.load())}>End</button>
            </li>`,
          )}
        </ul>`}
      <//>
    </section>
    <${Tokens} />
    <section class="card">
      <h2>Password and second factor</h2>
      <p><a href="/account">Your account</a> changes the password, sets up a device with codes, and signs out.</p>
    </section>`;
}

const tokens = new Resource([]);

function Tokens() {
  useEffect(() => {
    void tokens.open("/api/tokens");
    return () => tokens.leave();
  }, []);
  const [made, setMade] = useState("");
  const make = async () => {
    const label = await askPerson({ title: "A token for a program", label: "What it is for", yes: "Make a token" });
    if (!label) return;
    await change(async () => {
      setMade((await send("/api/tokens", { body: { label, scope: "read" } })).data.token);
    }, "made; it is shown this once");
    await tokens.load();
  };
  return html`<section class="card">
    <div class="card-head">
      <h2>Tokens for programs</h2>
      <button type="button" onClick=${() => void make()}>Make a token that reads</button>
    </div>
    ${made && html`<p class="asked">Keep this now, it is not shown again: <code class="made">${made}</code></p>`}
    <${Shown} of=${tokens} what="tokens">
      ${(/** @type {any} */ data) => {
        const valid = data.filter((/** @type {any} */ one) => one.revoked_at === null);
        return valid.length
          ? html`<ul class="stack">
              ${valid.map(
                (/** @type {any} */ one) => html`<li key=${one.id} class="door-row">
                  <span>${one.label} <span class="quiet">${one.scope}</span></span>
                  <button type="button" class="danger" onClick=${() => void change(() => send(`/api/tokens/${one.id}`, { method: "DELETE" }), "revoked").then(() => tokens.load())}>Revoke</button>
                </li>`,
              )}
            </ul>`
          : html`<p class="quiet">No token yet. A program asks with one in place of a password.</p>`;
      }}
    <//>
  </section>`;
}
