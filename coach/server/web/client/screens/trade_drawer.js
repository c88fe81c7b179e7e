/** What stands behind one trade: its candles, its lines, and what is asked of it. */

import { html } from "../core/html.js";
import { seen } from "../core/looks.js";
import { Resource } from "../core/resource.js";
import { candlePlan } from "../parts/candles.js";
import { Chart } from "../parts/chart.js";
import { Drawer } from "../parts/drawer.js";
import { Lines } from "../parts/lines.js";
import { Shown } from "../parts/states.js";
import { useEffect, useMemo } from "../vendor/hooks.js";
import { removeLabel } from "./trade_actions.js";
import { TradeFills } from "./trade_fills.js";

const trade = new Resource(["label.", "note.", "candles.stored", "rule.breached", "bias.", "import.", "fill."]);
const SETTLED_MS = 120;

/** @param {{id: string, zone: string, close: () => void, actions: any, desk: any}} props */
export function TradeDrawer({ id, zone, close, actions, desk }) {
  useEffect(() => desk.watch(trade), []);
  useEffect(() => {
    const timer = setTimeout(() => void trade.open(`/api/screens/trades/${id}`), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [id]);
  const { data } = trade.found.value;
  const chart = data?.chart;
  const plan = useMemo(() => (chart ? candlePlan(chart, zone) : null), [chart, zone]);
  const title = data ? seen(data.title) : "Trade";
  return html`<${Drawer} title=${title} label="Trade" close=${close}>
    <${Shown} of=${trade} what="the trade">
      ${(/** @type {any} */ found) => html`<div class="stack" data-command=${`coach why ${found.id.slice(0, 8)}`} data-trade=${found.id}>
        ${found.asked.map(
          (/** @type {any} */ one) => html`<div key=${one.bias} class="asked">
            <p>${one.text}</p>
            <p class="actions start">
              ${ANSWERS.map(
                ([answer, name, key]) => html`<button
                  type="button"
                  key=${answer}
                  aria-label=${`${one.bias}: ${name}`}
                  onClick=${() => void actions.label(answer, one.bias)}
                >
                  ${name} <kbd>${key}</kbd>
                </button>`,
              )}
            </p>
          </div>`,
        )}
        ${Object.entries(found.answers).map(
          ([bias, answer]) => html`<p key=${bias} class="door-row answered" data-answered=${bias}>
            <span>${bias}: <b>${answer}</b></span>
            <button type="button" onClick=${() => void removeLabel(found.id, bias, answer)}>Remove the label</button>
          </p>`,
        )}
        ${plan && html`<${Chart} plan=${plan} />`}
        <${Lines} lines=${found.lines} label="What is known of it" />
        <${TradeFills} trade=${found.id} desk=${desk} close=${close} />
        <p class="actions start">
          <button type="button" onClick=${() => void actions.note()}>Note <kbd>m</kbd></button>
          <button type="button" onClick=${() => void actions.labelAny()}>Label <kbd>L</kbd></button>
        </p>
      </div>`}
    <//>
  <//>`;
}

const ANSWERS = [
  ["yes", "Yes", "Y"],
  ["no", "No", "N"],
  ["unsure", "Unsure", "U"],
];
