"""A channel is added by whoever runs coach, tried, and removed; its secret is shown nowhere."""

from dataclasses import replace

import psycopg
import pytest

from coach.errors import UsageError
from coach.server.calls import ApiCall
from coach.server.writes.channels import ChannelBody, add_channel
from tests.databases import rows_of
from tests.hooks import hook_server
from tests.integration.server.writes.conftest import Trader

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
