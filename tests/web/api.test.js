/** What is sent, when it is sent again, and what a refusal says. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Refused, ask, reached, seams, send, waiting } from "../../coach/server/web/client/core/api.js";
import { Resource } from "../../coach/server/web/client/core/resource.js";

let sent = [];
let answers = [];
let pauses = [];
const answer = (status, body = {}, headers = {}) => new Response(JSON.stringify(body), { status, headers });
const refusal = (status, code, headers = {}) => answer(status, { error: { code, message: code, hint: "" } }, headers);

beforeEach(() => {
  sent = [];
  answers = [];
  pauses = [];
  let keys = 0;
  seams.key = () => `key-${(keys += 1)}`;
  seams.fetch = async (path, init) => {
    sent.push({ path, ...init });
    const next = answers.shift();
    if (next === undefined) throw new TypeError("no network");
    return next;
  };
  seams.pause = async (ms) => void pauses.push(ms);
  seams.confirm = async () => false;
  seams.signIn = () => {};
});

test("a write that no answer came to is sent again with its key", async () => {
  answers = [answer(201, { data: 7 })];
  const first = seams.fetch;
  let failures = 2;
  seams.fetch = async (path, init) => {
    if (failures-- > 0) {
      sent.push({ path, ...init });
      throw new TypeError("no network");
    }
    return first(path, init);
  };
  assert.equal((await send("/api/notes", { body: { text: "x" } })).data, 7);
  assert.deepEqual(sent.map((one) => one.headers["Idempotency-Key"]), ["key-1", "key-1", "key-1"]);
  assert.equal(reached.value, true);
});

test("a read that no answer came to is refused at once", async () => {
  await assert.rejects(ask("/api/status"), (error) => error instanceof Refused && error.code === "E_OFFLINE");
  assert.equal(reached.value, false);
});

test("too many requests are counted down second by second, then it goes again", async () => {
  answers = [refusal(429, "E_RATE_LIMIT", { "Retry-After": "3" }), answer(200, { data: 1 })];
  const seen = [];
  seams.pause = async () => void seen.push(waiting.value);
  await send("/api/notes", { body: {} });
  assert.deepEqual(seen, [3, 2, 1]);
  assert.equal(waiting.value, 0);
  assert.equal(new Set(sent.map((one) => one.headers["Idempotency-Key"])).size, 1);
});

test("what was refused is said, and not sent again", async () => {
  answers = [refusal(422, "E_REFUSED")];
  await assert.rejects(send("/api/rules", { body: {} }), { status: 422, code: "E_REFUSED" });
  assert.equal(sent.length, 1);
});

test("a password that is asked for once more lets the same request through", async () => {
  answers = [refusal(403, "E_CONFIRM"), answer(200, { data: "gone" })];
  seams.confirm = async () => true;
  assert.equal((await send("/api/imports/x", { method: "DELETE" })).data, "gone");
  assert.equal(sent.length, 2);
});

test("an answer that was overtaken by a later question is dropped", async () => {
  const waitingFor = [];
  const resource = new Resource(["note."], () => new Promise((done) => waitingFor.push(done)));
  void resource.open("/one");
  void resource.open("/two");
  waitingFor[1]({ data: "two", warnings: [] });
  await Promise.resolve();
  waitingFor[0]({ data: "one", warnings: [] });
  await new Promise((done) => setImmediate(done));
  assert.equal(resource.found.value.data, "two");
  assert.equal(resource.lives("note.added"), true);
  assert.equal(resource.lives("rule.changed"), false);
});

test("what nobody looked at for a while is read anew, and shown as it was until then", async () => {
  let count = 0;
  const resource = new Resource([], async () => ({ data: (count += 1), warnings: [] }));
  await resource.open("/one");
  await resource.open("/one");
  assert.equal(count, 1);
  resource.leave();
  const again = resource.open("/one");
  assert.equal(resource.found.value.data, 1);
  await again;
  assert.equal(resource.found.value.data, 2);
});

test("what is shown stays where reading it anew fails", async () => {
  let fails = false;
  const resource = new Resource([], async () => {
    if (fails) throw new Refused(503, { code: "E", message: "later", hint: "" });
    return { data: "first", warnings: [] };
  });
  await resource.open("/one");
  fails = true;
  await resource.load();
  assert.equal(resource.found.value.data, "first");
  assert.equal(resource.found.value.error.message, "later");
});
