"""A broker connected by keys, and left again by undo."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coach import wiring
from coach.brokers.sandbox.server import SandboxServer, serve
from coach.brokers.sandbox.world import SandboxWorld, demo_world, issue_key
from coach.engine.api import accounts
from coach.settings.values import Settings
from tests.integration.tui.conftest import Driver, drive

if TYPE_CHECKING:
    from coach.engine.api.accounts import AccountSummary
    from coach.engine.api.session import Session


@pytest.fixture
def world() -> SandboxWorld:
    return demo_world(wiring.clock(), seed=4)


@pytest.fixture
def sandbox(world: SandboxWorld) -> Iterator[SandboxServer]:
    with serve(world, wiring.clock) as running:
        yield running


def names(settings: Settings) -> list[str]:
    with wiring.open_session(settings) as session:
        return [one.name for one in accounts.overview(session)]


def test_a_connected_broker_is_left_again_with_the_account_that_was_made_for_it(
    empty: Settings,
    world: SandboxWorld,
    sandbox: SandboxServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The broker's address is the sandbox's: nobody types one here."""
    connect = accounts.connect

    def at_the_sandbox(session: "Session", broker: str, key: str, _: str) -> "AccountSummary":
        return connect(session, broker, key, "mine", sandbox.url)

    monkeypatch.setattr(accounts, "connect", at_the_sandbox)
    file = tmp_path / "key.json"
    file.write_text(issue_key(world))

    async def body(panel: Driver) -> None:
        await panel.press("c")
        await panel.reply("Which broker?", "c")
        await panel.reply("The file of the view-only CDP key", *str(file), "enter")
        await panel.shows("connected mine", "(z undoes it)")
        assert names(empty) == ["mine"]
        await panel.press("z")
        await panel.shows("undone: connected mine")
        assert names(empty) == []

    drive(empty, body, "imports", (120, 30))
