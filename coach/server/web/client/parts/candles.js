/** The candles around a trade, with its entry and its exit. */

/** @typedef {{source: string, step_s: number, bars: number[][], entry: [number, number], exit: [number, number] | null, words: any}} Candles */

const MOST_BARS = 160;

/**
 * Return bars, so many joined into one that they fit.
 * @param {number[][]} bars each is time, open, high, low, close
 * @param {number} most
 */
export function joined(bars, most = MOST_BARS) {
  const each = Math.ceil(bars.length / most);
  if (each <= 1) return bars;
  /** @type {number[][]} */
  const found = [];
  for (let from = 0; from < bars.length; from += each) {
    const group = bars.slice(from, from + each);
    const first = /** @type {number[]} */ (group[0]);
    const last = /** @type {number[]} */ (group.at(-1));
    const high = Math.max(...group.map((one) => one[2] ?? 0));
    const low = Math.min(...group.map((one) => one[3] ?? Infinity));
    found.push([first[0] ?? 0, first[1] ?? 0, high, low, last[4] ?? 0]);
  }
  return found;
}

/**
 * Return the plan of the chart.
 * @param {Candles} candles
 * @param {string} zone
 * @returns {import("./chart.js").ChartPlan}
 */
export function candlePlan(candles, zone) {
  const bars = joined(candles.bars);
  const at = (/** @type {number} */ place) => bars.map((bar) => bar[place] ?? 0);
  const prices = [candles.entry[1], ...(candles.exit ? [candles.exit[1]] : [])];
  const low = Math.min(...at(3), ...prices);
  const high = Math.max(...at(2), ...prices);
  const room = (high - low) * 0.06 || 1;
  const clock = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "short",
  });
  const local = (/** @type {number} */ time) => shortTime(clock.format(new Date(time * 1000)));
  const rows = bars.map((bar) => [
    clock.format(new Date((bar[0] ?? 0) * 1000)),
    ...bar.slice(1).map(String),
  ]);
  return {
    name: candles.words,
    data: [at(0), at(4)],
    said: rows.map(([when, open, top, bottom, close]) => `${when}: open ${open}, high ${top}, low ${bottom}, close ${close}`),
    head: ["time", "open", "high", "low", "close"],
    rows: () => rows,
    options: (ink) => ({
      tzDate: (/** @type {number} */ time) => zoned(time, zone),
      cursor: { y: false, points: { show: false } },
      scales: { y: { range: () => [low - room, high + room] } },
      axes: [
        {
          stroke: ink("soft"),
          grid: { stroke: ink("line"), width: 1 },
          ticks: { show: false },
          values: (/** @type {any} */ _chart, /** @type {number[]} */ times) => times.map(local),
        },
        { stroke: ink("soft"), grid: { stroke: ink("line"), width: 1 }, ticks: { show: false }, size: 64 },
      ],
      series: [{}, { paths: () => null, points: { show: false } }],
      hooks: { draw: [(/** @type {any} */ chart) => drawAll(chart, bars, candles, ink)] },
    }),
  };
}

/**
 * Return a time without its year: at midnight the day, else the hour.
 * @param {string} text
 */
export function shortTime(text) {
  const [day = "", hour = ""] = text.split(" ");
  return hour === "00:00" ? day.slice(5) : hour;
}

/**
 * Return a time as a date whose local fields are those of a zone.
 * @param {number} time
 * @param {string} zone
 */
function zoned(time, zone) {
  const text = new Date(time * 1000).toLocaleString("sv-SE", { timeZone: zone });
  return new Date(text.replace(" ", "T"));
}

/**
 * @param {any} chart
 * @param {number[][]} bars
 * @param {Candles} candles
 * @param {(name: string) => string} ink
 */
function drawAll(chart, bars, candles, ink) {
  const { ctx, bbox } = chart;
  const x = (/** @type {number} */ value) => chart.valToPos(value, "x", true);
  const y = (/** @type {number} */ value) => chart.valToPos(value, "y", true);
  const wide = Math.max(1, Math.min(12, (bbox.width / Math.max(1, bars.length)) * 0.6));
  ctx.save();
  for (const [time = 0, open = 0, high = 0, low = 0, close = 0] of bars) {
    const rises = close >= open;
    ctx.strokeStyle = ctx.fillStyle = ink(rises ? "gain" : "loss");
    ctx.lineWidth = 1;
    ctx.beginPath();
    ctx.moveTo(x(time), y(high));
    ctx.lineTo(x(time), y(low));
    ctx.stroke();
    const top = y(Math.max(open, close));
    const tall = Math.max(1, y(Math.min(open, close)) - top);
    // A bar that rises is hollow: its direction is told by more than a colour.
    if (rises) {
      ctx.fillStyle = ink("card");
      ctx.fillRect(x(time) - wide / 2, top, wide, tall);
      ctx.strokeRect(x(time) - wide / 2, top, wide, tall);
    } else ctx.fillRect(x(time) - wide / 2, top, wide, tall);
  }
  mark(chart, candles.entry, "▶ entry", ink("ink"), x, y);
  if (candles.exit) mark(chart, candles.exit, "◀ exit", ink("ink"), x, y);
  ctx.restore();
}

/**
 * @param {any} chart
 * @param {[number, number]} at
 * @param {string} text
 * @param {string} colour
 * @param {(value: number) => number} x
 * @param {(value: number) => number} y
 */
function mark(chart, at, text, colour, x, y) {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio || 1;
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.setLineDash([4 * ratio, 4 * ratio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y(at[1]));
  ctx.lineTo(bbox.left + bbox.width, y(at[1]));
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.font = `${12 * ratio}px system-ui, sans-serif`;
  const ends = x(at[0]) > bbox.left + bbox.width / 2;
  ctx.textAlign = ends ? "right" : "left";
  const place = Math.max(bbox.left, Math.min(bbox.left + bbox.width, x(at[0])));
  ctx.fillText(text, place, y(at[1]) - 5 * ratio);
}
