"""What calibration proposes: accepted and dismissed by a key, and both undone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from coach import wiring
from coach.engine.api import trades
from coach.engine.api.promises import calibration, labels, rules
from coach.settings.values import Settings
from tests.databases import DatabasePool
from tests.integration.tui.conftest import (
    HEADER,
    Driver,
    bring,
    drive,
    settings_of,
    with_session,
)

if TYPE_CHECKING:
    from pathlib import Path

    from coach.engine.api.session import Session

RULE = "max_size_vs_median"
SIZES = ("1", "1", "1.1", "0.9", "2.1", "1", "1", "2.9", "0.9", "1.1", "1", "2.2", "1", "1", "3.4")


def steady(days: int = 80) -> Iterator[str]:
    """Yield two trades a day, some of them twice and some thrice the usual size."""
    yield HEADER
    for number in range(2 * days):
        at = datetime(2026, 1, 5, 9, tzinfo=UTC) + timedelta(days=number // 2)
        at += timedelta(hours=3 * (number % 2))
        size, left = SIZES[number % len(SIZES)], 100 + number % 3 - 1
        yield f"{at:%Y-%m-%dT%H:%M:%SZ},BTC-USD,buy,{size},100,0,,o{number}"
        at += timedelta(minutes=30)
        yield f"{at:%Y-%m-%dT%H:%M:%SZ},BTC-USD,sell,{size},{left},0,,c{number}"


def propose(session: "Session") -> None:
    """Calibrate a rule of which the labels say that its ratio should be larger."""
    label(session)
    calibration.calibrate(session, RULE)


def label(session: "Session") -> None:
    """Say of every large trade whether it was impulsive: only those above a larger ratio were."""
    rules.add(session, RULE, {"ratio": 2})
    for view in list(trades.round_trips(session)):
        if view.trip.quantity >= 2:
            said = "yes" if view.trip.quantity >= Decimal("2.5") else "no"
            labels.label(session, view.trip.id, "size_after_loss", said)


@pytest.fixture(scope="module")
def proposed(
    database_pool: DatabasePool, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """A home in which a change of a rule is proposed."""
    folder: Path = tmp_path_factory.mktemp("proposed")
    with database_pool.database() as url:
        settings = settings_of(folder / "home", url)
        bring(settings, folder, steady())
        with_session(settings, propose)
        yield settings


def states(settings: Settings) -> list[str]:
    with wiring.open_session(settings) as session:
        return [one.state for one in calibration.proposals(session, every=True)]


def test_a_proposal_is_dismissed_and_stands_again(proposed: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("d")
        await panel.shows(f"{RULE} left as it is (z undoes it)")
        assert states(proposed) == ["dismissed"]
        await panel.press("z")
        await panel.shows("undone:")
        assert states(proposed) == ["open"]

    drive(proposed, body, "rules", (120, 30))


def test_a_proposal_is_accepted_and_the_rule_rolled_back(proposed: Settings) -> None:
    async def body(panel: Driver) -> None:
        with wiring.open_session(proposed) as session:
            before = rules.view(session, RULE).rule.params
        await panel.press("A")
        await panel.shows("is active:", "(z undoes it)")
        assert states(proposed) == ["accepted"]
        await panel.press("z")
        await panel.shows("undone:")
        with wiring.open_session(proposed) as session:
            assert rules.view(session, RULE).rule.params == before

    drive(proposed, body, "rules", (120, 30))


def test_what_calibration_proposed_is_left_again(empty: Settings, tmp_path: "Path") -> None:
    bring(empty, tmp_path, steady())
    with_session(empty, label)

    async def body(panel: Driver) -> None:
        await panel.press("c")
        await panel.until(lambda: states(empty) == ["open"])
        await panel.shows(f"{RULE}: ")
        await panel.press("z")
        await panel.shows(f"undone: {RULE}: ")
        assert states(empty) == ["dismissed"]
        await panel.press("z")
        await panel.shows("nothing to undo")

    drive(empty, body, "rules", (120, 30))
