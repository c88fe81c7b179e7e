"""Which traded symbols have no candles: without them excursions and some habits are not known."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from coach.engine.api.keys.check import Check
from coach.engine.store import candles, health

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.session import Session

QUARTER = timedelta(days=90)
NAMED = 3


def candle_checks(session: Session) -> Iterator[Check]:
    """Yield a check where a symbol that was traded in the last quarter has no candles at all."""
    connection, user_id = session.connection, session.user.id
    traded = health.symbols_traded(connection, user_id, session.clock() - QUARTER)
    lacking = sorted(traded - candles.symbols(connection, user_id))
    if lacking:
        more = f" and {len(lacking) - NAMED} more" if len(lacking) > NAMED else ""
        detail = (
            f"no candles of {', '.join(lacking[:NAMED])}{more}: MAE, MFE and some habits lack them"
        )
        yield Check("market", "info", detail, remedy="bring_candles")
