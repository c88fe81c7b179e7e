/** What is yours, to take with you: an export in each format, saved by the browser. */

import { html } from "../core/html.js";

const FORMATS = [
  { name: "csv", what: "CSV, a file of each noun" },
  { name: "json", what: "JSON" },
  { name: "xlsx", what: "XLSX, a sheet of each noun" },
  { name: "beancount", what: "a journal for Beancount" },
  { name: "hledger", what: "a journal for hledger" },
  { name: "archive", what: "an archive, for another coach" },
];

export function TakeOut() {
  return html`<section class="card" data-command="coach export FOLDER">
    <h2>Export</h2>
    <p class="quiet">All that is yours, of one moment, with exact amounts and the hash of each file. No key is in it.</p>
    <ul>
      ${FORMATS.map((one) => html`<li key=${one.name}><a href=${`/api/screens/export/${one.name}`} download>${one.what}</a></li>`)}
    </ul>
  </section>`;
}
