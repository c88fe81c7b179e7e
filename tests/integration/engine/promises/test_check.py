"""The check before a trade, and holding rules that ask for orders against the history."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from coach.engine.api.promises import check, dry_run, plans, rules
from coach.engine.api.promises.rules import Terms
from coach.engine.api.session import Session
from coach.errors import UsageError

Importer = Callable[..., object]
LATER = datetime(2026, 3, 2, 9, 20, tzinfo=UTC)


@pytest.fixture
def now(session: Session) -> Session:
    return replace(session, clock=lambda: LATER)


def asked(side: str = "buy", quantity: str = "1", price: str | None = None) -> check.CheckRequest:
    return check.CheckRequest(
        "btc-usd", side, Decimal(quantity), None if price is None else Decimal(price)
    )


def test_it_tells_the_rule_and_what_the_calm_self_wrote(now: Session, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:10 sell BTC-USD 1 @ 90")
    rules.add(now, "cooldown_after_loss", {"minutes": 30}, Terms(note="Walk first."))
    rules.add(now, "max_trades_per_day", {"limit": 5})
    found = check.check(now, asked())
    [broken] = found.broken
    assert (broken.rule.note, broken.facts["minutes_since"]) == ("Walk first.", 10.0)
    assert (found.action, found.price, found.price_from) == ("opens", Decimal(90), "last fill")
    assert found.rules == 2


def test_an_add_is_held_against_the_open_position(now: Session, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:05 buy BTC-USD 1 @ 110", "09:06 sell BTC-USD 1 @ 111")
    rules.add(now, "no_averaging_down", {})
    assert check.check(now, asked(price="104.9")).broken != ()
    assert check.check(now, asked(price="105")).broken == ()


def test_closing_opens_nothing(now: Session, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 1 @ 100")
    rules.add(now, "max_trades_per_day", {"limit": 1})
    rules.add(now, "holding_time_floor", {"minutes_at_least": 30})
    found = check.check(now, asked("sell"))
    assert (found.action, [one.rule.kind for one in found.broken]) == (
        "closes",
        ["holding_time_floor"],
    )
    assert check.check(now, asked("sell", "0.5")).broken == ()


def test_paused_and_expired_rules_are_not_asked(now: Session, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 1 @ 100")
    earlier = replace(now, clock=lambda: LATER - timedelta(hours=1))
    rules.add(earlier, "symbol_lock", {"symbols": ["BTC"]}, Terms(expires_at=LATER))
    rules.set_active(now, rules.add(now, "symbol_lock", {"symbols": ["BTC"]}).rule.id, active=False)
    found = check.check(now, asked())
    idle = [(one.rule.id, one.state) for one in found.not_asked]
    assert (found.rules, idle) == (0, [("symbol_lock", "expired"), ("symbol_lock-2", "paused")])
    assert found.not_asked[0].sentence == "No new trades in BTC"


def test_it_says_what_it_cannot_judge(now: Session, imported: Importer) -> None:
    imported("09:00 buy ETH-USD 1 @ 100")
    rules.add(now, "no_entry_after_spike", {"z": 2})
    rules.add(now, "max_concentration", {"share": 20})
    found = check.check(now, asked())
    assert found.broken == ()
    assert found.lacks == ("a price of BTC-USD", "candles of BTC-USD", "equity")
    assert (found.rules, found.judged) == (2, 0)
    assert reasons(found) == {
        "no_entry_after_spike": ("no_candles",),
        "max_concentration": ("no_price", "no_equity"),
    }


def reasons(found: check.CheckResult) -> dict[str, tuple[str, ...]]:
    return {one.rule.id: one.reasons for one in found.unjudged}


def test_rules_that_it_could_judge_are_counted_beside_those_it_could_not(
    now: Session, imported: Importer
) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:10 sell BTC-USD 1 @ 90")
    rules.add(now, "cooldown_after_loss", {"minutes": 30})
    rules.add(now, "max_trades_per_day", {"limit": 5})
    rules.add(now, "max_loss_per_day", {"percent": 5})
    rules.add(now, "max_size_vs_median", {"ratio": 2})
    rules.add(now, "holding_time_ceiling", {"minutes_at_most": 60})
    found = check.check(now, asked())
    assert (len(found.broken), found.judged, found.rules) == (1, 2, 5)
    assert reasons(found) == {
        "max_loss_per_day": ("no_equity",),
        "max_size_vs_median": ("too_few_entries",),
        "holding_time_ceiling": ("only_time",),
    }


def test_a_sale_of_what_nobody_holds_judges_nothing(now: Session, imported: Importer) -> None:
    imported("09:00 buy ETH-USD 1 @ 100")
    rules.add(now, "max_trades_per_day", {"limit": 1})
    found = check.check(now, asked("sell", price="90"))
    assert (found.judged, reasons(found)) == (0, {"max_trades_per_day": ("nothing_held",)})


def test_a_close_needs_nothing_that_an_entry_does(now: Session, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 1 @ 100")
    rules.add(now, "no_entry_after_spike", {"z": 2})
    rules.add(now, "max_loss_per_day", {"percent": 5})
    assert check.check(now, asked("sell")).unjudged == ()


def test_an_add_is_no_entry_and_a_first_entry_is_no_add(now: Session, imported: Importer) -> None:
    imported("09:00 buy ETH-USD 1 @ 100")
    rules.add(now, "no_averaging_down", {})
    assert check.check(now, asked()).unjudged == ()
    imported("09:05 buy BTC-USD 1 @ 100")
    rules.add(now, "max_concentration", {"share": 20})
    assert reasons(check.check(now, asked())) == {"max_concentration": ("no_equity",)}


def test_equity_in_two_currencies_judges_no_percent(now: Session, imported: Importer) -> None:
    imported("09:00 buy SOL-USD 1 @ 100", "09:05 buy ETH-EUR 1 @ 100")
    plans.set_equity(now, "main", Decimal(1000))
    rules.add(now, "max_loss_per_day", {"percent": 5})
    assert reasons(check.check(now, asked())) == {"max_loss_per_day": ("several_currencies",)}


SPIKE = {"kind": "no_entry_after_spike", "params": {"z": 2}}
PAUSE = {"kind": "cooldown_after_loss", "params": {"minutes": 5}}


@pytest.mark.parametrize(("group", "judged"), [("any", 0), ("all", 1)])
def test_a_group_is_judged_where_what_it_lacks_changes_nothing(
    now: Session, imported: Importer, group: str, judged: int
) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:10 sell BTC-USD 1 @ 90")
    rules.add(now, group, {"rules": [SPIKE, PAUSE]})
    found = check.check(now, asked())
    assert (found.judged, found.broken) == (judged, ())


def test_up_to_when_fills_are_known_stands_beside(now: Session, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 1 @ 100")
    assert check.check(now, asked()).known_until == datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("symbol", "side", "quantity"),
    [
        ("BTC", "buy", "1"),
        ("BTC-USD", "hold", "1"),
        ("BTC-USD", "buy", "0"),
        ("BTC-USD", "buy", "-1"),
        ("BTC-USD", "buy", "1e999999999"),
        ("BTC-USD", "buy", "1e-999999999"),
    ],
)
def test_what_is_no_trade_is_refused(now: Session, symbol: str, side: str, quantity: str) -> None:
    with pytest.raises(UsageError):
        check.check(now, check.CheckRequest(symbol, side, Decimal(quantity)))


@pytest.mark.parametrize("price", ["0", "1e999999999", "1e-999999999"])
def test_no_market_has_such_a_price(now: Session, price: str) -> None:
    with pytest.raises(UsageError, match="between 1e-30 and 1e24"):
        check.check(now, asked(price=price))


def test_a_verdict_stands_though_its_orders_are_out_of_sight(
    session: Session, imported: Importer
) -> None:
    lines = ("09:00 buy BTC-USD 1 @ 100", "09:05 buy BTC-USD 1 @ 90", "09:10 sell BTC-USD 2 @ 95")
    imported(*lines, day="2024-01-01")
    imported(*lines)
    assert rules.add(session, "no_averaging_down", {}).breaches == 2
    imported("09:00 buy ETH-USD 1 @ 100", day="2026-03-05")
    assert [breach.at.year for breach in rules.breaches(session)] == [2024, 2026]
    rules.edit(session, "no_averaging_down", {"below": 20}, Terms())
    assert rules.breaches(session) == []


def test_a_dry_run_keeps_nothing(session: Session, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:05 sell BTC-USD 1 @ 90", "09:10 buy BTC-USD 1 @ 90")
    run = dry_run.of_given(session, "cooldown_after_loss", {"minutes": 30})
    assert (run.worth.entries, run.worth.caught) == (2, 1)
    assert rules.rules(session) == []
    kept = rules.add(session, "cooldown_after_loss", {"minutes": 30})
    again = dry_run.of_stored(session, kept.rule.id)
    assert [one.facts for one in again.breaches] == [one.facts for one in run.breaches]


def test_standing_counts_breaches_from_a_moment_on(session: Session, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:05 sell BTC-USD 1 @ 90", "09:10 buy BTC-USD 1 @ 90")
    rules.add(session, "max_trades_per_day", {"limit": 1})
    assert [one.breaches for one in rules.standing(session)] == [1]
    assert [one.breaches for one in rules.standing(session, since=LATER)] == [0]
