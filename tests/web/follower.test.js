/** A follower in a world that is made up: its sockets, pages, timers and storage. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Follower } from "../../coach/server/web/client/stream/follower.js";

const event = (seq) => ({ id: `id${seq}`, seq, epoch: "e1", type: "note.added", payload: {} });
const range = (first, end) => Array.from({ length: end - first }, (_, at) => event(first + at));

function made(pages = [], kept = null) {
  const world = {
    opened: [],
    sockets: [],
    timers: [],
    asked: [],
    kept,
    open(address) {
      const socket = { readyState: 1, sent: [], send: (text) => socket.sent.push(JSON.parse(text)), close: () => socket.onclose?.({ code: 1000 }) };
      world.opened.push(address);
      world.sockets.push(socket);
      return socket;
    },
    page(path) {
      world.asked.push(path);
      return Promise.resolve({ data: pages.shift() ?? [] });
    },
    later(run, ms) {
      world.timers.push({ run, ms });
      return world.timers.length;
    },
    never() {},
    read: () => world.kept,
    write: (text) => (world.kept = text),
    dice: () => 0.5,
  };
  const applied = [];
  const told = [];
  const follower = new Follower(
    world,
    (events, anew) => applied.push({ seqs: events.map((one) => one.seq), anew }),
    (state) => told.push(state),
  );
  follower.start();
  const hear = (...frames) => world.sockets.at(-1).onmessage({ data: JSON.stringify(frames) });
  return { world, follower, applied, told, hear };
}

test("it comes back with the id and the epoch of the last frame", () => {
  const { world, hear } = made([], '{"id":"id7","epoch":"e1","seq":7}');
  assert.match(world.opened[0], /lastEventId=id7&epoch=e1/);
  hear(event(8));
  world.sockets[0].onclose({ code: 1006 });
  world.timers.at(-1).run();
  assert.match(world.opened[1], /lastEventId=id8&epoch=e1/);
});

test("twenty events are acknowledged at once, fewer after a while", () => {
  const { world, hear } = made();
  hear(...range(1, 21));
  assert.deepEqual(world.sockets[0].sent, [{ type: "ack", seq: 20 }]);
  hear(event(21));
  assert.equal(world.sockets[0].sent.length, 1);
  world.timers.at(-1).run();
  assert.deepEqual(world.sockets[0].sent.at(-1), { type: "ack", seq: 21 });
});

test("where it fell behind it reads every page, then goes on from there", async () => {
  const pages = [range(3, 203), range(203, 210)];
  const { world, applied, hear } = made(pages);
  hear(event(1), event(2), { id: "id2", seq: 2, epoch: "e1", type: "sync", payload: { fetch: "/api/events?since=id2" } });
  await new Promise((done) => setImmediate(done));
  assert.deepEqual(world.asked, ["/api/events?since=id2&limit=200", "/api/events?since=id202&limit=200"]);
  assert.deepEqual(world.sockets[0].sent.at(-1), { type: "resume", lastEventId: "id209", epoch: "e1" });
  const seqs = applied.flatMap((one) => one.seqs);
  assert.deepEqual(seqs, range(1, 210).map((one) => one.seq));
});

test("a page that does not come ends the socket, and the stream begins again", async () => {
  const { world, hear, told } = made();
  world.page = () => Promise.reject(new Error("away"));
  hear({ id: "id0", seq: 0, epoch: "e1", type: "sync", payload: { fetch: "/api/events" } });
  await new Promise((done) => setImmediate(done));
  assert.equal(told.at(-1), "away");
  world.timers.at(-1).run();
  assert.equal(world.opened.length, 2);
});

test("it tells before it keeps, so that a tab that dies in between loses nothing", () => {
  const { world, follower } = made();
  let keptThen = "";
  follower.apply = () => (keptThen = String(world.kept));
  follower.hear(event(1));
  assert.equal(keptThen, "null");
  assert.match(String(world.kept), /"seq":1/);
});

test("who signed out is told, and it does not come back", () => {
  const { world, told } = made();
  world.sockets[0].onclose({ code: 4401 });
  assert.deepEqual(told, ["signed-out"]);
  assert.equal(world.timers.length, 0);
});

test("an id that nobody knows is forgotten, and everything is read anew", () => {
  const { world, applied } = made([], '{"id":"x","epoch":"e1","seq":7}');
  world.sockets[0].onclose({ code: 4400 });
  assert.equal(applied[0].anew, true);
  world.timers.at(-1).run();
  assert.doesNotMatch(world.opened[1], /lastEventId/);
});
