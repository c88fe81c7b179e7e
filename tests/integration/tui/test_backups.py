"""Backups are listed, made and verified without leaving the panel; a restore is a command."""

from dataclasses import replace
from pathlib import Path

import pyrage
import pytest

from coach.engine.api.backup import backups
from coach.model.machine.backups import BackupWishes
from coach.settings.values import Settings
from tests.integration.tui.conftest import Driver, drive

IDENTITY, OTHER = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
WIDE = (160, 40)


@pytest.fixture
def kept(traded: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home whose backups go into a folder of the test, sealed for a key that is not at hand."""
    for name in ("SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY_CMD", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    wishes = BackupWishes(tmp_path / "backups", (str(IDENTITY.to_public()),))
    return replace(traded, backup=wishes)


@pytest.fixture
def with_key(kept: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The same home, with the key at hand."""
    monkeypatch.setenv("SOPS_AGE_KEY", str(IDENTITY))
    return kept


def test_a_backup_is_made_listed_and_verified(with_key: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("b")
        await panel.shows("Backups in", "There is none yet.", "n New, v Verify, y Copy")
        await panel.press("n")
        await panel.shows("rows of")
        [one] = backups.backups(with_key.backup.folder)
        assert one.header is not None
        await panel.shows(f"{one.header.created_at:%Y-%m-%d %H:%M}", f"{one.size:,}")
        await panel.shows(one.header.coach, one.header.postgresql, one.header.schema)
        assert "whole" not in panel.text()
        await panel.press("v")
        await panel.shows("whole: ")
        [read] = backups.backups(with_key.backup.folder)
        assert read.verified_at is not None
        await panel.shows("verified", f"{read.verified_at:%Y-%m-%d %H:%M}")
        await panel.press("y")
        await panel.shows("copied: coach backup restore")
        assert panel.app.clipboard == f"coach backup restore {one.path}"
        await panel.press("escape")
        await panel.shows_not("Backups in")

    drive(with_key, body, "imports", WIDE)


def test_a_key_that_is_typed_is_hidden_and_another_one_is_named(kept: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("b")
        await panel.shows("There is none yet.")
        await panel.press("n")
        await panel.shows("rows of")
        await panel.press("v")
        await panel.until(lambda: panel.is_asked("The key of the backup"))
        await panel.type(str(OTHER))
        assert str(OTHER)[:20] not in panel.text()
        await panel.press("enter")
        await panel.shows(str(IDENTITY.to_public())[:20])
        assert "whole" not in panel.text()

    drive(kept, body, "imports", WIDE)


def test_without_a_key_to_seal_for_the_command_that_makes_one_is_named(kept: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("b")
        await panel.shows("There is none yet.")
        await panel.press("n")
        await panel.shows("coach backup key makes one", "there is no key to seal it for")
        await panel.press("v")
        assert not list(kept.backup.folder.glob("*"))

    drive(replace(kept, backup=replace(kept.backup, recipients=())), body, "imports", WIDE)
