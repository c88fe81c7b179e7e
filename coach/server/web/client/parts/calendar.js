/** The calendar: a column for each week, a row for each weekday; glyph and colour say the same. */

import { html } from "../core/html.js";
import { seen } from "../core/looks.js";
import { useRef, useState } from "../vendor/hooks.js";

/** @typedef {{day: string, closed: number, breaches: number, sign: number | null, net: Record<string, string>, text: string, hidden: string}} Day */

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const SIGNS = /** @type {Record<string, string>} */ ({ "1": "+", "0": "=", "-1": "−" });

/**
 * Return what a cell says, and which of its shades it has.
 * @param {Day} day
 * @param {string} view
 * @param {number} most the most of all days in this view
 * @returns {{glyph: string, shade: string}}
 */
export function cellOf(day, view, most) {
  const broken = day.breaches > 0 ? "!" : "";
  if (view === "breaches") {
    if (!day.breaches) return { glyph: day.closed ? "·" : "", shade: day.closed ? "kept" : "" };
    return { glyph: String(Math.min(99, day.breaches)), shade: `broken-${step(day.breaches, most)}` };
  }
  if (view === "count") {
    if (!day.closed) return { glyph: broken, shade: "" };
    return { glyph: `${Math.min(99, day.closed)}${broken}`, shade: `count-${step(day.closed, most)}` };
  }
  if (day.sign === null) return { glyph: broken, shade: "" };
  const shade = day.sign > 0 ? "gain" : day.sign < 0 ? "loss" : "even";
  return { glyph: `${SIGNS[String(day.sign)] ?? ""}${broken}`, shade };
}

/**
 * @param {number} value
 * @param {number} most
 */
function step(value, most) {
  return Math.max(1, Math.min(4, Math.ceil((4 * value) / Math.max(1, most))));
}

/**
 * Return the weeks of the days, seven each.
 * @param {Day[]} days
 */
export function weeksOf(days) {
  return Array.from({ length: Math.ceil(days.length / 7) }, (_, at) =>
    days.slice(at * 7, at * 7 + 7),
  );
}

/**
 * Return the day that an arrow leads to.
 * @param {number} at
 * @param {string} key
 * @param {number} count
 */
export function dayBeside(at, key, count) {
  const by = /** @type {Record<string, number>} */ ({
    ArrowUp: -1,
    ArrowDown: 1,
    ArrowLeft: -7,
    ArrowRight: 7,
    Home: -at,
    End: count - 1 - at,
  })[key];
  return by === undefined ? null : Math.max(0, Math.min(count - 1, at + by));
}

/** @param {{days: Day[], view: string, title: string, onDay: (day: string) => void}} props */
export function Calendar({ days, view, title, onDay }) {
  const [at, setAt] = useState(days.length - 1);
  const table = useRef(/** @type {HTMLTableElement | null} */ (null));
  const most = Math.max(...days.map((one) => (view === "count" ? one.closed : one.breaches)));
  const weeks = weeksOf(days);
  const current = days[Math.min(at, days.length - 1)];
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const there = dayBeside(at, event.key, days.length);
    if (there === null) return;
    event.preventDefault();
    event.stopPropagation();
    setAt(there);
    /** @type {HTMLElement | null | undefined} */ (
      table.current?.querySelector(`[data-at="${there}"]`)
    )?.focus();
  };
  return html`<div class="calendar">
    <div class="calendar-scroll">
      <table ref=${table} onKeyDown=${onKey} data-view=${view}>
        <caption>${title}</caption>
        <thead>
          <tr>
            <td></td>
            ${weeks.map(
              (week, number) =>
                html`<th key=${number} scope="col">
                  <span class="visually-hidden">Week from ${week[0]?.day}</span>
                  <span aria-hidden="true">${monthOf(weeks, number)}</span>
                </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${WEEKDAYS.map(
            (name, weekday) => html`<tr key=${name}>
              <th scope="row">${name}</th>
              ${weeks.map((week, number) => {
                const day = week[weekday];
                const place = number * 7 + weekday;
                if (!day) return html`<td key=${number}></td>`;
                const { glyph, shade } = cellOf(day, view, most);
                return html`<td key=${number}>
                  <button
                    type="button"
                    class=${`day ${shade}`}
                    data-at=${place}
                    tabindex=${place === at ? 0 : -1}
                    aria-label=${seen(day)}
                    onFocus=${() => setAt(place)}
                    onMouseEnter=${() => setAt(place)}
                    onClick=${() => onDay(day.day)}
                  >
                    ${glyph}
                  </button>
                </td>`;
              })}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="quiet calendar-day" aria-hidden="true">${current && seen(current)}</p>
  </div>`;
}

/**
 * Return the month above a week's column, where it is the first of its month.
 * @param {Day[][]} weeks
 * @param {number} number
 */
function monthOf(weeks, number) {
  const month = weeks[number]?.[0]?.day.slice(5, 7);
  if (number && weeks[number - 1]?.[0]?.day.slice(5, 7) === month) return "";
  const names = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  return names[Number(month) - 1] ?? "";
}
