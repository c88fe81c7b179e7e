"""One highlight a week: the first there is, in a fixed order."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from coach.engine.digest.habits import is_trait
from coach.engine.digest.inputs import DigestInputs
from coach.engine.digest.pack import build
from coach.engine.digest.shape import Highlight
from coach.model.insights import Finding
from coach.model.reasons import Level, Reason, Standing
from coach.model.rules import Breach, Rule, RuleId

Make = Callable[..., Finding]
MakeRule = Callable[..., Rule]
MakeBreach = Callable[..., Breach]


def said(highlight: Highlight) -> list[str]:
    return [told["say"] for told in highlight["statements"]]


def test_a_costly_habit_comes_before_a_broken_rule(
    week: DigestInputs, finding: Make, rule: MakeRule, breach: MakeBreach
) -> None:
    """
    2026-03-30 09:00 BTC-USD net 5 fees 1, closed 2026-03-30 10:00
    """
    promise = rule("max_trades_per_day", limit=5)
    broken = breach(promise, "trade01", "2026-03-30 09:00")
    habit = finding("revenge", "likely", (120.5, 20.0, 240.0, "9.50"))
    told = replace(week, findings=(habit,), rules=(promise,), breaches=(broken,))
    highlight = build(told)["highlight"]
    assert highlight["reason"] == "trait"
    assert said(highlight) == ["trait.revenge", "trait.cost"]


def test_of_two_habits_the_strong_one_is_told(week: DigestInputs, finding: Make) -> None:
    likely = finding("revenge", "likely", (500.0, 20.0, 900.0, "9.50"))
    strong = finding("size_after_win", "strong", (120.5, 20.0, 240.0, "9.50"))
    highlight = build(replace(week, findings=(likely, strong)))["highlight"]
    assert said(highlight)[0] == "trait.size_after_win"


def test_of_two_strong_habits_the_surer_one_is_told(week: DigestInputs, finding: Make) -> None:
    sure = finding("revenge", "strong", (1.0, 0.5, 2.0, "0"))
    surer = replace(finding("size_after_loss", "strong", (1.0, 0.5, 2.0, "0")), score=99.9)
    highlight = build(replace(week, findings=(sure, surer)))["highlight"]
    assert said(highlight)[0] == "trait.size_after_loss"


def test_a_cost_in_prices_comes_before_one_in_fees(week: DigestInputs, finding: Make) -> None:
    strong = finding("size_after_win", "strong", (120.5, -20.0, 240.0, "9.50"))
    likely = finding("revenge", "likely", (120.5, 20.0, 240.0, "9.50"))
    highlight = build(replace(week, findings=(strong, likely)))["highlight"]
    assert said(highlight) == ["trait.revenge", "trait.cost"]


def test_where_no_price_cost_is_measurable_the_fees_are_told(
    week: DigestInputs, finding: Make
) -> None:
    habit = finding("revenge", "likely", (120.5, -20.0, 240.0, "9.50"))
    highlight = build(replace(week, findings=(habit,)))["highlight"]
    assert said(highlight) == ["trait.revenge", "trait.no_price", "trait.fees", "trait.window"]
    assert highlight["statements"][1]["terms"] == {"bias": "revenge"}
    assert highlight["statements"][2]["figures"]["fees"]["shown"] == "9.50 USD"


def test_a_habit_that_paid_is_given_no_cost(week: DigestInputs, finding: Make) -> None:
    habit = finding("revenge", "likely", (-120.5, -240.0, -20.0, "0"))
    highlight = build(replace(week, findings=(habit,)))["highlight"]
    assert highlight["reason"] == "unpriced"
    assert said(highlight) == ["trait.revenge", "trait.window"]


def test_a_possible_habit_is_no_habit_yet(week: DigestInputs, finding: Make) -> None:
    habit = finding("revenge", "possible", (120.5, 20.0, 240.0, "9.50"))
    assert build(replace(week, findings=(habit,)))["highlight"]["reason"] == "quiet"


def test_the_rule_broken_most_often_is_told(
    week: DigestInputs, rule: MakeRule, breach: MakeBreach
) -> None:
    """
    2026-03-30 09:00 BTC-USD
    2026-03-30 09:01 BTC-USD
    """
    day = rule("max_trades_per_day", limit=5)
    other = replace(day, id=RuleId("another"), params={"limit": 4})
    broken = (
        breach(day, "trade01", "2026-03-30 09:00"),
        breach(other, "trade01", "2026-03-30 09:00"),
        breach(day, "trade02", "2026-03-30 09:01"),
    )
    highlight = build(replace(week, rules=(other, day), breaches=broken))["highlight"]
    assert highlight["reason"] == "rule"
    [told] = highlight["statements"]
    assert told["figures"]["times"]["shown"] == "2 times"
    assert told["figures"]["rule"]["shown"] == "At most 5 new trades per day"


@pytest.mark.parametrize(("was", "now"), [("none", "possible"), ("likely", "none")])
def test_a_level_that_moved_comes_after_rules(
    week: DigestInputs, finding: Make, was: Level, now: Level
) -> None:
    told = replace(
        week, findings=(finding("revenge", now),), findings_before=(finding("revenge", was),)
    )
    highlight = build(told)["highlight"]
    assert highlight["reason"] == "level"
    assert highlight["statements"][0]["terms"] == {"bias": "revenge", "was": was, "now": now}


def test_the_level_that_moved_farthest_is_told(week: DigestInputs, finding: Make) -> None:
    now = (finding("revenge", "none"), finding("size_after_win", "none"))
    before = (finding("revenge", "possible"), finding("size_after_win", "likely"))
    highlight = build(replace(week, findings=now, findings_before=before))["highlight"]
    assert highlight["statements"][0]["terms"]["bias"] == "size_after_win"


def test_a_week_of_kept_promises_says_so(week: DigestInputs, rule: MakeRule) -> None:
    """
    2026-03-30 09:00 BTC-USD
    2026-03-31 09:00 BTC-USD net 5 fees 1, closed 2026-03-31 10:00
    """
    kept = replace(week, rules=(rule("max_trades_per_day", limit=5),))
    highlight = build(kept)["highlight"]
    assert highlight["reason"] == "process"
    assert highlight["statements"][0]["figures"]["entries"]["shown"] == "2 entries"


def test_a_paused_rule_was_not_kept(week: DigestInputs, rule: MakeRule) -> None:
    """
    2026-03-30 09:00 BTC-USD
    """
    paused = replace(rule("max_trades_per_day", limit=5), active=False)
    assert build(replace(week, rules=(paused,)))["highlight"]["reason"] == "facts"


def test_without_rules_the_plain_facts_are_told(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 BTC-USD net 5.25 fees 1, closed 2026-03-30 10:00
    2026-03-30 11:00 BTC-USD net -3 fees 1, closed 2026-03-30 12:00
    2026-03-30 13:00 BTC-USD net 0.5 fees 1, closed 2026-03-30 14:00
    2026-03-30 13:00 ETH-BTC net 0.001 fees 0, closed 2026-03-30 14:00
    """
    highlight = build(week)["highlight"]
    counted, dollars, coins = (told["figures"] for told in highlight["statements"])
    assert highlight["reason"] == "facts"
    assert {name: figure["value"] for name, figure in counted.items()} == {
        "closed": "4",
        "wins": "2",
        "losses": "1",
        "even": "1",
    }
    assert dollars["net"]["shown"] == "+2.75 USD"
    assert coins["net"]["shown"] == "+0.001 BTC"


def test_a_week_that_only_opened_trades_says_how_many(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 BTC-USD
    """
    highlight = build(week)["highlight"]
    assert said(highlight) == ["week.opened"]
    assert highlight["statements"][0]["figures"]["opened"]["shown"] == "1 trade"


def test_a_week_without_trades_says_so(week: DigestInputs) -> None:
    assert build(week)["highlight"] == {
        "reason": "quiet",
        "statements": [{"say": "week.quiet", "terms": {}, "figures": {}}],
    }


@pytest.mark.parametrize("standing", ["untold", "asked", "style"])
def test_what_is_not_told_as_a_habit_is_no_highlight(
    week: DigestInputs, finding: Make, standing: Standing
) -> None:
    clock = Reason("clock", 20, 0.9, facts={"time": "09:00", "zone": "UTC"})
    habit = replace(finding("revenge", "strong"), standing=standing, reasons=(clock,))
    assert not is_trait(habit)
    assert build(replace(week, findings=(habit,)))["highlight"]["reason"] == "quiet"


def test_a_habit_is_told_in_its_unit(week: DigestInputs, finding: Make) -> None:
    habit = replace(
        finding("disposition", "likely"),
        unit="odds ratio",
        effect=1.4567,
        interval=(1.1, 1.912),
    )
    [told, *_] = build(replace(week, findings=(habit,)))["highlight"]["statements"]
    assert told["say"] == "trait.disposition"
    assert {name: figure["shown"] for name, figure in told["figures"].items()} == {
        "effect": "1.46 times the odds",
        "interval": "1.1 and 1.91",
        "n": "46 sales",
    }
