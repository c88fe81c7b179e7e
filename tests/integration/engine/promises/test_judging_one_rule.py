"""A rule that changes is judged by itself: the breaches of other rules are not touched."""

from collections.abc import Callable

import pytest

from coach.engine.api.promises import rules
from coach.engine.api.promises.rules import Terms
from coach.engine.api.session import Session
from coach.model.accounts import Run

Importer = Callable[..., Run]


@pytest.fixture
def two_rules(session: Session, imported: Importer) -> Session:
    """
    09:00 buy  BTC 1 @ 100, 09:10 sell BTC 1 @ 90: a loss
    09:12 buy  ETH 1 @ 10,  09:20 sell ETH 1 @ 11: two minutes after it, the second trade of the day
    """
    imported("09:00 buy BTC-USD 1 @ 100", "09:10 sell BTC-USD 1 @ 90")
    imported("09:12 buy ETH-USD 1 @ 10", "09:20 sell ETH-USD 1 @ 11")
    rules.add(session, "cooldown_after_loss", {"minutes": 30})
    rules.add(session, "max_trades_per_day", {"limit": 1})
    return session


def row_versions(session: Session, rule: str) -> list[tuple[str, str]]:
    """Return each stored breach of a rule, with the transaction that wrote its row."""
    return session.connection.execute(
        "select xmin::text, trade_id from breach where rule_id = %s", [rule]
    ).fetchall()


def test_an_edit_writes_no_breach_of_another_rule(two_rules: Session) -> None:
    before = row_versions(two_rules, "max_trades_per_day")
    rules.edit(two_rules, "cooldown_after_loss", {"minutes": 1}, Terms())
    assert row_versions(two_rules, "max_trades_per_day") == before != []
    assert row_versions(two_rules, "cooldown_after_loss") == []


def test_a_new_rule_is_held_against_the_past_without_the_others(two_rules: Session) -> None:
    before = row_versions(two_rules, "max_trades_per_day")
    rules.add(two_rules, "stop_after_losses_in_a_row", {"losses": 1})
    assert row_versions(two_rules, "max_trades_per_day") == before
    assert len(row_versions(two_rules, "stop_after_losses_in_a_row")) == 1


def test_a_paused_rule_keeps_its_breaches_while_another_changes(two_rules: Session) -> None:
    rules.set_active(two_rules, "max_trades_per_day", active=False)
    rules.edit(two_rules, "cooldown_after_loss", {"minutes": 45}, Terms())
    assert len(row_versions(two_rules, "max_trades_per_day")) == 1
