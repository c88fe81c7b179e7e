/** How whole the record is: what is missing and what closes it, what is left out, what is held. */

import { send } from "../core/api.js";
import { html } from "../core/html.js";
import { Resource } from "../core/resource.js";
import { Lines, Words } from "../parts/lines.js";
import { change } from "../parts/notices.js";
import { Shown } from "../parts/states.js";
import { useEffect } from "../vendor/hooks.js";

const record = new Resource(["import.done", "import.undone", "fill.", "account.", "zone.changed"]);

/** @param {{desk: any}} props */
export function Record({ desk }) {
  useEffect(() => desk.watch(record), []);
  useEffect(() => void record.open("/api/screens/record"), []);
  return html`<${Shown} of=${record} what="the record">
    ${(/** @type {any} */ found) => html`<section class="stack" aria-label="Coverage" data-command="coach coverage">
      ${found.gaps.length > 0 && html`<h2>Gaps</h2>`}
      ${found.gaps.map(
        (/** @type {any} */ one) => html`<div key=${one.id} class="asked" data-gap=${one.id}>
          <p><strong>${one.name}</strong>: <${Words} said=${one.text} /></p>
          <p class="quiet">${one.how}</p>
        </div>`,
      )}
      ${found.left_out.length > 0 && html`<h2>Left out</h2>`}
      ${found.left_out.map(
        (/** @type {any} */ one) => html`<div key=${one.account + one.id} class="asked" data-left-out=${one.id}>
          <p><${Words} said=${one.line} />: ${one.reason}</p>
          <p class="actions start">
            <button type="button" onClick=${() => void takeBack(one)}>Let it count again</button>
          </p>
        </div>`,
      )}
      ${found.covered.length > 0 &&
      html`<details>
        <summary>What is held, symbol by symbol</summary>
        ${found.covered.map(
          (/** @type {any} */ one) => html`<h3 key=${one.id}>${one.name}</h3>
            <${Lines} lines=${one.lines} label=${one.name} />`,
        )}
      </details>`}
    </section>`}
  <//>`;
}

/** @param {any} fill */
async function takeBack(fill) {
  await change(
    () => send(`/api/fills/${fill.id}/take-back`, { body: { account: fill.account } }),
    "it counts again",
    fill.held
      ? () => send(`/api/fills/${fill.id}/leave-out`, { body: { account: fill.account, reason: fill.reason } })
      : undefined,
  );
}
