/** The fills of a trade: what is in effect, what was reported otherwise, and leaving one out. */

import { send } from "../core/api.js";
import { html } from "../core/html.js";
import { Resource } from "../core/resource.js";
import { askPerson } from "../parts/dialog.js";
import { Lines, Words } from "../parts/lines.js";
import { change } from "../parts/notices.js";
import { Shown } from "../parts/states.js";
import { useEffect } from "../vendor/hooks.js";

const fills = new Resource(["import.done", "import.undone", "fill."]);

/** @param {{trade: string, desk: any, close: () => void}} props */
export function TradeFills({ trade, desk, close }) {
  useEffect(() => desk.watch(fills), []);
  useEffect(() => void fills.open(`/api/screens/trades/${trade}/fills`), [trade]);
  return html`<${Shown} of=${fills} what="the fills">
    ${(/** @type {any} */ found) => html`<details data-command=${`coach fills list --trade ${trade.slice(0, 8)}`}>
      <summary>Its fills, one by one</summary>
      ${found.fills.map(
        (/** @type {any} */ one) => html`<div key=${one.id} class="asked" data-fill=${one.id}>
          <p><${Words} said=${one.line} /></p>
          ${one.reported.length > 0 && html`<${Lines} lines=${one.reported} label="What was reported of it" />`}
          <p class="actions start">
            <button type="button" onClick=${() => void leaveOut(one, close)}>Leave it out</button>
          </p>
        </div>`,
      )}
    </details>`}
  <//>`;
}

/**
 * Leave a fill out. The trade may be another one without it, so what stands behind it is closed before.
 * @param {any} fill
 * @param {() => void} close
 */
async function leaveOut(fill, close) {
  const reason = await askPerson({ title: "Why does it not count?", label: "Reason", yes: "Leave it out" });
  if (!reason?.trim()) return;
  close();
  const body = { account: fill.account, reason };
  await change(
    () => send(`/api/fills/${fill.id}/leave-out`, { body }),
    `left out: ${reason}`,
    () => send(`/api/fills/${fill.id}/take-back`, { body: { account: fill.account } }),
  );
}
