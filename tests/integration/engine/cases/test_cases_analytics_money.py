"""Answers of ../shared/cases/analytics about fees in a third coin and trades closed in parts."""

from decimal import Decimal

import pytest

from coach.engine.api import digests, trades
from coach.engine.api.session import Session
from tests.cases import ANALYTICS, bring

pytestmark = pytest.mark.skipif(
    not ANALYTICS.is_dir(), reason="../shared/cases/analytics is not here"
)


def digest_text(session: Session, name: str) -> str:
    """Return a digest with the signs that a keyboard has."""
    return digests.digest(session, name).text.replace("\N{MINUS SIGN}", "-")


def test_money_of_an_open_trade_stands_in_the_week_that_brought_it(autumn: Session) -> None:
    bring(autumn, "short_partial_open")
    told = digest_text(autumn, "2026-W02")
    assert "-1.70" in told
    assert "2.60" in told


def test_money_of_a_trade_closed_in_parts_stands_in_each_week(autumn: Session) -> None:
    bring(autumn, "short_partial_open")
    bring(autumn, "short_partial_rest")
    assert "-1.70" in digest_text(autumn, "2026-W02")
    assert "-3.00" in digest_text(autumn, "2026-W03")


def test_fees_in_a_coin_without_a_price_leave_it_open_who_won(autumn: Session) -> None:
    bring(autumn, "bnb_scalps")
    [row] = trades.profit(autumn).rows
    assert row.position.gross == Decimal("1.5")
    assert row.position.other_fees == {"BNB": Decimal("0.0144")}
    assert "win" not in {view.outcome for view in trades.round_trips(autumn)}
    told = digest_text(autumn, "2026-W06").lower()
    assert "100 %" not in told
    assert "after fees" not in told
