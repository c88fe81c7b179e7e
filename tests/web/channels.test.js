import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf } from "../../coach/server/web/client/screens/channels.js";

test("a channel is described by what was typed, its secret on one or two lines", () => {
  const mail = { name: "mail ", to: "ann@example.org", host: "", port: "465", first: "word" };
  assert.deepEqual(bodyOf("smtp", mail), {
    kind: "smtp",
    name: "mail",
    to: "ann@example.org",
    port: 465,
    secret: "word",
  });
  const hook = { name: "hook", first: "https://hook.test/in ", second: "key", quiet_hours: "none" };
  assert.deepEqual(bodyOf("webhook", hook), {
    kind: "webhook",
    name: "hook",
    quiet_hours: "none",
    secret: "https://hook.test/in\nkey",
  });
  assert.deepEqual(bodyOf("ntfy", { name: "phone" }), { kind: "ntfy", name: "phone" });
});
