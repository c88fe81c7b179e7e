"""A rule that is broken is said on every screen at once, and a pause is counted down."""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from coach.engine.api.promises import rules
from coach.engine.api.session import Session
from coach.settings.values import Settings
from tests import clock
from tests.integration.tui.conftest import HEADER, Driver, bring, drive, with_session

LEFT = re.compile(r"cooldown_after_loss: pause until \d\d:\d\d, (\d\d):\d\d left")


def just_now() -> Iterator[str]:
    """Yield a loss that was closed four minutes ago, and an entry three minutes after it."""
    now = clock.now()
    yield HEADER
    for minutes, side, price in ((9, "buy", "100"), (4, "sell", "90"), (1, "buy", "91")):
        at = now - timedelta(minutes=minutes)
        yield f"{at:%Y-%m-%dT%H:%M:%SZ},BTC-USD,{side},1,{price},0.10,USD,now{minutes}"


def test_a_breach_is_a_warning_and_a_pause_a_countdown(own: Settings, tmp_path: Path) -> None:
    with_session(own, promise_earlier)

    async def body(panel: Driver) -> None:
        await panel.shows_not("RULE BROKEN")
        assert "pause until" not in panel.text()
        await asyncio.to_thread(bring, own, tmp_path, just_now())
        await panel.shows("RULE BROKEN  cooldown_after_loss: entered 3 min after a loss of 10.")
        await panel.until(lambda: LEFT.search(panel.text()) is not None)
        found = LEFT.search(panel.text())
        assert found is not None
        assert 20 <= int(found[1]) <= 26
        await panel.press("p")
        await panel.shows("entered 3 min after a loss of ••• USD")
        await panel.press("p", "4")
        await panel.shows("RULE BROKEN")
        await asyncio.to_thread(with_session, own, remove_rules)
        await panel.shows_not("pause until")

    drive(own, body, "week")


def promise_earlier(session: Session) -> None:
    """Let the rules be an hour old: what was done before a promise warns nobody."""
    session.connection.execute("update rule_revision set at = at - interval '1 hour'")


def remove_rules(session: Session) -> None:
    for one in rules.rules(session):
        rules.remove(session, one.rule.id)
