"""A channel is added by whoever runs coach, tried, and removed; its secret is shown nowhere."""

from dataclasses import replace

import psycopg
import pytest

from coach.engine.api import digests
from coach.engine.api.notify import deliveries
from coach.errors import UsageError
from coach.server.calls import ApiCall
from coach.server.writes.channels import ChannelBody, add_channel
from tests.databases import rows_of
from tests.hooks import hook_server
from tests.integration.server.writes.conftest import Trader

WEEK = "2026-W10"
FILLS = [
    "2026-03-02T09:00:00Z,BTC-USD,buy,1,100,0.1,USD,a1",
    "2026-03-02T09:05:00Z,BTC-USD,sell,1,90,0.1,USD,a2",
]
PLACE, KEY = "/in?of=nobody-else", "a key of nobody else"
TABLES = ("idempotency_key", "audit_event", "event_outbox", "notify_channel", "notify_delivery")


def test_a_channel_is_added_tried_and_removed_and_its_secret_is_kept_nowhere(
    trader: Trader, watching: psycopg.Connection
) -> None:
    with hook_server() as hook:
        body = {"name": "hook", "kind": "webhook", "secret": f"{hook.url}{PLACE}\n{KEY}"}
        status, added, _ = trader.send("POST", "/api/channels", body)
        assert status == 201, added
        status, tried, _ = trader.send("POST", "/api/channels/hook/test")
        assert (status, tried["data"]["state"]) == (200, "sent")  # type: ignore[index]
        assert len(hook.posts) == 1
    status, failed, _ = trader.send("POST", "/api/channels/hook/test")
    assert status in {502, 503}
    log = trader.client.get("/api/deliveries").json()
    assert [one["state"] for one in log["data"]] == ["failed"]  # the same test at that moment
    screen = trader.client.get("/api/screens/channels").json()["data"]
    assert [one["fault"] for one in screen["deliveries"]] == ["down"]
    assert screen["to_do"]
    listed = trader.client.get("/api/channels").json()["data"]
    status, removed, _ = trader.send("DELETE", "/api/channels/hook")
    assert (status, removed["data"]) == (200, listed[0])
    assert trader.client.get("/api/channels").json()["data"] == []
    told = str([added, tried, failed, log, screen, listed, removed])
    kept = "".join(str(rows_of(watching, table)) for table in TABLES)
    assert [one for one in (PLACE, KEY) if one in told + kept] == []


def test_quiet_hours_change_and_a_digest_is_sent_again_by_its_channel(
    trader: Trader, watching: psycopg.Connection
) -> None:
    status, brought = trader.upload(FILLS)
    assert status == 201, brought
    with hook_server() as hook, trader.open_session() as session:
        body = {"name": "hook", "kind": "webhook", "secret": f"{hook.url}{PLACE}\n{KEY}"}
        trader.send("POST", "/api/channels", {**body, "quiet_hours": "none"})
        [added] = trader.client.get("/api/channels").json()["data"]
        digests.digest(session, WEEK)
        deliveries.send_digest(session, WEEK)
        [sent] = trader.client.get("/api/deliveries").json()["data"]
        status, again, _ = trader.send("POST", f"/api/deliveries/{sent['id'][:8]}/resend")
        assert (status, again["data"]["id"]) == (200, sent["id"])  # type: ignore[index]
        assert len(hook.posts) == 2
        hook.status = 500
        status, failed, _ = trader.send("POST", f"/api/deliveries/{sent['id']}/resend")
        assert (status, "hook.test" in str(failed)) == (503, False)
    path = "/api/channels/hook"
    status, changed, _ = trader.send("PATCH", path, {"quiet_hours": "23:00-06:30"})
    assert (status, changed["data"]) == (200, {**added, "quiet": "23:00-06:30"})
    assert trader.client.get("/api/channels").json()["data"] == [changed["data"]]
    status, _, _ = trader.send("PATCH", path, {"quiet_hours": "sometimes"})
    assert status == 400
    assert trader.send("PATCH", "/api/channels/other", {"quiet_hours": "none"})[0] == 404
    kinds = [one["type"] for one in trader.client.get("/api/events").json()["data"]]
    assert (kinds.count("digest.sent"), kinds.count("channel.changed")) == (3, 2)
    assert "channel.changed" in str(rows_of(watching, "audit_event"))


def test_a_webhook_without_a_key_of_ones_own_is_refused(trader: Trader) -> None:
    body = {"name": "hook", "kind": "webhook", "secret": "https://hook.test/in"}
    status, answer, _ = trader.send("POST", "/api/channels", body)
    assert status == 400
    assert "hook.test" not in str(answer)


def test_nobody_else_adds_a_channel(trader: Trader) -> None:
    body = ChannelBody(name="hook", kind="ntfy", secret="https://ntfy.test/topic")
    with trader.open_session() as session:
        guest = replace(session, user=replace(session.user, name="guest"))
        with pytest.raises(UsageError, match="not added by you"):
            add_channel(ApiCall(guest, trader.settings), body)
    assert trader.client.get("/api/channels").json()["data"] == []
