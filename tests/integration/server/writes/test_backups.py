"""Backups are made, listed and verified by whoever runs coach; nobody else sees one."""

from dataclasses import replace
from pathlib import Path

import psycopg
import pyrage
import pytest

from coach.errors import Missing, UsageError
from coach.model.machine.backups import BackupWishes
from coach.server.calls import ApiCall
from coach.server.reads import backups as reads
from coach.server.reads.query import NoQuery
from coach.server.screens import backups as screen
from coach.server.writes import backups as writes
from coach.server.writes.body import NoBody
from coach.settings.values import Settings
from tests.databases import rows_of
from tests.integration.server.writes.conftest import Trader

IDENTITY = pyrage.x25519.Identity.generate()
KEY, RECIPIENT = str(IDENTITY), str(IDENTITY.to_public())
OTHER = str(pyrage.x25519.Identity.generate())


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, backup=BackupWishes(tmp_path / "backups", (RECIPIENT,)))


def test_a_backup_is_made_listed_and_verified_and_its_key_is_kept_nowhere(
    trader: Trader, watching: psycopg.Connection
) -> None:
    assert trader.client.get("/api/backups").json()["data"] == []
    status, made, _ = trader.send("POST", "/api/backups")
    assert status == 201, made
    status, again, replayed = trader.send("POST", "/api/backups", key=trader.keys[-1])
    assert (status, again, replayed) == (201, made, "true")
    [listed] = trader.client.get("/api/backups").json()["data"]
    assert listed == made["data"]["backup"]  # type: ignore[index]
    screen = trader.client.get("/api/screens/backups").json()["data"]
    [shown] = screen["backups"]
    assert (screen["recipients"], shown["verified_at"]) == ([RECIPIENT], None)
    assert shown["restore"] == f"coach backup restore {listed['file']}"
    path = f"/api/backups/{shown['name']}/verify"
    status, refused, _ = trader.send("POST", path, {"key": OTHER})
    assert status >= 400
    status, verified, _ = trader.send("POST", path, {"key": KEY})
    assert (status, verified["data"]["file"]) == (200, listed["file"])  # type: ignore[index]
    assert trader.client.get("/api/backups").json()["data"][0]["verified_at"] is not None
    kept = str(rows_of(watching, "idempotency_key")) + str([refused, verified])
    assert [one for one in (KEY, OTHER) if one in kept] == []
    assert trader.send("POST", "/api/backups/other.coachbackup/verify", {"key": KEY})[0] == 404


def test_without_a_key_that_opens_it_no_backup_is_made(trader: Trader, settings: Settings) -> None:
    wishes = replace(settings.backup, recipients=())
    with trader.open_session() as session, pytest.raises(Missing):
        writes.create(ApiCall(session, replace(settings, backup=wishes)), NoBody())
    assert not wishes.folder.exists()


def test_nobody_else_sees_or_makes_a_backup(trader: Trader, settings: Settings) -> None:
    with trader.open_session() as session:
        guest = replace(session, user=replace(session.user, name="guest"))
        call = ApiCall(guest, settings)
        with pytest.raises(UsageError, match="not yours"):
            reads.backups(call, NoQuery())
        with pytest.raises(UsageError, match="not yours"):
            writes.create(call, NoBody())
        told = screen.backups(call, NoQuery()).data
    assert told == {"may_see": False, "folder": "", "recipients": [], "backups": []}
    assert not settings.backup.folder.exists()
