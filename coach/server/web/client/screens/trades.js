/** Trades: every one of them, found and sorted by the server, each with what stands behind it. */

import { html } from "../core/html.js";
import { useKeys } from "../core/keys.js";
import { isPrivate, seenCell } from "../core/looks.js";
import { Resource } from "../core/resource.js";
import { go, refine } from "../core/router.js";
import { Chart } from "../parts/chart.js";
import { useDraft } from "../parts/draft.js";
import { scatterPlan } from "../parts/scatter.js";
import { Empty, Shown } from "../parts/states.js";
import { VirtualList } from "../parts/virtual.js";
import { useCallback, useEffect, useMemo, useRef, useState } from "../vendor/hooks.js";
import { useTradeActions } from "./trade_actions.js";
import { TradeDrawer } from "./trade_drawer.js";
import { TradeRows, idsIn } from "./trade_store.js";

const LIVES = [
  ...["import.done", "import.undone", "fill.", "candles.stored", "bias.", "label.", "note."],
  ...["plan.", "question.answered", "rule.breached"],
];
const list = new Resource(LIVES);
const excursions = new Resource(["import.done", "import.undone", "fill.", "candles.stored"]);
const rows = new TradeRows();
const SETTLED_MS = 150;
const FLAGGED = "flagged";

/** @param {{desk: any, query: Record<string, string>}} props */
export function Screen({ desk, query }) {
  const order = query.order ?? "closed";
  const falling = query.rising !== "yes";
  const words = query.words ?? "";
  useEffect(() => desk.watch(list), []);
  useEffect(() => {
    const search = new URLSearchParams({ words, order, falling: String(falling) });
    void list.open(`/api/screens/trades?${search}`);
  }, [words, order, falling]);
  const found = list.found.value;
  const zone = desk.shell.found.value.data?.zone ?? "UTC";
  return html`<div class="trades-page" aria-busy=${found.again} data-command="coach trades">
    <h1>Trades</h1>
    <${Shown} of=${list} what="trades">
      ${(/** @type {any} */ data) =>
        data.count || words
          ? html`<${Found} desk=${desk} data=${data} query=${query} zone=${zone} />`
          : html`<${Nothing} />`}
    <//>
  </div>`;
}

function Nothing() {
  return html`<${Empty} title="No trades yet">
    <p>A trade is a round trip: from the first fill to being flat again. They appear here as soon as
    fills are imported.</p>
    <p class="actions start">
      <a class="button primary" href="/imports" data-screen>Bring a statement</a>
    </p>
  <//>`;
}

/** @param {{desk: any, data: any, query: Record<string, string>, zone: string}} props */
function Found({ desk, data, query, zone }) {
  const [cursor, setCursor] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const filter = useRef(/** @type {HTMLInputElement | null} */ (null));
  const shown = useRef(/** @type {any} */ (null));
  if (shown.current !== data) {
    shown.current = data;
    rows.list(idsIn(data.ids));
  }
  const version = rows.version.value;
  const at = Math.min(cursor, Math.max(0, data.count - 1));
  const id = rows.ids[at];
  const need = useCallback((/** @type {number} */ first, /** @type {number} */ end) => void rows.need(first, end), [data]);
  const open = useCallback(() => setOpen(true), []);
  const close = useCallback(() => {
    setOpen(false);
    refine({ trade: "" });
  }, []);
  const move = useCallback((/** @type {number} */ there) => setCursor(there), []);
  useEffect(() => {
    if (!query.trade) return;
    setCursor(Math.max(0, rows.ids.indexOf(query.trade)));
    setOpen(true);
  }, [query.trade]);
  const actions = useTradeActions(id, rows.at(at), data);
  useTradeKeys(data, query, filter, actions, setCursor);
  return html`<${Filter} data=${data} query=${query} field=${filter} reset=${() => setCursor(0)} />
    ${query.view === "scatter"
      ? html`<${Scatter} desk=${desk} words=${query.words ?? ""} />`
      : html`<div class=${isOpen && id ? "split open" : "split"}>
          ${data.count
            ? html`<${VirtualList}
                count=${data.count}
                cursor=${at}
                label="Trades"
                columns=${data.columns.length}
                head=${html`<${Heads} data=${data} query=${query} />`}
                row=${(/** @type {number} */ place) => html`<${Cells} columns=${data.columns} row=${rows.at(place)} version=${version} />`}
                isOpen=${isOpen}
                onCursor=${move}
                onOpen=${open}
                onWindow=${need}
              />`
            : html`<${Empty} title="No trade fits these words">
                <p>Words hold together; take one away, or press <kbd>Esc</kbd> in the filter.</p>
              <//>`}
          ${isOpen && id && html`<${TradeDrawer} key="drawer" id=${id} zone=${zone} close=${close} actions=${actions} desk=${desk} />`}
        </div>`}`;
}

/**
 * @param {any} data
 * @param {Record<string, string>} query
 * @param {{current: HTMLInputElement | null}} filter
 * @param {any} actions
 * @param {(at: number) => void} setCursor
 */
function useTradeKeys(data, query, filter, actions, setCursor) {
  const orders = Object.keys(data.orders);
  const next = orders[(orders.indexOf(query.order ?? "closed") + 1) % orders.length] ?? "closed";
  const narrow = (/** @type {string} */ words) => {
    setCursor(0);
    refine({ words });
  };
  useKeys("Trades", [
    { key: "/", what: "Filter: words that narrow the list", run: () => filter.current?.focus() },
    {
      key: "f",
      what: "Flagged trades that nobody labelled, or all",
      run: () => narrow(query.words === FLAGGED ? "" : FLAGGED),
    },
    { key: "s", what: "Sort by the next column", run: () => refine({ order: next }) },
    {
      key: "S",
      what: "Sort the other way",
      run: () => refine({ rising: query.rising === "yes" ? "" : "yes" }),
    },
    { key: "Y", what: "Yes: it was the habit of its tag", run: () => void actions.label("yes") },
    { key: "N", what: "No: it was not", run: () => void actions.label("no") },
    { key: "U", what: "Unsure", run: () => void actions.label("unsure") },
    { key: "L", what: "Label any habit", run: () => void actions.labelAny() },
    { key: "m", what: "Memo: write a note", run: () => void actions.note() },
    { key: "e", what: "MAE and MFE of these trades", run: () => refine({ view: query.view ? "" : "scatter" }) },
  ]);
}

/** @param {{data: any, query: Record<string, string>, field: any, reset: () => void}} props */
function Filter({ data, query, field, reset }) {
  const draft = useDraft(query.words ?? "");
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const narrow = (/** @type {string} */ words) => {
    draft.type(words);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      reset();
      refine({ words });
      draft.settle(words);
    }, SETTLED_MS);
  };
  const error = list.found.value.error;
  return html`<form class="filter" role="search" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label class="field grow"
        ><span>Filter <kbd>/</kbd></span
        ><input
          ref=${field}
          type="search"
          value=${draft.shown}
          placeholder=${data.help}
          aria-describedby="trade-sum"
          aria-invalid=${error ? "true" : undefined}
          onInput=${(/** @type {any} */ event) => narrow(event.currentTarget.value)}
          onKeyDown=${(/** @type {KeyboardEvent} */ event) => {
            if (event.key !== "Escape" && event.key !== "Enter") return;
            if (event.key === "Escape") narrow("");
            field.current?.blur();
          }}
      /></label>
      <label class="field"
        ><span>Sort by <kbd>s</kbd></span
        ><select
          value=${query.order ?? "closed"}
          onChange=${(/** @type {any} */ event) => refine({ order: event.currentTarget.value })}
        >
          ${Object.keys(data.orders).map((one) => html`<option key=${one} value=${one}>${one}</option>`)}
        </select></label
      >
      <button
        type="button"
        aria-pressed=${query.words === FLAGGED}
        onClick=${() => narrow(query.words === FLAGGED ? "" : FLAGGED)}
      >
        Flagged <kbd>f</kbd>
      </button>
      <button
        type="button"
        aria-pressed=${query.view === "scatter"}
        onClick=${() => refine({ view: query.view ? "" : "scatter" })}
      >
        MAE / MFE <kbd>e</kbd>
      </button>
    </form>
    <p class="quiet sum" id="trade-sum" role="status">${data.sum}</p>`;
}

/** @param {{data: any, query: Record<string, string>}} props */
function Heads({ data, query }) {
  const order = query.order ?? "closed";
  const rising = query.rising === "yes";
  const names = Object.fromEntries(Object.entries(data.orders).map(([name, key]) => [key, name]));
  return html`<div role="rowgroup" class="grid-head">
    <div role="row" class="grid-row head" aria-rowindex="1">
      ${data.columns.map((/** @type {any} */ one) => {
        const name = names[one.key];
        const isSorted = name === order;
        const sort = isSorted ? (rising ? "ascending" : "descending") : undefined;
        return html`<div key=${one.key} role="columnheader" aria-sort=${sort} class=${`cell c-${one.key}${one.left ? "" : " end"}`}>
          ${name
            ? html`<button
                type="button"
                class="sorter"
                onClick=${() => refine(isSorted ? { rising: rising ? "" : "yes" } : { order: name })}
              >
                ${one.title}${isSorted && html`<span aria-hidden="true">${rising ? " ▲" : " ▼"}</span>`}
              </button>`
            : one.title}
        </div>`;
      })}
    </div>
  </div>`;
}

/** @param {{columns: any[], row: any, version: number}} props */
function Cells({ columns, row }) {
  isPrivate.value;
  if (!row) {
    return columns.map(
      (one) => html`<div key=${one.key} role="gridcell" class=${`cell c-${one.key}`}><span class="bone short"></span></div>`,
    );
  }
  return columns.map((one) => {
    const words = seenCell(row.words[one.key], one.secret);
    const sign = one.key !== "net" ? "" : row.net.startsWith("-") ? " loss" : " gain";
    return html`<div key=${one.key} role="gridcell" class=${`cell c-${one.key}${one.left ? "" : " end"}${sign}`}>
      ${one.key === "tags" && row.tags.length
        ? row.tags.map((/** @type {string} */ tag) => html`<span key=${tag} class="chip">${tag}</span>`)
        : words}
    </div>`;
  });
}

/** @param {{desk: any, words: string}} props */
function Scatter({ desk, words }) {
  useEffect(() => desk.watch(excursions), []);
  useEffect(() => void excursions.open(`/api/screens/excursions?${new URLSearchParams({ words })}`), [words]);
  const found = excursions.found.value;
  const plan = useMemo(
    () => (found.data?.points.length ? scatterPlan(found.data, (trade) => go("trades", { words, trade })) : null),
    [found.data],
  );
  return html`<${Shown} of=${excursions} what="how far trades went">
    ${() =>
      plan
        ? html`<section class="card">
            <div class="card-head">
              <h2>How far trades went against you and for you</h2>
              <p class="quiet legend"><span class="gain">○ won</span> <span class="loss">× lost</span> − broke even</p>
            </div>
            <${Chart} plan=${plan} height=${420} />
          </section>`
        : html`<${Empty} title="Not known yet">
            <p>MAE and MFE take the candles around a trade. <code>coach candles fetch</code> brings them.</p>
          <//>`}
  <//>`;
}
