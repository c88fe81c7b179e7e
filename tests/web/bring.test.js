import assert from "node:assert/strict";
import { test } from "node:test";

import { stageOf, withAnswers } from "../../coach/server/web/client/screens/bring.js";
import { columnsOf } from "../../coach/server/web/client/screens/mapping_form.js";

const NOTHING = { columns: {}, answers: {}, zone: "", account: "", save: "" };

test("the clock and the account have fields of their own, other answers are kept by name", () => {
  const first = withAnswers(NOTHING, { clock: "Europe/Madrid", "side_words:long": "buy" });
  assert.equal(first.zone, "Europe/Madrid");
  const second = withAnswers(first, { account: "main", quote: "EUR" });
  assert.deepEqual(second, {
    columns: {},
    answers: { "side_words:long": "buy", quote: "EUR" },
    zone: "Europe/Madrid",
    account: "main",
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
  const layout = { run: null, fields: [{}], questions: [] };
  assert.equal(stageOf(layout), "columns");
  assert.equal(stageOf({ run: null, fields: [], questions: [{}] }), "questions");
  assert.equal(stageOf({ run: {}, fields: [], questions: [] }), "preview");
});
