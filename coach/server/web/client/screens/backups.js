/** Backups of the whole installation, for whoever runs coach: made and verified here, restored at the terminal. */

import { send } from "../core/api.js";
import { html } from "../core/html.js";
import { Resource } from "../core/resource.js";
import { askPerson } from "../parts/dialog.js";
import { change } from "../parts/notices.js";
import { Shown } from "../parts/states.js";
import { useEffect, useState } from "../vendor/hooks.js";

const backups = new Resource(["zone.changed"]);

/** @param {{desk: any}} props */
export function Backups({ desk }) {
  useEffect(() => desk.watch(backups), []);
  useEffect(() => void backups.open("/api/screens/backups"), []);
  return html`<${Shown} of=${backups} what="backups">
    ${(/** @type {any} */ data) => data.may_see && html`<${Card} data=${data} />`}
  <//>`;
}

/** @param {{data: any}} props */
function Card({ data }) {
  const [busy, setBusy] = useState("");
  /**
   * Do what takes seconds to minutes, and read the list again.
   * @param {string} what
   * @param {() => Promise<boolean>} work
   */
  const during = async (what, work) => {
    setBusy(what);
    await work();
    setBusy("");
    await backups.load();
  };
  const canSeal = data.recipients.length > 0;
  return html`<section class="card stack" aria-label="Backups" data-command="coach backup list">
    <div class="card-head">
      <h2>Backups</h2>
      ${canSeal && html`<button type="button" disabled=${busy !== ""} onClick=${() => void during("Making a backup", create)}>Make a backup</button>`}
    </div>
    <p class="quiet">
      Everything of everybody here, sealed for your backup key, in <code>${data.folder}</code>. The newest 14 stay. A restore puts
      one in the place of what is there: it is done at the terminal, by the command that each names.
    </p>
    ${!canSeal && html`<p>No key opens backups yet. Make one at the terminal, then start coach serve again: <code>coach backup key</code></p>`}
    ${busy && html`<p role="status">${busy}; this takes seconds to minutes</p>`}
    ${data.backups.length
      ? html`<ul class="stack">
          ${data.backups.map((/** @type {any} */ one) => html`<${Backup} key=${one.name} one=${one} busy=${busy} during=${during} />`)}
        </ul>`
      : html`<p class="quiet">There is no backup yet.</p>`}
  </section>`;
}

/** @param {{one: any, busy: string, during: (what: string, work: () => Promise<boolean>) => Promise<void>}} props */
function Backup({ one, busy, during }) {
  return html`<li class="asked" data-backup=${one.name}>
    <div class="door-row">
      <span><b>${one.words.created_at}</b> <span class="quiet">${one.words.size} bytes, coach ${one.words.coach}, PostgreSQL ${one.words.postgresql}</span></span>
      ${!one.fault &&
      html`<button type="button" disabled=${busy !== ""} aria-label=${`Verify the backup of ${one.words.created_at}`} onClick=${() => void verify(one, during)}>
        Verify
      </button>`}
    </div>
    ${one.fault
      ? html`<p class="loss">${one.name}: ${one.fault}</p>`
      : html`<p class="quiet">${one.verified_at ? `Verified ${one.words.verified_at}` : "Not verified yet"}; <code>${one.restore}</code></p>`}
  </li>`;
}

function create() {
  return change(() => send("/api/backups", {}), "the backup is made");
}

/**
 * @param {any} one
 * @param {(what: string, work: () => Promise<boolean>) => Promise<void>} during
 */
async function verify(one, during) {
  const key = await askPerson({
    title: `Verify the backup of ${one.words.created_at}`,
    body: html`<p>It is read into a database of its own and compared table by table. The key is used for this and not kept.</p>`,
    label: "The key of the backup",
    secret: true,
    yes: "Verify",
  });
  if (!key?.trim()) return;
  const path = `/api/backups/${encodeURIComponent(one.name)}/verify`;
  await during("Verifying", () => change(() => send(path, { body: { key: key.trim() } }), "the backup is whole"));
}
