/** Whether balances add up: what the broker states beside what the books hold, and each gap. */

import { html } from "../core/html.js";
import { Resource } from "../core/resource.js";
import { Words } from "../parts/lines.js";
import { Shown } from "../parts/states.js";
import { useEffect } from "../vendor/hooks.js";

const balances = new Resource(["import.done", "import.undone", "fill.", "account.", "zone.changed"]);

/** @param {{desk: any}} props */
export function Balances({ desk }) {
  useEffect(() => desk.watch(balances), []);
  useEffect(() => void balances.open("/api/screens/balances"), []);
  return html`<${Shown} of=${balances} what="the balances">
    ${(/** @type {any} */ found) =>
      found.balances.length > 0 &&
      html`<section class="stack" aria-label="Balances" data-command="coach reconcile">
        <h2>${found.complete ? "No gap in the balances" : "Balances that do not add up"}</h2>
        ${found.gaps.map(
          (/** @type {any} */ one, /** @type {number} */ at) => html`<div key=${at} class="asked" data-balance-gap=${one.cause}>
            <p><strong>${one.assets.join(", ")} in ${one.account}</strong>, ${one.when}</p>
            <p><${Words} said=${one.said} /></p>
          </div>`,
        )}
        ${found.advice.length > 0 &&
        html`<ul class="asked" aria-label="What is lacking">
          ${found.advice.map((/** @type {string} */ one) => html`<li key=${one}>${one}</li>`)}
        </ul>`}
        ${found.moved.length > 0 && html`<p class="quiet">${found.moved.join("; ")}</p>`}
        <details open=${!found.complete}>
          <summary>Each balance, as stated and as the books have it</summary>
          <${Table} heads=${found.heads} rows=${found.balances} />
        </details>
      </section>`}
  <//>`;
}

/** @param {{heads: string[], rows: any[]}} props */
function Table({ heads, rows }) {
  return html`<div class="scroll-x" tabindex="0" role="group" aria-label="The balances">
    <table class="facts">
      <thead>
        <tr>
          <th scope="col">asset</th>
          ${heads.map((one) => html`<th key=${one} scope="col">${one}</th>`)}
          <th scope="col">status</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (one) => html`<tr key=${`${one.account} ${one.asset}`} data-balance=${`${one.account} ${one.asset}`}>
            <th scope="row">${one.asset} <span class="quiet">${one.account}</span></th>
            ${one.cells.map((/** @type {any} */ cell) => html`<td key=${cell.key} data-field=${cell.key}><${Words} said=${cell} /></td>`)}
            <td data-field="status">${one.status}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
