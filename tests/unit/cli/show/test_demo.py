"""The last screen of `coach demo`: what was found, what it cost, what answers it, what is next."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

from coach.cli.commands.demo import (
    COMMAND,
    DemoFindings,
    folded,
    next_step,
    seen_in_full,
    the_point,
)
from coach.engine.api.digests import DigestView
from coach.engine.api.habits import OURS
from coach.engine.api.promises.dry_run import DryRun
from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.rules.worth import Worth
from coach.model.insights import Cost, Finding
from coach.model.rules import Rule, RuleId
from tests.unit.views.samples import FINDING, RULE, RUN

HOME = Path("/home/somebody/.cache/coach/demo")
TOLD = replace(
    FINDING,
    standing="told",
    costs=(Cost("USD", 1_002.15, (391.26, 1_613.04), "271.77", measurable=True),),
)
ANSWER = DryRun(
    Rule(RuleId("cooldown_after_loss"), "cooldown_after_loss", {"minutes": 30}, active=True),
    "No new trades within 30 min of a losing trade",
    Worth(caught=54, entries=246, won=13, lost=33, even=8, unknown=0, nets={}, costs=()),
    (),
    (),
)
PACK = "Trading digest\n"


def seen(*told: Finding, answering: DryRun | None = ANSWER) -> DemoFindings:
    digest = DigestView("2026-W14", {}, "", PACK, "", "")  # type: ignore[typeddict-item]
    return DemoFindings(RUN, [*told], [RULE], digest, OURS, told, answering)


def screen(found: DemoFindings) -> list[str]:
    return list(folded([*the_point(found), *next_step(found, HOME)], 80))


def test_any_three_habits_fit_a_screen_of_80_by_24() -> None:
    tested = [bias for bias, one in HABITS.items() if one.kind == "test"]
    for three in combinations(tested, 3):
        lines = screen(seen(*(replace(TOLD, bias=bias) for bias in three)))
        assert len(lines) < 24, three
        assert max(map(len, lines)) <= 80, three


def test_no_more_than_three_findings_and_one_cost_are_shown() -> None:
    text = "\n".join(screen(seen(TOLD, TOLD, TOLD, replace(TOLD, bias="fomo"))))
    assert "  3. " in text
    assert "  4. " not in text
    assert text.count("cost about") == 1


def test_it_ends_with_one_command_that_stays_whole() -> None:
    lines = list(folded(next_step(seen(TOLD), Path("/a folder of/a very long name")), 20))
    assert lines[-2] == "Next"
    assert lines[-1].startswith(COMMAND)
    assert lines[-1].endswith("coach --home '/a folder of/a very long name' why revenge")


def test_a_demo_without_a_habit_leads_to_all_of_them() -> None:
    lines = screen(seen(answering=None))
    assert "  no habit" in lines
    assert lines[-1].endswith("demo biases")
    assert not any("answers" in line for line in lines)


def test_a_habit_without_a_cost_says_so() -> None:
    assert "no measurable price cost" in "\n".join(screen(seen(replace(TOLD, costs=()))))


def test_the_evidence_is_every_finding_and_rule_and_the_digest() -> None:
    text = "\n".join(seen_in_full(seen(TOLD)))
    assert "habit  revenge" in text
    assert f"rule   {RULE.sentence}: broken 2x" in text
    assert text.endswith("Trading digest")
