"""A digest on a terminal: what to read, what it cost and what to do next come first."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from coach.advice.digest_steps import next_step
from coach.engine.api.digests import DigestView
from coach.engine.digest import render, screen
from coach.engine.digest.inputs import DigestInputs
from coach.engine.digest.pack import build
from coach.engine.digest.shape import Pack
from coach.engine.digest.words import DigestLine, Section
from coach.model.fills import Symbol
from coach.model.insights import Finding
from coach.model.rules import Breach, Rule

Make = Callable[..., Finding]
MakeRule = Callable[..., Rule]
MakeBreach = Callable[..., Breach]
STEP = Section("Next step", (DigestLine("coach why revenge: the trades behind it"),))
COSTLY = ("revenge", "strong", (120.5, 20.0, 240.0, "9.50"))


def view(pack: Pack) -> DigestView:
    return DigestView("2026-W14", pack, "", "", "", "")


def words(text: str) -> list[str]:
    return sorted({word.strip(":,") for word in text.split()})


@pytest.fixture
def costly(week: DigestInputs, finding: Make) -> Pack:
    return build(replace(week, findings=(finding(*COSTLY),)))


def test_the_next_step_follows_the_cost(costly: Pack) -> None:
    """
    2026-03-30 09:00 BTC-USD net 5 fees 1, closed 2026-03-30 10:00
    """
    titles = re.findall(r"^[A-Z].*$", screen.page(costly, STEP), re.MULTILINE)
    assert titles[1:5] == ["Highlight", "What it cost", "Next step", "Proposed rule"]


def test_no_sentence_stands_twice_and_none_is_lost(costly: Pack) -> None:
    """
    2026-03-30 09:00 BTC-USD net 5 fees 1, closed 2026-03-30 10:00
    """
    page = screen.page(costly, STEP)
    assert page.count("120.50 USD") == 1
    whole = page + screen.evidence(costly) + STEP.lines[0].text
    assert set(words(render.text(costly))) <= set(words(whole))


def test_an_estimate_and_the_days_it_looked_back_on_stand_together(costly: Pack) -> None:
    lines = screen.page(costly, STEP, 40).splitlines()
    start = lines.index("What it cost")
    section = "\n".join(lines[start : lines.index("Next step")])
    assert "estimated" in section
    assert "looked back" in section


@pytest.mark.parametrize("quotes", [1, 3, 12])
def test_the_first_screen_holds_highlight_cost_and_next_step(
    week: DigestInputs, finding: Make, quotes: int
) -> None:
    """
    2026-03-30 09:00 BTC-USD net 5 fees 1, closed 2026-03-30 10:00
    """
    [trip] = week.trips
    trips = tuple(trip._replace(symbol=Symbol(f"BTC-Q{n}")) for n in range(quotes))
    pack = build(replace(week, trips=trips, findings=(finding(*COSTLY),)))
    first = "\n".join(screen.page(pack, STEP).splitlines()[:24])
    assert "Highlight\n" in first
    assert "120.50 USD" in first
    assert STEP.lines[0].text in first


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
def test_a_page_fits_its_screen_and_cuts_no_word(costly: Pack, columns: int) -> None:
    """
    2026-03-30 09:00 BTC-USD net 5 fees 1, closed 2026-03-30 10:00
    """
    page = screen.page(costly, STEP, columns)
    assert max(map(len, page.splitlines())) <= columns
    assert set(words(page)) >= set(words(screen.page(costly, STEP, 1_000))) - {
        "this",
        "week",
        "the",
        "before",
    }


def test_a_habit_leads_to_its_evidence_and_says_that_its_days_differ(costly: Pack) -> None:
    assert next_step(view(costly)).startswith("coach why revenge: ")
    assert "figures differ" in next_step(view(costly))


def test_a_broken_rule_leads_to_its_dry_run(
    week: DigestInputs, rule: MakeRule, breach: MakeBreach
) -> None:
    """
    2026-03-30 09:00 BTC-USD net 5 fees 1, closed 2026-03-30 10:00
    """
    promise = rule("max_trades_per_day", limit=5)
    broken = breach(promise, "trade01", "2026-03-30 09:00")
    pack = build(replace(week, rules=(promise,), breaches=(broken,)))
    assert next_step(view(pack)).startswith("coach rules dry-run max_trades_per_day: ")


def test_evidence_that_moved_leads_to_its_habit(week: DigestInputs, finding: Make) -> None:
    moved = build(
        replace(
            week,
            findings=(finding("size_after_win", "none"),),
            findings_before=(finding("size_after_win", "possible"),),
        )
    )
    assert moved["highlight"]["reason"] == "level"
    assert next_step(view(moved)).startswith("coach why size_after_win: ")


def test_a_quiet_week_leads_to_an_import(week: DigestInputs) -> None:
    assert next_step(view(build(week))).startswith("coach import csv FILE")


def test_an_open_question_comes_before_plain_facts(costly: Pack) -> None:
    asked: Pack = {
        **costly,
        "highlight": {"reason": "facts", "statements": []},
        "patterns": [{"say": "pattern.asked", "terms": {}, "figures": {}}],
    }
    assert next_step(view(asked)).startswith("coach plans questions")
    assert next_step(view({**asked, "patterns": []})).startswith("coach trades")
