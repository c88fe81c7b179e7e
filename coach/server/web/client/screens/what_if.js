/** What-if: your trades again under other rules; numbers, verdicts, and where luck would have led. */

import { html } from "../core/html.js";
import { Resource } from "../core/resource.js";
import { refine } from "../core/router.js";
import { Chart } from "../parts/chart.js";
import { fanPlan } from "../parts/fan.js";
import { Words } from "../parts/lines.js";
import { Empty, Shown, Warnings } from "../parts/states.js";
import { useEffect, useMemo } from "../vendor/hooks.js";

const LIVES = ["import.done", "import.undone", "fill.", "candles.stored", "rule.changed", "plan."];
const offers = new Resource(["rule."]);
const answer = new Resource(LIVES);
const SETTLED_MS = 250;

/** @param {{desk: any, query: Record<string, string>}} props */
export function Screen({ desk, query }) {
  useEffect(() => desk.watch(offers), []);
  useEffect(() => desk.watch(answer), []);
  useEffect(() => void offers.open("/api/screens/what-if"), []);
  const search = searchOf(query);
  useEffect(() => {
    const timer = setTimeout(() => void answer.open(`/api/screens/what-if/answer?${search}`), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [search]);
  return html`<div data-command=${commandOf(query, offers.found.value.data)}>
    <header class="page-head">
      <div>
        <h1>What-if</h1>
        <p class="quiet">Your own trades again, under other rules. Nothing is traded, nothing is kept.</p>
      </div>
      <button type="button" onClick=${() => refine(Object.fromEntries(Object.keys(query).map((name) => [name, ""])))}>
        Without any change
      </button>
    </header>
    <div class="what-if-grid">
      <${Shown} of=${offers} what="what can be changed">
        ${(/** @type {any} */ data) => html`<${Sliders} data=${data} query=${query} />`}
      <//>
      <div class="stack" aria-busy=${answer.found.value.again}>
        <${Shown} of=${answer} what="what it comes to">
          ${(/** @type {any} */ data, /** @type {any} */ found) => html`<${Warnings} lines=${found.warnings} /><${Result} data=${data} />`}
        <//>
      </div>
    </div>
  </div>`;
}

/**
 * Return the parameters of the simulation that an address asks for.
 * @param {Record<string, string>} query
 */
export function searchOf(query) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (!value) continue;
    if (name === "rule") for (const rule of value.split(",")) search.append("rule", rule);
    else search.append(name, value === "on" ? "true" : value);
  }
  return search.toString();
}

/**
 * Return the command that asks the same.
 * @param {Record<string, string>} query
 * @param {any} data
 */
export function commandOf(query, data) {
  const parts = (data?.sliders ?? []).flatMap((/** @type {any} */ one) => {
    const value = query[one.parameter];
    if (!value) return [];
    return [value === "on" ? one.option : `${one.option} ${value}`];
  });
  const rules = (query.rule ?? "").split(",").filter(Boolean).map((one) => `--rule ${one}`);
  return ["coach simulate", ...rules, ...parts, ...(query.split ? [`--split ${query.split}`] : [])].join(" ");
}

/** @param {{data: any, query: Record<string, string>}} props */
function Sliders({ data, query }) {
  const chosen = (query.rule ?? "").split(",").filter(Boolean);
  return html`<form class="card sliders" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <h2>Changes</h2>
    ${data.sliders.map((/** @type {any} */ one) => html`<${Slider} key=${one.parameter} slider=${one} value=${query[one.parameter] ?? ""} />`)}
    ${data.rules.length > 0 &&
    html`<fieldset>
      <legend>Keeping a rule of yours</legend>
      ${data.rules.map(
        (/** @type {any} */ one) => html`<label class="check" key=${one.id}
          ><input
            type="checkbox"
            checked=${chosen.includes(one.id)}
            onChange=${(/** @type {any} */ event) => {
              const rest = chosen.filter((name) => name !== one.id);
              refine({ rule: (event.currentTarget.checked ? [...rest, one.id] : rest).join(",") });
            }}
          /><span><${Words} said=${one.said} /></span></label
        >`,
      )}
    </fieldset>`}
    <label class="field"
      ><span>Learn on so many weeks, judge the rest apart (out-of-sample)</span
      ><input
        type="number"
        min="1"
        inputmode="numeric"
        value=${query.split ?? ""}
        onInput=${(/** @type {any} */ event) => refine({ split: event.currentTarget.value })}
    /></label>
  </form>`;
}

/** @param {{slider: any, value: string}} props */
function Slider({ slider, value }) {
  const at = slider.values.indexOf(value) + 1;
  const words = at ? value : "off";
  if (slider.values.length === 1) {
    return html`<label class="check"
      ><input
        type="checkbox"
        checked=${at > 0}
        onChange=${(/** @type {any} */ event) => refine({ [slider.parameter]: event.currentTarget.checked ? slider.values[0] : "" })}
      /><span>${slider.name}</span></label
    >`;
  }
  const id = `slider-${slider.parameter}`;
  return html`<div class="slider">
    <label for=${id}>${slider.name}</label><output for=${id}>${words}</output
    ><input
      id=${id}
      type="range"
      min="0"
      max=${slider.values.length}
      step="1"
      value=${at}
      aria-valuetext=${words}
      onInput=${(/** @type {any} */ event) => refine({ [slider.parameter]: slider.values[event.currentTarget.value - 1] ?? "" })}
    />
  </div>`;
}

/** @param {{data: any}} props */
function Result({ data }) {
  const plans = useMemo(() => data.fans.map(fanPlan), [data]);
  if (!data.table.length) {
    return html`<${Empty} title="No entries to simulate"><p>Bring fills first.</p><//>`;
  }
  const [head, ...rows] = data.table;
  return html`<section class="card">
      <h2>What it comes to</h2>
      <ul class="verdicts">
        ${data.verdicts.map((/** @type {any} */ one) => html`<li key=${one.text}><${Words} said=${one} /></li>`)}
      </ul>
      <div class="scroll-x" tabindex="0" role="group" aria-label="The numbers of each sample">
        <table class="facts" data-table="what-if">
          <thead>
            <tr><td></td>${head.cells.map((/** @type {any} */ one) => html`<th key=${one.text} scope="col">${one.text}</th>`)}</tr>
          </thead>
          <tbody>
            ${rows.map(
              (/** @type {any} */ row) => html`<tr key=${row.name} data-name=${row.name}>
                <th scope="row">${row.name}</th>
                ${row.cells.map((/** @type {any} */ one, /** @type {number} */ at) => html`<td key=${at}><${Words} said=${one} /></td>`)}
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <p class="quiet">${data.assumes}</p>
    </section>
    ${plans.map(
      (/** @type {any} */ plan, /** @type {number} */ at) => html`<section class="card" key=${at}>
        <div class="card-head">
          <h2>Week by week</h2>
          <p class="quiet legend"><span>● this replay</span><span>▒ half of luck</span><span>░ nine tenths of it</span></p>
        </div>
        <${Chart} plan=${plan} height=${260} />
      </section>`,
    )}`;
}

