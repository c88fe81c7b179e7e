/** Where a replay went week by week, within where luck alone would have led. */

/** @typedef {{quote: string, weeks: {week: string, gain: number, luck: number[], cells: string[]}[], words: any}} Fan */

/**
 * Return the plan of the chart.
 * @param {Fan} fan
 * @returns {import("./chart.js").ChartPlan}
 */
export function fanPlan(fan) {
  const weeks = fan.weeks;
  const luck = (/** @type {number} */ at) => weeks.map((one) => one.luck[at] ?? 0);
  const cells = weeks.map((one) => [one.week, ...one.cells]);
  return {
    name: fan.words,
    secret: true,
    data: [weeks.map((_, at) => at), luck(4), luck(3), luck(1), luck(0), weeks.map((one) => one.gain)],
    said: cells.map(([week, gain, low, , , , high]) => `${week}: ${gain} ${fan.quote}; luck ${low} to ${high}`),
    head: ["week", "this replay", "luck 5 %", "25 %", "50 %", "75 %", "95 %"],
    rows: () => cells,
    options: (ink) => {
      const thin = { stroke: ink("line"), width: 1, points: { show: false } };
      const axis = { stroke: ink("soft"), grid: { stroke: ink("line"), width: 1 }, ticks: { show: false } };
      return {
        cursor: { y: false },
        scales: { x: { time: false } },
        axes: [
          {
            ...axis,
            values: (/** @type {any} */ _chart, /** @type {number[]} */ places) =>
              places.map((at) => (Number.isInteger(at) ? (weeks[at]?.week.slice(5) ?? "") : "")),
          },
          { ...axis, size: 64, secret: true },
        ],
        bands: [
          { series: [1, 4], fill: ink("accent-wash") },
          { series: [2, 3], fill: ink("gain-wash") },
        ],
        series: [{}, thin, thin, thin, thin, { stroke: ink("accent"), width: 2, points: { show: true, size: 6 } }],
      };
    },
  };
}
