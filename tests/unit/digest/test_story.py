"""One rule proposal, one win, and the entries to judge: each from what the week's end knew."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from coach.engine.digest import pack, render
from coach.engine.digest.inputs import DigestInputs
from coach.engine.digest.pack import build
from coach.model.fills import FillKey
from coach.model.insights import Finding, Tag
from coach.model.reasons import Reason
from coach.model.rules import Breach, Rule
from coach.model.trades import TradeId

if TYPE_CHECKING:
    from coach.engine.digest.shape import Pack

Make = Callable[..., Finding]
MakeRule = Callable[..., Rule]
MakeBreach = Callable[..., Breach]
COSTLY = ("revenge", "strong", (120.5, 20.0, 240.0, "9.50"))
MACHINE = Reason("machine", 400, 0.24, None, None, "", {"quiet_share": 0.24})


def said(week: DigestInputs, title: str) -> str:
    """Return the section of that title, on one line."""
    _, _, rest = render.text(build(week)).partition(f"\n{title}\n")
    return " ".join(rest.partition("\n\n")[0].split())


def tag(trade: str, at: str, bias: str = "revenge") -> Tag:
    key = FillKey(trade.encode().ljust(16, b"."))
    moment = datetime.fromisoformat(f"{at}+00:00")
    return Tag(bias, TradeId(trade), moment, (key,), {"minutes": 4.0}, f"{bias}@1")


def test_a_habit_without_a_rule_gets_the_rule_that_answers_it(
    week: DigestInputs, finding: Make
) -> None:
    text = said(replace(week, findings=(finding(*COSTLY),)), "Proposed rule")
    assert text.startswith("A rule that answers quick entries after losses (revenge trading): No")
    assert " min of a losing trade" in text


def test_a_rule_in_force_is_not_proposed_again(
    week: DigestInputs, finding: Make, rule: MakeRule
) -> None:
    promised = rule("cooldown_after_loss", minutes=15)
    known = replace(week, findings=(finding(*COSTLY),), rules=(promised,))
    assert said(known, "Proposed rule").startswith("None")
    paused = replace(known, rules=(replace(promised, active=False),))
    assert said(paused, "Proposed rule").startswith("A rule that answers")


def test_a_rule_kept_after_it_was_broken_is_the_win(
    week: DigestInputs, rule: MakeRule, breach: MakeBreach
) -> None:
    """
    2026-03-23 09:00 BTC-USD net 3 fees 1, closed 2026-03-23 10:00
    2026-03-30 09:00 BTC-USD net -5 fees 1, closed 2026-03-30 10:00
    """
    day, pause = rule("max_trades_per_day", limit=5), rule("cooldown_after_loss", minutes=15)
    broken = breach(day, "trade01", "2026-03-23 09:00")
    text = said(replace(week, rules=(day, pause), breaches=(broken,)), "A win")
    assert text.startswith("At most 5 new trades per day [e")
    assert "kept in 1 entry" in text
    assert "broken 1 time" in text


def test_fewer_breaches_are_a_win_and_a_profit_is_none(
    week: DigestInputs, rule: MakeRule, breach: MakeBreach
) -> None:
    """
    2026-03-23 09:00 BTC-USD net 3 fees 1, closed 2026-03-23 10:00
    2026-03-24 09:00 BTC-USD net 3 fees 1, closed 2026-03-24 10:00
    2026-03-30 09:00 BTC-USD net 500 fees 1, closed 2026-03-30 10:00
    """
    day = rule("max_trades_per_day", limit=5)
    before = [breach(day, f"trade0{n}", f"2026-03-2{n + 2} 09:00") for n in (1, 2)]
    now = breach(day, "trade03", "2026-03-30 09:00")
    fewer = replace(week, rules=(day,), breaches=(*before, now))
    assert said(fewer, "A win").startswith("Rules were broken 1 time")
    assert said(week, "A win").startswith("None that is counted")


def test_entries_of_the_week_that_were_flagged_are_asked_about(
    week: DigestInputs, finding: Make
) -> None:
    """
    2026-03-30 09:00 BTC-USD net 5 fees 1, closed 2026-03-30 10:00
    2026-03-30 10:30 ETH-USD net 5 fees 1, closed 2026-03-30 11:00
    2026-03-23 09:00 BTC-USD net 5 fees 1, closed 2026-03-23 10:00
    """
    tags = (
        tag("trade02", "2026-03-30 10:30"),
        tag("trade03", "2026-03-23 09:00"),
        tag("trade01", "2026-03-30 09:00", "fatigue"),
    )
    known = replace(week, findings=(finding("revenge", "possible"),), tags=tags)
    text = said(known, "Entries to judge")
    assert text.startswith("2026-03-30 12:30 ETH-USD [e")
    assert text.endswith("quick entries after losses (revenge trading), or not?")
    assert text.count("or not?") == 1


def test_more_than_three_flagged_entries_are_counted(week: DigestInputs, finding: Make) -> None:
    """
    2026-03-30 09:00 BTC-USD
    2026-03-30 10:00 BTC-USD
    2026-03-30 11:00 BTC-USD
    2026-03-30 12:00 BTC-USD
    2026-03-30 13:00 BTC-USD
    """
    tags = tuple(tag(f"trade0{n}", f"2026-03-30 {n + 8:02}:00") for n in range(1, 6))
    known = replace(week, findings=(finding(*COSTLY),), tags=tags)
    assert "And 2 more entries [e" in said(known, "Entries to judge")
    assert canonical(known) == canonical(replace(known, tags=tags[::-1]))


def canonical(week: DigestInputs) -> str:
    return pack.sha256(build(week))


def test_a_bot_is_proposed_nothing_and_asked_nothing(week: DigestInputs, finding: Make) -> None:
    """
    2026-03-30 09:00 BTC-USD
    """
    bot = replace(finding("disposition", "strong"), reasons=(MACHINE,), standing="style")
    found = (bot, finding(*COSTLY))
    page = render.text(
        build(replace(week, findings=found, tags=(tag("trade01", "2026-03-30 09:00"),)))
    )
    assert "Proposed rule" not in page
    assert "Entries to judge" not in page


def test_tags_are_an_input_that_a_newer_digest_formula_explains(
    week: DigestInputs, finding: Make
) -> None:
    now = build(replace(week, findings=(finding(*COSTLY),), tags=(tag("t", "2026-03-30 09:00"),)))
    assert "tags" in now["inputs"]
    inputs = {name: one for name, one in now["inputs"].items() if name != "tags"}
    versions = {**now["engine_version"], "digest": ["digest@10"]}
    before: Pack = {**now, "inputs": inputs, "engine_version": versions}
    assert pack.unexplained(before, now) == []
    assert pack.unexplained({**now, "inputs": inputs}, now) == ["tags"]
