"""Text, Markdown and HTML say the same, calmly, and nothing from outside breaks them."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.digest import render
from coach.engine.digest.inputs import DigestInputs, FillCoverage
from coach.engine.digest.pack import build
from coach.engine.digest.page.html import html
from coach.engine.digest.shape import Pack
from coach.engine.digest.words import FOOTNOTE, MEASURES, SENTENCES, template
from coach.engine.rules.kinds.catalogue import KINDS
from coach.model.fills import Symbol
from coach.model.insights import Finding
from coach.model.rules import Breach, Rule

FORMS = [render.text, render.markdown, html]
DIRECTIVES = (
    "buy sell hold short long should must ought need recommend advise advice consider try avoid"
    " never always stop exit cut reduce increase wait please don't do will shall could would"
    " tomorrow next target entry price stoploss take"
)
WORDS = (
    *SENTENCES.values(),
    *(kind.breach for kind in KINDS.values()),
    *(habit.words.claim for habit in HABITS.values()),
    *(habit.words.name for habit in HABITS.values()),
    *MEASURES.values(),
    FOOTNOTE,
)
DIAGNOSES = "you your addict addicted gambler gambling emotional greedy fearful irrational stupid"
HOSTILE = "<script>alert(1)</script> | **b** \x1b[31m\u202e & \"'"


@pytest.fixture
def full(
    week: DigestInputs,
    finding: Callable[..., Finding],
    rule: Callable[..., Rule],
    breach: Callable[..., Breach],
) -> Pack:
    """A week with a bit of everything."""
    day, pause = rule("max_trades_per_day", limit=5), rule("cooldown_after_loss", minutes=15)
    return build(
        replace(
            week,
            findings=(
                finding("revenge", "strong", (120.5, 20.0, 240.0, "9.50")),
                finding("size_after_loss", "insufficient"),
                finding("size_after_win", "none"),
            ),
            findings_before=(finding("size_after_win", "possible"),),
            rules=(day, pause),
            breaches=(breach(day, "trade01", "2026-03-30 09:00"),),
            coverage=FillCoverage(notes=("binance/alt was not read",)),
        )
    )


def test_a_week_reads_like_this(full: Pack) -> None:
    """
    2026-03-30 09:00 BTC-USD net 12.50 fees 1.50, closed 2026-03-30 10:00
    2026-03-30 11:00 BTC-USD net -20.25 fees 1.50, closed 2026-03-30 11:30
    2026-03-23 09:00 BTC-USD net 3 fees 1, closed 2026-03-23 10:00
    """
    before_evidence = render.text(full).partition("\nEvidence\n")[0]
    assert before_evidence == TEXT


def test_the_three_forms_say_the_same(full: Pack) -> None:
    """
    2026-03-30 09:00 BTC-USD net 12.50 fees 1.50, closed 2026-03-30 10:00
    """
    texts = [
        re.sub(
            r"<style>.*?</style>|<title>.*?</title>|<svg.*?</svg>|<[^>]*>",
            " ",
            form(full),
            flags=re.DOTALL,
        )
        for form in FORMS
    ]
    cited = [sorted(re.findall(r"\[e\d+\]", text)) for text in texts]
    words = [sorted(re.findall(r"[A-Za-z]{3,}", text)) for text in texts]
    assert cited[0] == cited[1] == cited[2]
    assert words[0] == words[1] == words[2]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_pack_gives_the_same_bytes(form: Callable[[Pack], str], full: Pack) -> None:
    assert form(full) == form(full)
    assert form(full).endswith("\n")


@pytest.mark.parametrize("said", WORDS)
def test_no_sentence_tells_anyone_what_to_do_or_what_they_are(said: str) -> None:
    words = set(re.findall(r"[a-z']+", re.sub(r"{\w+}", "", said).lower()))
    assert words.isdisjoint(DIRECTIVES.split())
    assert words.isdisjoint(DIAGNOSES.split())


@pytest.mark.parametrize("said", WORDS)
def test_no_sentence_holds_a_number_of_its_own(said: str) -> None:
    assert not re.search(r"\d", said)


def test_every_habit_and_every_kind_of_rule_has_its_sentence() -> None:
    assert all(template(f"trait.{bias}", {}) == HABITS[bias].words.claim for bias in HABITS)
    assert all(template(f"breach.{kind}", {}).startswith("{entry}: ") for kind in KINDS)


def test_a_pack_of_before_the_words_of_other_packages_reads_the_same(full: Pack) -> None:
    """
    2026-03-30 09:00 BTC-USD net 12.50 fees 1.50, closed 2026-03-30 10:00
    """
    assert full["habits"] == {}
    before = full.copy()
    del before["habits"]
    assert render.text(before) == render.text(full)


def test_nothing_from_outside_marks_itself_up_or_moves_the_cursor(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 BTC-USD net 12.50 fees 1.50, closed 2026-03-30 10:00
    """
    [trip] = week.trips
    hostile = trip._replace(symbol=Symbol("BTC-<B>"), other_fees={"<i>": trip.fees})
    pack = build(replace(week, trips=(hostile,), coverage=FillCoverage(notes=(HOSTILE,))))
    page, marked, text = html(pack), render.markdown(pack), render.text(pack)
    assert "<script" not in page.replace("&lt;script", "")
    assert "<B>" not in page + marked
    assert "<i>" not in page
    assert r"\<script\>alert(1)\</script\> \| \*\*b\*\* ?" in marked
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", page + marked + text)


def test_the_page_brings_everything_with_it(full: Pack) -> None:
    page = html(full)
    assert page.startswith("<!DOCTYPE html>\n")
    assert not re.search(r"<script|<link|<img|<iframe|src=|url\(|@import|https?:| on\w+=", page)
    assert "@media print" in page
    assert all(f'id="{record["id"]}"' in page for record in full["evidence"])


def test_amounts_too_wide_for_a_table_are_told_in_lines(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 BTC-PEPEPEPEPEPE net 12345678901234.12345678 fees 0, closed 2026-03-30 10:00
    """
    text = render.text(build(week))
    assert "this week" not in text
    assert "  result after fees, PEPEPEPEPEPE:" in text
    assert max(map(len, text.splitlines())) <= 80


TEXT = """\
Trading digest 2026-W14, 2026-03-30 to 2026-04-05, Europe/Berlin [e1]

Highlight
  Quick, larger entries came 19.2 percentage points [e2] more often after losses
    than after wins, likely between 8 and 30.1 [e2], measured over
    46 closed trades [e2]. This is called revenge trading; the evidence level
    was "strong".
  The cost of quick entries after losses (revenge trading) was estimated at
    120.50 USD [e2], likely between 20.00 and 240.00 USD [e2], fees apart.

What it cost
  Fees of what was closed in the week came to 3.00 USD [e3]; before fees the
    result was -4.75 USD [e3].
  The cost of quick entries after losses (revenge trading) was estimated at
    120.50 USD [e2], likely between 20.00 and 240.00 USD [e2], fees apart.
  This looked back on trades opened from 2026-01-05 to 2026-04-05 [e2].

Proposed rule
  None: nothing was found that lacks a rule.

A win
  The evidence for larger entries after wins weakened from "possible" to "no
    sign", measured over 46 closed trades [e4].

Entries to judge
  None: nothing of the week was flagged.

What changed
                          this week                  the week before
  trades closed           2 [e3]                     1 [e5]
  won of decided (range)  50 % of 2 (12 to 88) [e3]  100 % of 1 (27 to 100) [e5]
  broke even              0 [e3]                     0 [e5]
  result after fees, USD  -7.75 USD [e3]             +3.00 USD [e5]
  fees, USD               3.00 USD [e3]              1.00 USD [e5]
  rules broken            1 [e6]                     0 [e7]

Day by day: result in USD [e3], entries [e8]
                  result     entries
  Mon 2026-03-30  -7.75 USD  2
  Tue 2026-03-31  0.00 USD   0
  Wed 2026-04-01  0.00 USD   0
  Thu 2026-04-02  0.00 USD   0
  Fri 2026-04-03  0.00 USD   0
  Sat 2026-04-04  0.00 USD   0
  Sun 2026-04-05  0.00 USD   0

Evidence that moved
  The evidence for larger entries after wins went from "possible" to "no sign",
    measured over 46 closed trades [e4].

What is not known yet
  Too few trades to tell about larger entries after losses: it takes
    23 more trades [e9].
  No fill was known up to the week's end.
  binance/alt was not read [e10]

Rules
  No new trades within 15 min of a losing trade [e11]: kept in 2 entries [e11].
  At most 5 new trades per day [e12]: broken 1 time [e12].
    2026-03-30 11:00 BTC-USD [e13]: trade 6 [e13] on 2026-03-30 [e13] (limit
      5 [e13]).
"""
