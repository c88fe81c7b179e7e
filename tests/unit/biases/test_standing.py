"""What is done with a finding: nothing, told, asked about, or known as a style."""

from dataclasses import replace
from typing import Any

import pytest

from coach.engine.biases.reasons.recognise import reasons_for
from coach.engine.biases.standing import standing_of
from coach.model.insights import Finding
from coach.model.reasons import Reason

HELD = Finding(bias="disposition", level="likely", n=40, needed=0, held=True)
TARGET = Reason(kind="target", n=20, share=0.9)


def test_a_finding_with_evidence_is_told() -> None:
    assert standing_of(HELD) == "told"


def test_a_finding_with_a_reason_is_asked_about() -> None:
    assert standing_of(replace(HELD, reasons=(TARGET,))) == "asked"


def test_a_reason_that_the_trader_confirmed_makes_a_style() -> None:
    assert standing_of(replace(HELD, reasons=(TARGET,)), confirmed=True) == "style"


@pytest.mark.parametrize(
    "changed",
    [{"held": False}, {"level": "none"}, {"kind": "fact"}, {"held": False, "reasons": (TARGET,)}],
)
def test_without_evidence_nothing_is_claimed_or_asked(changed: dict[str, Any]) -> None:
    assert standing_of(replace(HELD, **changed)) == "untold"


def test_a_hedge_and_a_machine_speak_for_all() -> None:
    machine = replace(TARGET, kind="machine")
    assert reasons_for(frozenset(), [TARGET, machine]) == (machine,)
    assert reasons_for(frozenset({"target"}), [TARGET, machine]) == (TARGET, machine)
