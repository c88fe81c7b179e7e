/** The arithmetic of the parts: windows of rows, cells of days, keys, addresses, what is typed. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { actionOf } from "../../coach/server/web/client/core/keys.js";
import { addressOf, placeOf } from "../../coach/server/web/client/core/router.js";
import { cellOf, dayBeside, weeksOf } from "../../coach/server/web/client/parts/calendar.js";
import { joined, shortTime } from "../../coach/server/web/client/parts/candles.js";
import { placeAfter } from "../../coach/server/web/client/parts/chart.js";
import { aheadBy, countdown, holding } from "../../coach/server/web/client/parts/guard.js";
import { depthOf } from "../../coach/server/web/client/parts/lines.js";
import { moved, windowOf } from "../../coach/server/web/client/parts/virtual.js";
import { restsOn } from "../../coach/server/web/client/screens/reflect.js";
import { fieldsOf, wordsOf } from "../../coach/server/web/client/screens/rule_form.js";
import { TradeRows, chunksOf, idsIn } from "../../coach/server/web/client/screens/trade_store.js";
import { commandOf, searchOf } from "../../coach/server/web/client/screens/what_if.js";

test("of a hundred thousand rows only those around the window are drawn", () => {
  const { first, end } = windowOf(36 * 50_000, 720, 36, 100_000);
  assert.ok(first <= 50_000 && end >= 50_020 && end - first < 40);
  assert.deepEqual(windowOf(0, 720, 36, 3), { first: 0, end: 3 });
});

test("the cursor stays within the list", () => {
  assert.equal(moved("up", 0, 10, 5), 0);
  assert.equal(moved("pageDown", 7, 10, 5), 9);
  assert.equal(moved("last", 0, 10, 5), 9);
  assert.equal(moved("down", 0, 0, 5), 0);
});

test("rows are read once, in chunks, in the order of their ids", async () => {
  const asked = [];
  const rows = new TradeRows(async (path) => {
    const ids = new URLSearchParams(path.split("?")[1]).getAll("id");
    asked.push(ids.length);
    return { data: ids.map((id) => ({ id })) };
  });
  rows.list(idsIn(Array.from({ length: 120 }, (_, at) => `t${at}`).join(" ")));
  await rows.need(0, 60);
  await rows.need(40, 120);
  assert.deepEqual(asked, [50, 50, 20]);
  assert.equal(rows.at(119).id, "t119");
  assert.deepEqual(chunksOf(49, 51), [0, 1]);
  assert.deepEqual(idsIn(""), []);
});

test("a chunk that did not come is read again", async () => {
  let fails = true;
  const rows = new TradeRows(async () => {
    if (fails) throw new Error("away");
    return { data: [{ id: "a" }] };
  });
  rows.list(["a"]);
  await rows.need(0, 1);
  fails = false;
  await rows.need(0, 1);
  assert.equal(rows.at(0).id, "a");
});

test("a day is told by a glyph as well as by a shade", () => {
  const day = (more) => ({ closed: 2, breaches: 0, sign: 1, net: {}, day: "2026-03-02", text: "", hidden: "", ...more });
  assert.deepEqual(cellOf(day({}), "profit", 4), { glyph: "+", shade: "gain" });
  assert.deepEqual(cellOf(day({ sign: -1, breaches: 1 }), "profit", 4), { glyph: "−!", shade: "loss" });
  assert.deepEqual(cellOf(day({ breaches: 4 }), "breaches", 4), { glyph: "4", shade: "broken-4" });
  assert.deepEqual(cellOf(day({}), "breaches", 4), { glyph: "·", shade: "kept" });
  assert.deepEqual(cellOf(day({ closed: 0, sign: null }), "count", 4), { glyph: "", shade: "" });
});

test("arrows lead a day or a week on, and not beyond the calendar", () => {
  assert.equal(dayBeside(10, "ArrowLeft", 14), 3);
  assert.equal(dayBeside(3, "ArrowLeft", 14), 0);
  assert.equal(dayBeside(3, "a", 14), null);
  assert.deepEqual(weeksOf(Array.from({ length: 10 }, (_, at) => at)).map((one) => one.length), [7, 3]);
});

test("joined candles keep the first price, the last, and both ends", () => {
  const bars = [[0, 5, 9, 4, 6], [1, 6, 12, 5, 7], [2, 7, 8, 1, 3]];
  assert.deepEqual(joined(bars, 1), [[0, 5, 12, 1, 3]]);
  assert.equal(joined(bars, 3), bars);
  assert.equal(shortTime("2026-03-02 00:00"), "03-02");
  assert.equal(shortTime("2026-03-02 14:30"), "14:30");
});

test("a chart's cursor begins at either end", () => {
  assert.equal(placeAfter("ArrowRight", -1, 9), 0);
  assert.equal(placeAfter("ArrowLeft", -1, 9), 9);
  assert.equal(placeAfter("ArrowRight", 9, 9), 9);
  assert.equal(placeAfter("x", 3, 9), null);
});

test("the innermost area that knows a key decides", () => {
  const areas = [
    { name: "Everywhere", actions: [{ key: "n", what: "outer", run() {} }] },
    { name: "Rules", actions: [{ key: "n x", what: "inner", run() {} }] },
  ];
  assert.equal(actionOf(areas, "n").what, "inner");
  assert.equal(actionOf(areas, "q"), undefined);
});

test("an address says what is open, and leads back there", () => {
  const place = { screen: "trades", query: { words: "win >100", view: "" } };
  assert.equal(addressOf(place), "/trades?words=win+%3E100");
  assert.deepEqual(placeOf("/trades", "?words=win+%3E100"), { screen: "trades", query: { words: "win >100" } });
  assert.equal(placeOf("/", "").screen, "week");
});

test("the fields of a kind are those of its schema, and are typed as at a terminal", () => {
  const schema = { $defs: { k: { required: ["limit"], properties: { limit: { description: "at most" }, days: { default: ["mon", "tue"] } } } } };
  assert.deepEqual(fieldsOf(schema, "k").map((one) => [one.name, one.required, one.value]), [
    ["limit", true, ""],
    ["days", false, "mon,tue"],
  ]);
  assert.deepEqual(fieldsOf(schema, "other"), []);
  assert.equal(wordsOf({ limit: " 5 ", days: "mon, tue", empty: " " }), "limit=5 days=mon,tue");
});

test("sliders become the parameters of a simulation, and its command", () => {
  const query = { rule: "a,b", skip_after_loss: "30", untouched: "on", stop: "" };
  assert.equal(searchOf(query), "rule=a&rule=b&skip_after_loss=30&untouched=true");
  const sliders = [
    { parameter: "skip_after_loss", option: "--skip-after-loss" },
    { parameter: "untouched", option: "--untouched" },
    { parameter: "stop", option: "--stop" },
  ];
  assert.equal(commandOf(query, { sliders }), "coach simulate --rule a --rule b --skip-after-loss 30 --untouched");
});

test("what a sentence rests on is named without a hash", () => {
  assert.equal(restsOn("revenge@3:e2003079fd86"), "revenge@3");
  assert.equal(restsOn("rule:cooldown_after_loss"), "rule cooldown_after_loss");
});

test("a line is as deep as its blanks say", () => {
  assert.deepEqual(["a", "  a", "    a", "          a"].map(depthOf), [0, 1, 2, 3]);
});

test("a pause is counted down by the server's clock, as a terminal counts", () => {
  assert.equal(aheadBy("2026-04-01T12:00:10Z", 1_775_044_800_000, 1_775_044_804_000), 8000);
  const told = [-5_000, 0, 499, 59_500, 60_000, 3_600_000, 36_061_000].map(countdown);
  assert.deepEqual(told, ["00:00", "00:00", "00:00", "01:00", "01:00", "1:00:00", "10:01:01"]);
});

test("what is over holds no longer", () => {
  const lines = ["12:00:00Z", "12:00:01Z"].map((at) => ({ kind: "pause", until: `2026-04-01T${at}` }));
  assert.deepEqual(holding(lines, Date.parse("2026-04-01T12:00:00Z")), [lines[1]]);
});
