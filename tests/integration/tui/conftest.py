"""The panel over a database of its own, driven by keys; a home is shared by the tests of a file."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from coach import wiring
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.promises import rules
from coach.model.machine.panel import PanelRequest
from coach.settings import reading
from coach.tui.app import CoachApp
from coach.tui.keys.keymap import load_keymap
from coach.tui.widgets.row_table import RowTable
from tests.databases import DatabasePool

if TYPE_CHECKING:
    from coach.engine.api.session import Session
    from coach.settings.values import Settings

PATIENCE_S = 60.0
HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
SYMBOLS = ("BTC-USD", "ETH-USD", "SOL-USD")
DONE = {"load", "rows", "count", "drawer", "change", "begin"}


class Driver:
    """Keys in, lines of the screen out."""

    def __init__(self, app: CoachApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot = app, pilot

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other, and wait until what they began is over."""
        for key in keys:
            await self.pilot.press(key)
        await self.settle()

    async def hammer(self, keys: Iterable[str]) -> None:
        """Press keys as fast as they are taken; Pilot rests a twentieth of a second after each."""
        driver = self.app._driver
        assert driver is not None
        for key in keys:
            sign = " " if key == "space" else key if len(key) == 1 else None
            name = _character_to_key(key) if len(key) == 1 else key
            driver.send_message(events.Key(name, sign))
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.pilot.press(*("space" if letter == " " else letter for letter in text))

    async def settle(self) -> None:
        """Wait until nothing is read or changed any more."""
        await self.until(lambda: self.app.panel.state not in {"", "loading"} and self._at_rest())

    def _at_rest(self) -> bool:
        if not all(one.is_finished for one in self.app.workers if one.group in DONE - {"change"}):
            return False
        tables = self.app.panel.query(RowTable)
        return all(table.current is not None for table in tables if len(table.source))

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so; it fails with what the screen shows then."""
        end = monotonic() + PATIENCE_S
        while True:
            await self.pilot.pause()
            if is_so():
                return
            assert monotonic() < end, "\n".join(self.lines())
            await asyncio.sleep(0.01)

    async def shows(self, *texts: str) -> None:
        """Wait until the screen shows these texts."""
        await self.until(lambda: all(text in self.text() for text in texts))

    async def shows_not(self, text: str) -> None:
        """Wait until the screen does not show a text."""
        await self.until(lambda: text not in self.text())

    async def reply(self, question: str, *keys: str) -> None:
        """Press keys once a prompt shows a question and takes them."""
        await self.until(lambda: self.is_asked(question))
        await self.hammer(keys)

    def is_asked(self, question: str) -> bool:
        """Say whether a prompt with this text is open and takes keys; it may be folded there."""
        words = " ".join(" ".join(self.lines()).replace("│", " ").split())
        top = self.app.screen
        is_open = top.is_mounted and top.is_modal and top.focused is not None
        return is_open and question in words

    def lines(self) -> list[str]:
        """Return the lines of the screen."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(part.text for part in strip).rstrip() for strip in strips]

    async def resize(self, size: tuple[int, int]) -> None:
        """Give the terminal another size."""
        if self.app.size != size:
            await self.pilot.resize_terminal(*size)
            await self.until(lambda: self.app.size == size)

    def text(self) -> str:
        """Return the screen as one text, folded lines joined."""
        return "\n".join(self.lines())


Body = Callable[[Driver], Awaitable[None]]
Drive = Callable[..., None]


def drive(
    settings: "Settings", body: Body, screen: str = "", size: tuple[int, int] = (80, 24)
) -> None:
    """Open the panel, do something with it by keys, and close it."""

    async def run() -> None:
        app = CoachApp(settings, load_keymap(settings.home.config), PanelRequest(screen))
        async with app.run_test(size=size) as pilot:
            driver = Driver(app, pilot)
            await driver.settle()
            await body(driver)

    asyncio.run(run())


def statement(rounds: int = 90) -> Iterator[str]:
    """Yield a trader who comes back larger and at once after a loss, and rests after a win."""
    dice, at = random.Random(7), datetime(2026, 3, 2, 8, tzinfo=UTC)
    yield HEADER
    lost = False
    for number in range(rounds):
        at += timedelta(minutes=6) if lost else timedelta(hours=dice.randrange(5, 19))
        symbol, price = dice.choice(SYMBOLS), dice.randrange(9_000, 11_000)
        size = (3 if lost else 1) * dice.randrange(10, 14)
        yield f"{at:%Y-%m-%dT%H:%M:%SZ},{symbol},buy,{size / 10},{price / 100},0.10,USD,b{number}"
        at += timedelta(minutes=dice.randrange(20, 90))
        lost = dice.random() < 0.5
        left = price * (0.97 if lost else 1.025)
        sold = f"{symbol},sell,{size / 10},{left / 100:.2f}"
        yield f"{at:%Y-%m-%dT%H:%M:%SZ},{sold},0.10,USD,s{number}"


def settings_of(home: Path, url: str) -> "Settings":
    """Return the settings of a home over a database."""
    settings = reading.read({"COACH_HOME": str(home)}, {})
    return replace(settings, database_url=url)


def with_session(settings: "Settings", work: "Callable[[Session], object]") -> None:
    """Do something as another process would."""
    with wiring.start(settings, create=True) as session:
        work(session)


def bring(settings: "Settings", folder: Path, lines: Iterator[str]) -> None:
    """Import a statement as another process would."""
    file = folder / "fills.csv"
    file.write_text("\n".join(lines) + "\n")
    request = ImportRequest(None, "main", dry_run=False, strict=False, label="fills.csv")
    with_session(settings, lambda session: import_statement(session, file, request))


@pytest.fixture(scope="module")
def traded(
    database_pool: DatabasePool, tmp_path_factory: pytest.TempPathFactory
) -> "Iterator[Settings]":
    """A home with a trader's quarter and two rules; its tests leave it as they found it."""
    folder = tmp_path_factory.mktemp("traded")
    with database_pool.database() as url:
        settings = settings_of(folder / "home", url)
        bring(settings, folder, statement())
        with_session(settings, promise)
        yield settings


@pytest.fixture
def own(database_url: str, tmp_path: Path) -> "Settings":
    """The same home for one test alone."""
    settings = settings_of(tmp_path / "home", database_url)
    bring(settings, tmp_path, statement())
    with_session(settings, promise)
    return settings


def promise(session: "Session") -> None:
    """Make two rules."""
    rules.add(session, "max_trades_per_day", {"limit": 3})
    rules.add(session, "cooldown_after_loss", {"minutes": 30})


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> "Settings":
    """A home in which nothing was imported."""
    return settings_of(tmp_path / "home", database_url)
