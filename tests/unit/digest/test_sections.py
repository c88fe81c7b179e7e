"""Cost, rules, changes and unknowns of a week hold what the week holds, and no more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from coach.engine.digest.changes import wilson
from coach.engine.digest.inputs import DigestInputs, FillCoverage
from coach.engine.digest.pack import build
from coach.engine.digest.shape import DigestStatement
from coach.model.insights import Finding
from coach.model.rules import Breach, Rule, RuleId
from coach.model.trades import UnknownBasis

if TYPE_CHECKING:
    from coach.model.insights import Fact

Make = Callable[..., Finding]
MakeRule = Callable[..., Rule]
MakeBreach = Callable[..., Breach]


def shown(told: DigestStatement) -> dict[str, str]:
    return {name: figure["shown"] for name, figure in told["figures"].items()}


def rows(week: DigestInputs) -> dict[str, tuple[str, str]]:
    told = build(week)["changes"]["rows"]
    return {
        f"{row['measure']} {row['currency']}".strip(): (row["now"]["shown"], row["before"]["shown"])
        for row in told
    }


def test_fees_are_told_per_currency_the_most_used_first(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 ETH-BTC net 0.001 fees 0.00002, closed 2026-03-30 10:00
    2026-03-30 11:00 BTC-USD net -3 fees 1.255, closed 2026-03-30 12:00
    2026-03-30 13:00 BTC-USD net 0.5 fees 1, closed 2026-03-30 14:00
    """
    dollars, coins = build(week)["cost"]
    assert shown(dollars) == {"fees": "2.26 USD", "gross": "-0.24 USD"}
    assert dollars["figures"]["fees"]["value"] == "2.255"
    assert shown(coins) == {"fees": "0.00002 BTC", "gross": "+0.00102 BTC"}


def test_a_week_without_closed_trades_cost_no_fees(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 BTC-USD
    """
    assert [told["say"] for told in build(week)["cost"]] == ["cost.none"]


def test_one_estimate_stands_beside_the_fees(week: DigestInputs, finding: Make) -> None:
    """
    2026-03-30 11:00 BTC-USD net -3 fees 1, closed 2026-03-30 12:00
    """
    likely = finding("revenge", "likely", (500.0, 20.0, 900.0, "9.50"))
    strong = finding("size_after_win", "strong", (120.5, 20.0, 240.25, "9.50"))
    fees, estimate, window = build(replace(week, findings=(likely, strong)))["cost"]
    assert fees["say"] == "cost.fees"
    assert estimate["terms"] == {"bias": "size_after_win"}
    assert shown(estimate) == {"estimate": "120.50 USD", "interval": "20.00 and 240.25 USD"}
    assert shown(window) == {"days": "2026-01-05 to 2026-04-05"}


def test_the_estimate_is_of_the_habit_in_the_highlight(week: DigestInputs, finding: Make) -> None:
    dearer = finding("size_after_loss", "strong", (500.0, 20.0, 900.0, "9.50"))
    surer = replace(finding("revenge", "strong", (120.5, 20.0, 240.25, "9.50")), score=99.9)
    pack = build(replace(week, findings=(dearer, surer)))
    assert pack["highlight"]["statements"][0]["say"] == "trait.revenge"
    [estimate] = [told for told in pack["cost"] if told["say"] == "trait.cost"]
    assert estimate["terms"] == {"bias": "revenge"}


def test_the_estimate_in_a_currency_of_the_week_comes_first(
    week: DigestInputs, finding: Make
) -> None:
    """
    2026-03-30 11:00 BTC-USD net -3 fees 1, closed 2026-03-30 12:00
    """
    dollars = finding("revenge", "likely", (5.0, 2.0, 9.0, "0"))
    [cost] = dollars.costs
    both = replace(dollars, costs=(replace(cost, currency="EUR", estimate=500.0), cost))
    _, estimate, _ = build(replace(week, findings=(both,)))["cost"]
    assert shown(estimate)["estimate"] == "5.00 USD"


def test_evidence_without_a_window_is_told_without_one(week: DigestInputs, finding: Make) -> None:
    habit = replace(finding("revenge", "likely", (5.0, 2.0, 9.0, "0")), evidence=())
    pack = build(replace(week, findings=(habit,)))
    assert [told["say"] for told in pack["cost"]] == ["cost.none", "trait.cost"]
    assert pack["evidence"][1]["formula"] == "finding@1"


def test_each_active_rule_is_kept_or_broken(
    week: DigestInputs, rule: MakeRule, breach: MakeBreach
) -> None:
    """
    2026-03-30 09:00 BTC-USD
    2026-03-30 10:00 BTC-USD
    """
    day, pause = rule("max_trades_per_day", limit=5), rule("cooldown_after_loss", minutes=15)
    broken = breach(day, "trade02", "2026-03-30 10:00")
    told = build(replace(week, rules=(day, pause), breaches=(broken,)))["rules"]
    assert [one["say"] for one in told] == [
        "rule.kept",
        "rule.broken",
        "breach.max_trades_per_day",
    ]
    assert shown(told[0])["entries"] == "2 entries"
    assert shown(told[1])["times"] == "1 time"
    assert shown(told[2]) == {
        "entry": "2026-03-30 12:00 BTC-USD",
        "count": "6",
        "date": "2026-03-30",
        "limit": "5",
    }


def test_the_evidence_of_a_breach_names_its_rule_its_trade_and_its_fills(
    week: DigestInputs, rule: MakeRule, breach: MakeBreach
) -> None:
    day = rule("max_trades_per_day", limit=5)
    pack = build(
        replace(week, rules=(day,), breaches=(breach(day, "trade02", "2026-03-30 10:00"),))
    )
    cited = pack["rules"][1]["figures"]["entry"]["evidence"]
    [record] = [record for record in pack["evidence"] if record["id"] == cited]
    assert record["source"] == "max_trades_per_day"
    assert record["trades"] == ["trade02"]
    assert record["fills"] == [b"trade02.........".hex()]


def test_a_breach_of_the_pause_tells_how_long_it_was(
    week: DigestInputs, rule: MakeRule, breach: MakeBreach
) -> None:
    pause = rule("cooldown_after_loss", minutes=15)
    soon = breach(pause, "elsewhere", "2026-03-30 10:00")
    facts: dict[str, Fact] = {"minutes_since": 12.5, "minutes": 15, "loss": "-3.5", "quote": "USD"}
    broken = replace(soon, facts=facts)
    told = build(replace(week, rules=(pause,), breaches=(broken,)))["rules"][1]
    assert shown(told) == {
        "entry": "2026-03-30 12:00 elsewhere",
        "since": "12 min",
        "loss": "3.50 USD",
        "pause": "15 min",
    }


def test_a_breach_of_the_size_tells_by_how_much(
    week: DigestInputs, rule: MakeRule, breach: MakeBreach
) -> None:
    size = rule("max_size_vs_median", ratio=2, window=20)
    large = breach(size, "elsewhere", "2026-03-30 10:00")
    facts: dict[str, Fact] = {
        "ratio": 3.25,
        "limit": 2,
        "notional": "325",
        "median": "100",
        "quote": "USD",
    }
    broken = replace(large, facts=facts)
    told = build(replace(week, rules=(size,), breaches=(broken,)))["rules"][1]
    assert shown(told) == {
        "entry": "2026-03-30 12:00 elsewhere",
        "ratio": "3.25",
        "size": "325.00 USD",
        "median": "100.00 USD",
        "limit": "2",
    }


def test_five_breaches_are_told_and_the_rest_are_counted(
    week: DigestInputs, rule: MakeRule, breach: MakeBreach
) -> None:
    day = rule("max_trades_per_day", limit=5)
    broken = tuple(breach(day, f"t{hour}", f"2026-03-30 {hour}:00") for hour in range(10, 17))
    told = build(replace(week, rules=(day,), breaches=broken))["rules"]
    assert len(told) == 7
    assert shown(told[-1]) == {"more": "2 more entries"}


def test_a_paused_rule_is_neither_kept_nor_forgotten(
    week: DigestInputs, rule: MakeRule, breach: MakeBreach
) -> None:
    """
    2026-03-30 09:00 BTC-USD
    """
    paused = replace(rule("max_trades_per_day", limit=5), active=False)
    pack = build(replace(week, rules=(paused,)))
    assert [told["say"] for told in pack["rules"]] == ["rule.paused"]
    assert pack["highlight"]["reason"] != "process"
    broken = (breach(paused, "trade01", "2026-03-30 10:00"),)
    told = build(replace(week, rules=(paused,), breaches=broken))["rules"]
    assert told[0]["say"] == "rule.broken"


def test_an_expired_rule_is_kept_only_in_the_entries_before_it_expired(
    week: DigestInputs, rule: MakeRule
) -> None:
    """
    2026-03-30 09:00 BTC-USD
    2026-04-01 09:00 BTC-USD
    2026-04-01 10:00 BTC-USD
    """
    day = rule("max_trades_per_day", limit=5)
    within = replace(day, expires_at=datetime(2026, 4, 1, 10, tzinfo=UTC))
    pack = build(replace(week, rules=(within,)))
    [told] = pack["rules"]
    assert (told["say"], shown(told)["entries"]) == ("rule.kept_until", "2 entries")
    assert shown(told)["expiry"] == "2026-04-01 12:00"
    assert pack["highlight"]["reason"] != "process"
    [cited] = [one for one in pack["evidence"] if one["id"] == told["figures"]["rule"]["evidence"]]
    assert cited["sample"]["entries"] == "2"
    before = replace(day, expires_at=datetime(2026, 3, 29, 22, tzinfo=UTC))
    [told] = build(replace(week, rules=(before,)))["rules"]
    assert (told["say"], shown(told)["expiry"]) == ("rule.expired", "2026-03-30 00:00")
    after = replace(day, expires_at=datetime(2026, 4, 5, 22, tzinfo=UTC))
    pack = build(replace(week, rules=(before, after)))
    assert [one["say"] for one in pack["rules"]] == ["rule.expired", "rule.kept"]
    assert pack["highlight"]["reason"] == "process"


def test_breaches_of_other_weeks_and_dropped_rules_are_left_out(
    week: DigestInputs, rule: MakeRule, breach: MakeBreach
) -> None:
    day = rule("max_trades_per_day", limit=5)
    dropped = replace(day, id=RuleId("dropped"))
    broken = (
        breach(day, "t1", "2026-03-22 22:59"),
        breach(day, "t2", "2026-03-29 21:59"),
        breach(day, "t3", "2026-03-29 22:00"),
        breach(day, "t4", "2026-04-05 22:00"),
        breach(dropped, "t5", "2026-03-30 10:00"),
    )
    assert rows(replace(week, rules=(day,), breaches=broken))["broken"] == ("1", "1")


def test_this_week_stands_beside_the_week_before(week: DigestInputs) -> None:
    """
    2026-03-28 09:00 BTC-EUR net -7.10 fees 1, closed 2026-03-28 10:00
    2026-03-28 09:00 BTC-USD net 2 fees 1, closed 2026-03-29 21:59
    2026-03-28 11:00 BTC-USD net -3 fees 1, closed 2026-03-29 22:00
    2026-03-30 13:00 BTC-USD net 5 fees 1, closed 2026-03-30 14:00
    2026-03-30 13:00 BTC-USD net 9 fees 1, closed 2026-04-05 22:00
    """
    assert rows(week) == {
        "closed": ("2", "2"),
        "won": ("50 % of 2 (12 to 88)", "50 % of 2 (12 to 88)"),
        "even": ("0", "0"),
        "net USD": ("+2.00 USD", "+2.00 USD"),
        "fees USD": ("2.00 USD", "1.00 USD"),
        "net EUR": ("0.00 EUR", "-7.10 EUR"),
        "fees EUR": ("0.00 EUR", "1.00 EUR"),
        "broken": ("0", "0"),
    }


def test_no_trades_have_no_win_rate(week: DigestInputs) -> None:
    assert rows(week)["won"] == ("none", "none")


def test_the_win_rate_is_one_of_decided_trades(week: DigestInputs) -> None:
    """
    2026-03-28 09:00 BTC-USD net -0.50 fees 1, closed 2026-03-28 10:00
    2026-03-30 09:00 BTC-USD net 2 fees 1, closed 2026-03-30 10:00
    2026-03-30 11:00 BTC-USD net 0.50 fees 1, closed 2026-03-30 12:00
    2026-03-30 13:00 BTC-USD net 3 fees 1, closed 2026-03-30 14:00
    2026-03-30 15:00 BTC-USD net -4 fees 1, closed 2026-03-30 16:00
    """
    told = rows(week)
    assert told["closed"] == ("4", "1")
    assert told["won"] == ("67 % of 3 (25 to 92)", "none")
    assert told["even"] == ("1", "1")


@pytest.mark.parametrize(
    ("wins", "trades", "low", "high"),
    # computed by hand from (p + z2/2n -+ z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n), z = 1.6449
    [(5, 10, "0.269", "0.731"), (0, 10, "0.000", "0.213"), (81, 100, "0.738", "0.866")],
)
def test_the_win_rate_has_wilsons_interval(wins: int, trades: int, low: str, high: str) -> None:
    thousandth = Decimal("0.001")
    ends = [end.quantize(thousandth) for end in wilson(wins, trades)]
    assert [str(abs(end)) for end in ends] == [low, high]


def test_a_level_that_moved_is_a_change(week: DigestInputs, finding: Make) -> None:
    before = (finding("revenge", "none"), finding("size_after_win", "none"))
    now = (finding("revenge", "possible"), finding("size_after_win", "none"))
    told = build(replace(week, findings=now, findings_before=before))["changes"]["statements"]
    assert [one["terms"]["bias"] for one in told] == ["revenge"]


def test_what_is_insufficient_says_how_many_trades_it_takes(
    week: DigestInputs, finding: Make
) -> None:
    told = build(replace(week, findings=(finding("revenge", "insufficient"),)))["unknowns"][0]
    assert told["terms"] == {"bias": "revenge"}
    assert shown(told) == {"needed": "23 more trades"}


def test_habits_that_lack_the_same_are_told_in_one_sentence(
    week: DigestInputs, finding: Make
) -> None:
    lacking = [
        replace(finding(bias, "insufficient"), needed=0, lacks=("candles",))
        for bias in ("panic_selling", "fomo")
    ]
    told = build(replace(week, findings=tuple(lacking)))["unknowns"][0]
    assert (told["say"], told["terms"]) == ("unknown.lacks", {"biases": "fomo,panic_selling"})
    assert shown(told) == {"lacks": "candles"}


def test_what_was_only_counted_does_not_move(week: DigestInputs, finding: Make) -> None:
    before = (replace(finding("concentration", "none"), kind="fact"),)
    now = (replace(finding("concentration", "insufficient"), kind="fact"),)
    told = build(replace(week, findings=now, findings_before=before))["changes"]["statements"]
    assert told == []


def test_a_trade_open_at_the_weeks_end_has_no_result(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 BTC-USD
    2026-03-30 13:00 BTC-USD net 9 fees 1, closed 2026-04-05 22:00
    2026-03-30 13:00 BTC-USD net 9 fees 1, closed 2026-04-05 21:59
    """
    told = build(week)["unknowns"][0]
    assert (told["say"], shown(told)) == ("unknown.open", {"open": "2 trades"})


def test_sales_without_a_purchase_are_counted_up_to_the_weeks_end(
    week: DigestInputs, sale: Callable[[str], UnknownBasis]
) -> None:
    sales = (sale("2026-01-01 10:00"), sale("2026-04-01 10:00"), sale("2026-04-05 22:00"))
    told = build(replace(week, unknown=sales))["unknowns"][0]
    assert shown(told) == {"sales": "2 sales", "inside": "1"}


def test_fees_in_another_coin_are_told_and_not_valued(week: DigestInputs) -> None:
    """
    2026-03-30 13:00 BTC-USD net 9 fees 1, closed 2026-03-30 14:00
    2026-03-30 13:00 BTC-USD net 9 fees 1, closed 2026-03-30 14:00
    """
    paid = tuple(trip._replace(other_fees={"BNB": Decimal("0.0123")}) for trip in week.trips)
    told = build(replace(week, trips=paid))["unknowns"][0]
    assert shown(told) == {"fees": "0.0246 BNB"}


def test_coverage_is_told_in_local_days_with_its_notes(week: DigestInputs) -> None:
    first, last = datetime(2026, 1, 1, 23, 30, tzinfo=UTC), datetime(2026, 4, 5, 9, tzinfo=UTC)
    coverage = FillCoverage(412, first, last, ("binance/alt was not read", "another note"))
    read, another, note = build(replace(week, coverage=coverage))["unknowns"]
    assert shown(read) == {"fills": "412 fills", "first": "2026-01-02", "last": "2026-04-05"}
    assert shown(another)["note"] == "another note"
    assert shown(note)["note"] == "binance/alt was not read"


def test_without_fills_nothing_is_known(week: DigestInputs) -> None:
    assert [told["say"] for told in build(week)["unknowns"]] == ["unknown.all"]


def test_a_week_without_a_win_has_a_range_that_begins_at_nothing() -> None:
    low, high = wilson(0, 29)
    assert str(low) == "0"
    assert high < 1
