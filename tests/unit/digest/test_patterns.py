"""A pattern that a rule may explain is told without the word habit, and without money."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from coach.engine.digest import render
from coach.engine.digest.inputs import DigestInputs
from coach.engine.digest.pack import build
from coach.model.insights import Finding
from coach.model.reasons import Reason, Standing

Make = Callable[..., Finding]
TARGET = Reason("target", 40, 0.92, 1.0, (0.9, 1.2), "%", {"state": "best", "sides": "long"})
MACHINE = Reason(
    "machine", 400, 0.24, None, None, "", {"quiet_share": 0.24, "round_the_clock": True}
)


def explained(finding: Finding, reason: Reason, standing: Standing) -> Finding:
    return replace(finding, reasons=(reason,), standing=standing)


def page_of(week: DigestInputs) -> str:
    """Return the page without its list of evidence, on one line."""
    return " ".join(render.text(build(week)).partition("\nEvidence\n")[0].split())


def test_an_open_question_stands_with_its_pattern(week: DigestInputs, finding: Make) -> None:
    asked = explained(
        finding("size_after_loss", "strong", (120.5, 20.0, 240.0, "9.50")), TARGET, "asked"
    )
    page = page_of(replace(week, findings=(asked,)))
    assert (
        "Patterns and styles Entries were 19.2 % larger after losses than after wins (likely 8 to "
        "30.1) [e2], measured over 46 closed trades [e2]. A rule may be the reason, so nothing is "
        "concluded from it. The open question: You close gains when they reach a new best since "
        "you bought, typically at +1 % (half of them +0.9 to +1.2). Is that a rule of yours? [e3]"
    ) in page
    assert "habit" not in page.lower()
    assert "USD" not in page


def test_a_question_about_several_patterns_is_stated_once(
    week: DigestInputs, finding: Make
) -> None:
    asked = [
        explained(finding(bias, "strong"), MACHINE, "asked")
        for bias in ("size_after_loss", "disposition")
    ]
    page = page_of(replace(week, findings=tuple(asked)))
    assert page.count("Is this account run by a bot") == 1
    assert page.count(", measured over 46") == 2
    assert "nothing is concluded from them" in page


@pytest.mark.parametrize("bias", ["size_after_loss", "disposition", "panic_selling"])
def test_a_number_keeps_its_percent_sign_on_the_page(
    week: DigestInputs, finding: Make, bias: str
) -> None:
    for kind in ("target", "ladder"):
        for typical in (1.0, 1.2, 1.25, 11.2, -1.2, -11.2):
            for sides in ("long", "short", "both"):
                for state in ("best", "best_lot", "up", "worst"):
                    facts = {**TARGET.facts, "state": state, "sides": sides, "hours": 3}
                    rule = replace(TARGET, kind=kind, typical=typical, facts=facts)
                    asked = explained(finding(bias, "strong"), rule, "asked")
                    lines = render.text(build(replace(week, findings=(asked,)))).splitlines()
                    assert not [line for line in lines if line.lstrip().startswith("%")]


def test_a_confirmed_rule_is_told_once_whatever_it_explains(
    week: DigestInputs, finding: Make
) -> None:
    styles = [
        explained(finding(bias, "strong"), TARGET, "style")
        for bias in ("disposition", "panic_selling")
    ]
    page = page_of(replace(week, findings=tuple(styles)))
    assert page.count("A confirmed rule: You close gains") == 1
    assert "panic" not in page


@pytest.mark.parametrize("standing", ["asked", "style"])
def test_the_page_of_a_machine_says_nothing_of_habits(
    week: DigestInputs, finding: Make, standing: Standing
) -> None:
    now = (
        explained(finding("disposition", "strong"), MACHINE, standing),
        finding("revenge", "possible"),
        finding("fatigue", "insufficient"),
    )
    before = (finding("disposition", "none"), finding("revenge", "none"))
    page = page_of(replace(week, findings=now, findings_before=before))
    assert not {"revenge", "disposition", "fatigue", "evidence"} & set(page.lower().split())


def test_a_level_that_a_rule_explains_does_not_move(week: DigestInputs, finding: Make) -> None:
    now = (explained(finding("disposition", "strong"), TARGET, "asked"),)
    later = (finding("disposition", "none"),)
    for these, those in ((now, later), (later, now)):
        pack = build(replace(week, findings=these, findings_before=those))
        assert pack["changes"]["statements"] == []
