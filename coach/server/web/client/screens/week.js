/** The week: one highlight, one cost, the next step; the months around it; the whole digest. */

import { html } from "../core/html.js";
import { useKeys } from "../core/keys.js";
import { seen } from "../core/looks.js";
import { Resource } from "../core/resource.js";
import { addressOf, go, refine } from "../core/router.js";
import { Calendar } from "../parts/calendar.js";
import { Words } from "../parts/lines.js";
import { Empty, Shown } from "../parts/states.js";
import { useEffect, useState } from "../vendor/hooks.js";

const week = new Resource([
  ...["import.done", "import.undone", "fill.", "candles.stored", "rule.", "bias.", "trait."],
  ...["plan.", "question.answered", "note.", "zone.changed"],
]);
const FIRST_PARTS = 2;

/** @param {{desk: any, query: Record<string, string>}} props */
export function Screen({ desk, query }) {
  useEffect(() => desk.watch(week), []);
  useEffect(() => void week.open(`/api/screens/week${query.week ? `?week=${query.week}` : ""}`), [
    query.week,
  ]);
  return html`<${Shown} of=${week} what="the week">
    ${(/** @type {any} */ data, /** @type {any} */ found) =>
      data ? html`<${Week} data=${data} again=${found.again} />` : html`<${Nothing} />`}
  <//>`;
}

function Nothing() {
  return html`<h1>Week</h1>
    <${Empty} title="Nothing to read back yet">
      <p>coach reads your fills. Bring a statement, or connect a broker; the first digest is there a
      moment later.</p>
      <p class="actions start">
        <a class="button primary" href="/imports" data-screen>Bring a statement</a>
        <a class="button" href="/accounts" data-screen>Connect a broker</a>
      </p>
    <//>`;
}

/** @param {{data: any, again: boolean}} props */
function Week({ data, again }) {
  const [view, setView] = useState(0);
  const views = data.views;
  const to = (/** @type {string | null} */ name) => name && refine({ week: name });
  useKeys("Week", [
        { key: "< ,", what: "The week before", run: () => to(data.earlier) },
        { key: "> .", what: "The week after", run: () => to(data.later) },
        { key: "v", what: "Calendar: next view", run: () => setView((view + 1) % views.length) },
        { key: "n", what: "Next step: go there", run: () => go(data.next.screen, data.next.query) },
      ]);
  const first = data.parts.slice(0, FIRST_PARTS);
  const [title, ...when] = data.title.split(", ");
  return html`<div class="week-page" aria-busy=${again} data-command=${`coach digest --week ${data.week}`}>
    <header class="page-head">
      <div>
        <h1>${title.replace("Trading digest ", "Week ")}</h1>
        <p class="quiet">${when.join(" · ")}</p>
      </div>
      <p class="actions">
        <button type="button" aria-label="The week before" onClick=${() => to(data.earlier)}>←</button>
        <button
          type="button"
          aria-label="The week after"
          disabled=${!data.later}
          onClick=${() => to(data.later)}
        >
          →
        </button>
        <a class="button" href=${`/digest/${data.week}`}>Print</a>
      </p>
    </header>
    <div class="week-grid">
      <div class="week-first">
        ${first.map(
          (/** @type {any} */ part, /** @type {number} */ at) =>
            html`<section key=${part.title} class=${at ? "card cost" : "card highlight"}>
              <h2>${part.title}</h2>
              <${Sentences} lines=${part.lines} />
            </section>`,
        )}
        <section class="card next">
          <h2>Next step</h2>
          <p><${Words} said=${data.next} /></p>
          <p class="actions start">
            <a class="button primary" href=${addressOf(data.next)} data-screen
              >Go there <kbd>n</kbd></a
            >
          </p>
        </section>
      </div>
      <section class="card months">
        <div class="card-head">
          <h2>The last months</h2>
          <div class="choice" role="group" aria-label="What the calendar shows">
            ${views.map(
              (/** @type {any} */ one, /** @type {number} */ at) =>
                html`<button
                  type="button"
                  key=${one.name}
                  aria-pressed=${at === view}
                  onClick=${() => setView(at)}
                >
                  ${NAMES[one.name]}
                </button>`,
            )}
          </div>
        </div>
        <${Calendar}
          days=${data.days}
          view=${views[view].name}
          title=${views[view].title}
          onDay=${(/** @type {string} */ day) => go("trades", { words: day })}
        />
        <p><${Words} said=${data.streak} /></p>
        <${Ribbon} days=${data.days} />
      </section>
    </div>
    <div class="week-rest">
      ${data.parts
        .slice(FIRST_PARTS)
        .map((/** @type {any} */ part) => html`<${Part} key=${part.title} part=${part} />`)}
      <${Changed} table=${data.table} />
      ${data.more.map((/** @type {any} */ part) => html`<${Part} key=${part.title} part=${part} />`)}
    </div>
    <p class="quiet foot">
      ${data.footnote} ${data.notes && html`<a href="/reflect" data-screen>${seen(data.notes)}</a>`}
    </p>
  </div>`;
}

const NAMES = /** @type {Record<string, string>} */ ({
  breaches: "Rules",
  profit: "Result",
  count: "Trades",
});

/** @param {{days: import("../parts/calendar.js").Day[]}} props */
function Ribbon({ days }) {
  const traded = days.filter((one) => one.closed || one.sign !== null || one.breaches).slice(-40);
  return html`<p class="ribbon" aria-hidden="true">
    ${traded.map(
      (one) => html`<i key=${one.day} class=${one.breaches ? "broken" : "kept"}
        >${one.breaches ? "!" : "●"}</i
      >`,
    )}
  </p>`;
}

/** @param {{part: any}} props */
function Part({ part }) {
  return html`<section class="card">
    <h2>${part.title}</h2>
    <${Sentences} lines=${part.lines} />
  </section>`;
}

/** @param {{lines: any[]}} props */
function Sentences({ lines }) {
  return html`<ul class="sentences">
    ${lines.map(
      (one, at) => html`<li key=${at} class=${one.detail ? "detail" : ""}><${Words} said=${one} /></li>`,
    )}
  </ul>`;
}

/** @param {{table: any}} props */
function Changed({ table }) {
  const [head, ...rows] = table.rows;
  return html`<section class="card">
    <h2>${table.title}</h2>
    <div class="scroll-x" tabindex="0" role="group" aria-label=${table.title}>
      <table class="facts">
        <thead>
          <tr>
            <td></td>
            ${head.slice(1).map((/** @type {any} */ one) => html`<th key=${one.text} scope="col">${one.text}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (/** @type {any[]} */ [name, ...cells]) => html`<tr key=${name.text}>
              <th scope="row">${name.text}</th>
              ${cells.map((one, at) => html`<td key=${at}><${Words} said=${one} /></td>`)}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
