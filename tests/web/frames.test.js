/** What frames of the stream come to. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { BEFORE_THE_FIRST, backOff, positionIn, step, steps } from "../../coach/server/web/client/stream/frames.js";

const event = (seq, epoch = "e1", type = "note.added") => ({ id: `id${seq}`, seq, epoch, type, payload: {} });
const hello = (seq, recovered = true, epoch = "e1") => ({
  id: `id${seq}`,
  seq,
  epoch,
  type: "hello",
  payload: { recovered },
});

test("an event moves the position and is applied", () => {
  const found = step({ id: "id1", epoch: "e1", seq: 1 }, event(2));
  assert.deepEqual(found.position, { id: "id2", epoch: "e1", seq: 2 });
  assert.deepEqual(found.events.map((one) => one.seq), [2]);
});

test("an event that was applied before is dropped", () => {
  const position = { id: "id5", epoch: "e1", seq: 5 };
  const found = steps(position, [event(4), event(5), event(6)]);
  assert.deepEqual(found.events.map((one) => one.seq), [6]);
});

test("an event of another epoch counts whatever its number", () => {
  const found = steps({ id: "id9", epoch: "e1", seq: 9 }, [hello(0, false, "e2"), event(1, "e2")]);
  assert.equal(found.anew, true);
  assert.deepEqual(found.position, { id: "id1", epoch: "e2", seq: 1 });
  assert.equal(found.events.length, 1);
});

test("a hello that recovered reads nothing anew", () => {
  assert.equal(step(null, hello(3)).anew, false);
  assert.equal(step(null, { ...hello(0), id: null }).position.id, BEFORE_THE_FIRST);
});

test("after a sync nothing more is read of the message", () => {
  const sync = { id: "id2", seq: 2, epoch: "e1", type: "sync", payload: { fetch: "/api/events?since=id2" } };
  const found = steps(null, [event(1), event(2), sync, event(3)]);
  assert.equal(found.fetch, "/api/events?since=id2");
  assert.equal(found.position.seq, 2);
});

test("a position is one text, and anything else is none", () => {
  assert.deepEqual(positionIn('{"id":"a","epoch":"b","seq":3}'), { id: "a", epoch: "b", seq: 3 });
  for (const text of [null, "", "7", "{}", '{"id":1,"epoch":"b"}', "nonsense"]) {
    assert.equal(positionIn(text), null);
  }
});

test("tries come later and later, half a minute apart at most", () => {
  assert.ok(backOff(0, 0.5) < backOff(3, 0.5));
  assert.ok(backOff(40, 1) <= 37_500);
});
