import assert from "node:assert/strict";
import { test } from "node:test";

import { partsOf, stageOf, sumOf, withAnswers } from "../../coach/server/web/client/screens/bring.js";
import { columnsOf } from "../../coach/server/web/client/screens/mapping_form.js";

const NOTHING = { columns: {}, answers: {}, zone: "", account: "", save: "" };

test("the clock has a field of its own, other answers are kept by name", () => {
  const first = withAnswers(NOTHING, { clock: "Europe/Madrid", "side_words:long": "buy" });
  assert.equal(first.zone, "Europe/Madrid");
  const second = withAnswers(first, { quote: "EUR" });
  assert.deepEqual(second, {
    columns: {},
    answers: { "side_words:long": "buy", quote: "EUR" },
    zone: "Europe/Madrid",
    account: "",
    save: "",
  });
});

test("columns that are not in the file are left out, and a time of day is joined to its day", () => {
  assert.deepEqual(columnsOf({ time: "Date", symbol: "Ticker", fee: "", hours: "Time" }), {
    time: "Date+Time",
    symbol: "Ticker",
  });
  assert.deepEqual(columnsOf({ symbol: "Ticker", hours: "Time" }), { symbol: "Ticker" });
});

test("a file is previewed, mapped or asked about as a look at it answers", () => {
  const layout = { runs: [], fields: [{}], questions: [] };
  assert.equal(stageOf(layout), "columns");
  assert.equal(stageOf({ runs: [], fields: [], questions: [{}] }), "questions");
  assert.equal(stageOf({ runs: [{}], fields: [], questions: [] }), "preview");
});

test("a file of several accounts is imported part by part, unless all of it goes into one", () => {
  const run = { fetched: 3, new: 2, known: 1, changed: 0, skipped_count: 0 };
  const runs = [
    { ...run, account: "main" },
    { ...run, account: "second", new: 1 },
  ];
  assert.deepEqual(partsOf(runs, NOTHING), ["main", "second"]);
  assert.deepEqual(partsOf(runs, { ...NOTHING, account: "both" }), [null]);
  assert.deepEqual(partsOf(runs.slice(1), NOTHING), [null]);
  assert.deepEqual(sumOf(runs), { fetched: 6, new: 3, known: 2, changed: 0, skipped_count: 0 });
});
