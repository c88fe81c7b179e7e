/** How far trades went against the trader and with them: a mark for each, shaped by its outcome. */

/** @typedef {{id: string, symbol: string, mae: string, mfe: string, outcome: string | null, words: string}} Excursion */

const PERCENT = 100;

/**
 * Return the plan of the chart.
 * @param {{points: Excursion[], sum: any}} found
 * @param {(id: string) => void} open
 * @returns {import("./chart.js").ChartPlan}
 */
export function scatterPlan(found, open) {
  const points = [...found.points].sort((one, other) => Number(one.mae) - Number(other.mae));
  const x = points.map((one) => Number(one.mae) * PERCENT);
  const y = points.map((one) => Number(one.mfe) * PERCENT);
  return {
    name: found.sum,
    data: [x, y],
    said: points.map((one) => one.words),
    head: ["trade", "what it was"],
    rows: () => points.map((one) => [one.id, one.words]),
    open: (at) => open(points[at]?.id ?? ""),
    options: (ink) => ({
      cursor: { points: { show: false } },
      scales: { x: { time: false, range: padded }, y: { range: padded } },
      axes: [
        { ...axis(ink), label: "against you (MAE), %" },
        { ...axis(ink), label: "for you (MFE), %", size: 56 },
      ],
      series: [{}, { paths: () => null, points: { show: false } }],
      hooks: {
        draw: [(/** @type {any} */ chart) => drawMarks(chart, points, x, y, ink)],
        ready: [
          (/** @type {any} */ chart) => {
            chart.over.addEventListener("click", () => {
              const at = chart.cursor.idx;
              if (at !== null && at !== undefined) open(points[at]?.id ?? "");
            });
          },
        ],
      },
    }),
  };
}

/** @param {(name: string) => string} ink */
function axis(ink) {
  return {
    stroke: ink("soft"),
    grid: { stroke: ink("line"), width: 1 },
    ticks: { show: false },
    labelSize: 20,
    labelFont: "12px system-ui, sans-serif",
  };
}

/**
 * @param {any} _chart
 * @param {number} low
 * @param {number} high
 */
function padded(_chart, low, high) {
  return [Math.min(0, low), (high || 1) * 1.05];
}

/**
 * @param {any} chart
 * @param {Excursion[]} points
 * @param {number[]} xs
 * @param {number[]} ys
 * @param {(name: string) => string} ink
 */
function drawMarks(chart, points, xs, ys, ink) {
  const { ctx } = chart;
  const size = 3.5 * (devicePixelRatio || 1);
  ctx.save();
  ctx.lineWidth = 1.5 * (devicePixelRatio || 1);
  points.forEach((one, at) => {
    const x = chart.valToPos(xs[at], "x", true);
    const y = chart.valToPos(ys[at], "y", true);
    ctx.beginPath();
    if (one.outcome === "win") {
      ctx.strokeStyle = ink("gain");
      ctx.arc(x, y, size, 0, 2 * Math.PI);
    } else if (one.outcome === "loss") {
      ctx.strokeStyle = ink("loss");
      ctx.moveTo(x - size, y - size);
      ctx.lineTo(x + size, y + size);
      ctx.moveTo(x + size, y - size);
      ctx.lineTo(x - size, y + size);
    } else {
      ctx.strokeStyle = ink("soft");
      ctx.moveTo(x - size, y);
      ctx.lineTo(x + size, y);
    }
    ctx.stroke();
  });
  ctx.restore();
}
