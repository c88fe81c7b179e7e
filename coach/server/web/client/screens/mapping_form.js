/** What a file cannot say: which column is what, and the questions that only its owner answers. */

import { html } from "../core/html.js";
import { useState } from "../vendor/hooks.js";

/** @typedef {{name: string, title: string, column: string, needed: boolean, usual: boolean}} Field */
/** @typedef {{label: string, example: string}} FileColumn */
/** @typedef {{name: string, text: string, choices: string[]}} Question */

const HOURS = "hours";

/**
 * Return the columns as a person chose them, by field; those that were left out are not there.
 * @param {Record<string, string>} chosen
 * @returns {Record<string, string>}
 */
export function columnsOf(chosen) {
  const { [HOURS]: hours, ...others } = chosen;
  const named = Object.entries(others).filter(([, label]) => label !== "");
  const columns = Object.fromEntries(named);
  if (hours && columns.time) columns.time = `${columns.time}+${hours}`;
  return columns;
}

/** @param {{data: any, sent: boolean, submit: (columns: Record<string, string>) => void}} props */
export function ColumnsForm({ data, sent, submit }) {
  const [chosen, setChosen] = useState(
    /** @type {Record<string, string>} */ (Object.fromEntries(data.fields.map((/** @type {Field} */ one) => [one.name, one.column]))),
  );
  const choose = (/** @type {string} */ name, /** @type {string} */ label) => setChosen((all) => ({ ...all, [name]: label }));
  const row = (/** @type {Field} */ one) =>
    html`<${ColumnField} key=${one.name} field=${one} columns=${data.in_file} value=${chosen[one.name] ?? ""} choose=${choose} />`;
  const hours = { name: HOURS, title: "Its time of day, where that is in another column", column: "", needed: false, usual: false };
  const isUsual = (/** @type {Field} */ one) => one.usual;
  return html`<form
    class="stack columns-form"
    aria-label="Which column is what"
    onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      submit(columnsOf(chosen));
    }}
  >
    <p>${data.why}</p>
    <p class="quiet">Say which column is what; coach proposes what it recognised. You see the first rows as they would be read before anything is kept.</p>
    <div class="field-grid">${data.fields.filter(isUsual).map(row)}</div>
    <details>
      <summary>More columns</summary>
      <div class="field-grid">${[hours, ...data.fields.filter((/** @type {Field} */ one) => !isUsual(one))].map(row)}</div>
    </details>
    <p class="actions start"><button class="primary" disabled=${sent}>Read it so</button></p>
  </form>`;
}

/** @param {{field: Field, columns: FileColumn[], value: string, choose: (name: string, label: string) => void}} props */
function ColumnField({ field, columns, value, choose }) {
  const isOwn = value !== "" && !columns.some((one) => one.label === value);
  return html`<label class="field"
    ><span>${field.title}${field.needed && html` <b class="needed">needed</b>`}</span
    ><select
      name=${field.name}
      value=${value}
      required=${field.needed}
      onChange=${(/** @type {any} */ event) => choose(field.name, event.currentTarget.value)}
    >
      <option value="">not in this file</option>
      ${isOwn && html`<option value=${value}>${value}</option>`}
      ${columns.map((one) => html`<option key=${one.label} value=${one.label}>${one.label}${one.example && `: ${one.example.slice(0, 24)}`}</option>`)}
    </select></label
  >`;
}

/** @param {{data: any, sent: boolean, submit: (answers: Record<string, string>) => void}} props */
export function QuestionsForm({ data, sent, submit }) {
  const [answers, setAnswers] = useState(/** @type {Record<string, string>} */ ({}));
  const give = (/** @type {string} */ name, /** @type {string} */ answer) => setAnswers((all) => ({ ...all, [name]: answer.trim() }));
  return html`<form
    class="stack questions-form"
    aria-label="What the file cannot say"
    onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      submit(answers);
    }}
  >
    <p>The file does not say this, and coach does not guess.</p>
    ${data.questions.map((/** @type {Question} */ one) => html`<${QuestionField} key=${one.name} asked=${one} give=${give} />`)}
    <p class="actions start"><button class="primary" disabled=${sent}>Go on</button></p>
  </form>`;
}

/** @param {{asked: Question, give: (name: string, answer: string) => void}} props */
function QuestionField({ asked, give }) {
  const listen = (/** @type {any} */ event) => give(asked.name, event.currentTarget.value);
  if (asked.choices.length) {
    return html`<fieldset>
      <legend>${asked.text}</legend>
      ${asked.choices.map(
        (one) => html`<label class="check" key=${one}><input type="radio" name=${asked.name} value=${one} required onChange=${listen} /><span>${one}</span></label>`,
      )}
    </fieldset>`;
  }
  const isClock = asked.name === "clock";
  return html`<label class="field"
    ><span>${asked.text}</span
    ><input required autocomplete="off" name=${asked.name} list=${isClock ? "file-zones" : undefined} onInput=${listen} />${isClock &&
    html`<datalist id="file-zones">
      ${Intl.supportedValuesOf("timeZone").map((one) => html`<option key=${one} value=${one}></option>`)}
    </datalist>`}</label
  >`;
}
