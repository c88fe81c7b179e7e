/** Questions that stand before everything else: a text, a choice, a password, the list of keys. */

import { html } from "../core/html.js";
import { useEffect, useRef } from "../vendor/hooks.js";
import { signal } from "../vendor/signals.js";

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {any} [body]
 * @property {string} [label] of a text that is asked for
 * @property {string} [value]
 * @property {boolean} [secret]
 * @property {readonly string[]} [choices] one of which is the answer
 * @property {string} yes
 * @property {string} [no]
 * @property {boolean} [danger]
 * @property {(answer: string | null) => void} answer
 */

/** @type {import("../vendor/signals.js").Signal<Question | null>} */
export const question = signal(null);

/**
 * Ask, and return what was typed, "" for a plain yes, null for no.
 * @param {Omit<Question, "answer">} asked
 * @returns {Promise<string | null>}
 */
export function askPerson(asked) {
  question.value?.answer(null);
  return new Promise((done) => {
    question.value = {
      ...asked,
      answer: (answer) => {
        question.value = null;
        done(answer);
      },
    };
  });
}

/** The open question, if there is one. */
export function Dialog() {
  const asked = question.value;
  return asked && html`<${Asked} key=${asked.title} asked=${asked} />`;
}

/** @param {{asked: Question}} props */
function Asked({ asked }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const field = useRef(/** @type {HTMLInputElement | HTMLSelectElement | null} */ (null));
  useEffect(() => {
    const before = /** @type {HTMLElement | null} */ (document.activeElement);
    dialog.current?.showModal();
    field.current?.focus();
    if (field.current && "select" in field.current) field.current.select();
    return () => before?.focus?.();
  }, []);
  /** @param {Event} event */
  const submit = (event) => {
    event.preventDefault();
    asked.answer(field.current ? field.current.value : "");
  };
  return html`<dialog ref=${dialog} aria-labelledby="asked" onClose=${() => asked.answer(null)}>
    <form onSubmit=${submit}>
      <h2 id="asked">${asked.title}</h2>
      ${asked.body}
      ${asked.label &&
      html`<label class="field"
        ><span>${asked.label}</span
        >${asked.choices
          ? html`<select ref=${field}>
              ${asked.choices.map((one) => html`<option key=${one} value=${one} selected=${one === asked.value}>${one}</option>`)}
            </select>`
          : html`<input
              ref=${field}
              type=${asked.secret ? "password" : "text"}
              autocomplete=${asked.secret ? "current-password" : "off"}
              defaultValue=${asked.value ?? ""}
              required
            />`}</label
      >`}
      <p class="actions">
        ${asked.no !== "" &&
        html`<button type="button" class="plain-button" onClick=${() => asked.answer(null)}>
          ${asked.no ?? "Cancel"}
        </button>`}
        <button class=${asked.danger ? "danger" : "primary"} autofocus=${!asked.label}>
          ${asked.yes}
        </button>
      </p>
    </form>
  </dialog>`;
}
