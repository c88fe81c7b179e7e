/**
 * A chart that can be read without seeing it: it has a name, a table of its data, and a cursor that
 * the arrow keys move and that says where it is.
 */

import { html } from "../core/html.js";
import { isPrivate, seen, theme } from "../core/looks.js";
import { useEffect, useRef, useState } from "../vendor/hooks.js";

/** @typedef {{words: string}} Point What a point says of itself. */
/**
 * @typedef {object} ChartPlan
 * @property {import("../core/looks.js").Said} name
 * @property {(ink: (name: string) => string) => any} options for uPlot, without its size
 * @property {any[]} data
 * @property {string[]} said what each place of the cursor says
 * @property {string[]} head of the table
 * @property {() => string[][]} rows of the table
 * @property {boolean} [secret] whether its numbers are money
 * @property {(at: number) => void} [open] what Enter does at a place
 */

/** @type {Promise<any> | null} */
let library = null;

/** Load the library once; the first screen does without it. */
function loadLibrary() {
  library ??= import("../vendor/uplot.js").then((found) => found.default);
  if (!document.getElementById("uplot-style")) {
    const link = document.createElement("link");
    link.id = "uplot-style";
    link.rel = "stylesheet";
    link.href = new URL("../vendor/uplot.css", import.meta.url).pathname;
    document.head.append(link);
  }
  return library;
}

/** Return a function that finds the colours of the theme, as a canvas takes them. */
function inks() {
  const probe = document.createElement("i");
  document.body.append(probe);
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const name of ["ink", "soft", "line", "accent", "accent-wash", "gain", "gain-wash", "loss", "loss-wash", "card"]) {
    probe.style.color = `var(--${name})`;
    found.set(name, getComputedStyle(probe).color);
  }
  probe.remove();
  return (/** @type {string} */ name) => found.get(name) ?? "gray";
}

/** @param {{plan: ChartPlan, height?: number}} props */
export function Chart({ plan, height = 240 }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  const chart = useRef(/** @type {any} */ (null));
  const [at, setAt] = useState(-1);
  const [isOpen, setOpen] = useState(false);
  const hides = plan.secret === true && isPrivate.value;
  const look = `${theme.value}${hides}`;
  useEffect(() => {
    const element = /** @type {HTMLDivElement} */ (box.current);
    let gone = false;
    const draw = async () => {
      const UPlot = await loadLibrary();
      if (gone || !element.clientWidth) return;
      chart.current?.destroy();
      const options = plan.options(inks());
      if (hides) for (const axis of options.axes ?? []) if (axis.secret) axis.values = () => [];
      const size = { width: element.clientWidth, height };
      chart.current = new UPlot({ ...options, ...size, legend: { show: false } }, plan.data, element);
    };
    void draw();
    const watch = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width && chart.current && chart.current.width !== width) {
        chart.current.setSize({ width, height });
      }
    });
    watch.observe(element);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", draw);
    return () => {
      gone = true;
      watch.disconnect();
      dark.removeEventListener("change", draw);
      chart.current?.destroy();
      chart.current = null;
    };
  }, [plan, look, height]);
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    const last = plan.said.length - 1;
    const there = placeAfter(event.key, at, last);
    if (event.key === "Enter" && at >= 0 && plan.open) plan.open(at);
    else if (there === null) return;
    else move(there);
    event.preventDefault();
    event.stopPropagation();
  };
  /** @param {number} there */
  const move = (there) => {
    setAt(there);
    const left = chart.current?.valToPos(plan.data[0][there], "x");
    if (left !== undefined) chart.current.setCursor({ left, top: height / 3 });
  };
  const told = at < 0 ? "" : hides ? "•••" : (plan.said[at] ?? "");
  return html`<figure class="chart">
    <div
      class="chart-box"
      style=${{ height: `${height}px` }}
      role="img"
      tabindex="0"
      aria-label=${`${seen(plan.name)}. Arrow keys move through it.`}
      ref=${box}
      onKeyDown=${onKey}
    ></div>
    <figcaption class="chart-said" aria-live="polite">${told || seen(plan.name)}</figcaption>
    <details onToggle=${(/** @type {any} */ event) => setOpen(event.currentTarget.open)}>
      <summary>As a table</summary>
      ${isOpen &&
      html`<div class="scroll-y" tabindex="0" role="group" aria-label="The data of the chart">
        <table class="facts">
          <thead>
            <tr>
              ${plan.head.map((one) => html`<th key=${one} scope="col">${one}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${plan.rows().map(
              (cells, row) => html`<tr key=${row}>
                ${cells.map((one, place) =>
                  place ? html`<td key=${place}>${hides ? "•••" : one}</td>` : html`<th key=${place} scope="row">${one}</th>`,
                )}
              </tr>`,
            )}
          </tbody>
        </table>
      </div>`}
    </details>
  </figure>`;
}

/**
 * Return the place that a key leads to, null where it leads nowhere.
 * @param {string} key
 * @param {number} at
 * @param {number} last
 */
export function placeAfter(key, at, last) {
  const goes = /** @type {Record<string, number>} */ ({
    ArrowRight: at + 1,
    ArrowLeft: at < 0 ? last : at - 1,
    Home: 0,
    End: last,
  });
  const there = goes[key];
  return there === undefined ? null : Math.max(0, Math.min(last, there));
}
