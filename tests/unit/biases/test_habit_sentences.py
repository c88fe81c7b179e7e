"""A finding has one number in one unit, in the list of habits, in the drawer and in the digest."""

import re

import pytest

from coach.cli.commands import insights, why
from coach.engine.api.habits import OURS
from coach.engine.api.why import BiasEvidence
from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.biases.words import PERCENTAGE_POINTS, TIMES_AS_OFTEN
from coach.engine.digest import render
from coach.engine.digest.figures import stated
from coach.engine.digest.inputs import DigestInputs, FillCoverage
from coach.engine.digest.pack import build
from coach.engine.digest.shape import Figure, Pack
from coach.model.insights import Bias, Cost, Evidence, Finding
from coach.views.insights import finding as finding_row
from tests.unit.rules.test_breach_sentences import terminal

COST = Cost("USD", 1120.504, (20.0, 2240.0), "9.5", measurable=True)
PRICED = "cost about 1,120.50 USD (20.00 to 2,240.00), fees 9.50 USD"
CASES: dict[Bias, tuple[float, tuple[float, float], str, str, str]] = {
    "disposition": (
        1.84567,
        (1.1, 2.5),
        "1.1 to 2.5",
        "winners were sold at [1.85 times the odds] of losers",
        "2,046 sales",
    ),
    "revenge": (
        0.229,
        (0.0141, 0.318),
        "1.41 to 31.8",
        (
            "quick, larger entries came [22.9 percentage points] more often after losses than after"
            " wins"
        ),
        "2,046 closed trades",
    ),
    "size_after_loss": (
        0.3912,
        (0.08, 0.564),
        "8 to 56.4",
        "entries were [39.1 %] larger after losses than after wins",
        "2,046 closed trades",
    ),
    "size_after_win": (
        12.5,
        (0.5, 14.0),
        "50 to 1,400",
        "entries were [1,250 %] larger after wins than after losses",
        "2,046 closed trades",
    ),
    "fomo": (
        0.0333333,
        (-0.005, 0.07),
        "-0.5 to 7",
        (
            "strong moves came before entries [3.33 percentage points] more often than before other"
            " times"
        ),
        "2,046 entries",
    ),
    "overtrading": (
        0.125,
        (0.06, 0.2345),
        "6 to 23.4",
        "[12.5 % of days] held far more trades than usual, and paid less",
        "2,046 days",
    ),
    "averaging_down": (
        13.3333,
        (7.0, 1000.0),
        "7 to over 1,000",
        "more was bought [13.3 times as often] in a loss as in a gain",
        "2,046 additions",
    ),
    "panic_selling": (
        2.0,
        (1.5, 2.505),
        "1.5 to 2.5",
        "positions were closed [2 times as often] in sharp falls as in sharp rises",
        "2,046 sales",
    ),
    "fatigue": (
        0.0056789,
        (0.001, 0.01),
        "0.1 to 1",
        "late trades earned [0.568 % of the money traded] less than the others",
        "2,046 entries",
    ),
    "concentration": (
        0.4,
        (0.25, 0.8),
        "1.25 to 4",
        "the effective number of positions was [2.5]",
        "2,046 entries",
    ),
    "lottery": (
        0.07,
        (0.02, 0.11),
        "2 to 11",
        "[7 % of the money] went into cheap, wild symbols",
        "2,046 entries",
    ),
    "regret_repurchase": (
        1.75,
        (1.2, 2.6),
        "1.2 to 2.6",
        "coins were bought back [1.75 times as often] after a gain as after a loss",
        "2,046 sales",
    ),
    "rule_breach": (
        0.2,
        (0.1, 0.3),
        "10 to 30",
        "your own promises did not hold [20 % of the time]",
        "2,046 opportunities",
    ),
    "payoff_asymmetry": (
        0.8,
        (0.6, 1.1),
        "0.6 to 1.1",
        "the average win was [0.8 times the average loss]",
        "2,046 trades",
    ),
}
"""Effect and interval, then as shown: the interval, the sentence with its number, the sample."""
IN_BRACKETS = re.compile(r"\[(.*?)\]")


def found(bias: Bias) -> Finding:
    """Return a finding that a digest speaks of: as if those that are only counted were tested."""
    effect, interval, *_ = CASES[bias]
    evidence = Evidence(f"{bias}@1:0a1b2c3d4e5f", f"{bias}@1", {"n": 2046}, ())
    return Finding(
        bias=bias,
        level="strong",
        n=2046,
        needed=0,
        score=99.0,
        effect=effect,
        interval=interval,
        unit=HABITS[bias].unit,
        p=0.001,
        p_adjusted=0.01,
        costs=(COST,),
        evidence=(evidence,),
        held=True,
        standing="told",
    )


def pack_of(finding: Finding) -> Pack:
    return build(DigestInputs("UTC", "2026-W14", (), (finding,), (), (), (), (), FillCoverage()))


def claimed(bias: Bias) -> dict[str, Figure]:
    [statement, *_] = pack_of(found(bias))["highlight"]["statements"]
    assert statement["say"] == f"trait.{bias}"
    return statement["figures"]


def said(bias: Bias) -> str:
    _, _, interval, sentence, _ = CASES[bias]
    return f"{sentence.replace('[', '').replace(']', '')} (likely {interval})"


def test_every_habit_has_a_case() -> None:
    assert list(CASES) == list(HABITS)


@pytest.mark.parametrize("bias", CASES)
def test_the_list_of_habits_says_it(bias: Bias) -> None:
    shown = terminal(insights.findings_answer([found(bias)], OURS))
    assert f" {bias}: {said(bias)} {bias}: {PRICED} " in shown


@pytest.mark.parametrize("bias", CASES)
def test_the_drawer_says_it(bias: Bias) -> None:
    drawer = BiasEvidence(found(bias), (), (), None, (), ())
    assert f" {said(bias)} {PRICED} p 0.001: " in terminal(why.of_bias(drawer, OURS, "UTC"))


@pytest.mark.parametrize("bias", CASES)
def test_the_digest_says_it(bias: Bias) -> None:
    _, _, interval, sentence, sample = CASES[bias]
    [number] = IN_BRACKETS.findall(sentence)
    between = interval.replace(" to ", " and ")
    claim = HABITS[bias].words.claim.format(
        effect=number, interval=between, n=sample, level='"strong"'
    )
    text = render.text(pack_of(found(bias))).partition("\nEvidence\n")[0]
    shown = " ".join(re.sub(r"\s+\[e\d+\]", "", text).split())
    assert claim in shown
    assert "estimated at 1,120.50 USD, likely between 20.00 and 2,240.00 USD" in shown


@pytest.mark.parametrize("bias", CASES)
def test_behind_every_number_of_the_digest_stands_the_finding(bias: Bias) -> None:
    effect, (low, high), *_ = CASES[bias]
    assert {name: figure["value"] for name, figure in claimed(bias).items()} == {
        "effect": stated(effect),
        "interval": f"{stated(low)}..{stated(high)}",
        "n": "2046",
    }


@pytest.mark.parametrize("bias", CASES)
def test_programs_get_the_numbers_behind_the_sentence(bias: Bias) -> None:
    effect, interval, *_ = CASES[bias]
    row = finding_row(found(bias))
    assert (row["effect"], row["interval"]) == (round(effect, 6), list(interval))
    assert (row["n"], row["unit"]) == (2046, HABITS[bias].unit)


def test_an_effect_below_zero_shows_its_size() -> None:
    words = HABITS["fatigue"].words
    assert words.sentence(-0.01, (-0.02, 0.005)) == (
        "late trades earned 1 % of the money traded more than the others (likely -0.5 to 2)"
    )


def test_a_ratio_without_an_upper_end_is_over_what_stands_for_it() -> None:
    assert TIMES_AS_OFTEN.text(1000.0) == "over 1,000 times as often"
    assert TIMES_AS_OFTEN.ends((7.75, 1000.0)) == ("7.75", "over 1,000")


def test_one_percentage_point_is_singular() -> None:
    assert PERCENTAGE_POINTS.text(0.01) == "1 percentage point"
    assert PERCENTAGE_POINTS.text(0.011) == "1.1 percentage points"
