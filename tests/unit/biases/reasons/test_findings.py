"""What a rule may explain is asked about, and not told as a habit."""

from collections.abc import Callable
from typing import Any

from coach.engine.biases.detection import findings
from coach.engine.biases.habits import averaging_down, disposition, panic_selling
from coach.engine.biases.standing import has_evidence
from coach.model.insights import Finding

Account = Any  # of conftest.py, which no test imports
Make = Callable[..., Any]
OF_ORDERS = (disposition.DETECTOR, averaging_down.DETECTOR, panic_selling.DETECTOR)


def found(account: Account) -> dict[str, Finding]:
    context, window = account.context, account.window
    each = findings(context.history, window.start_us, window.end_us, OF_ORDERS)
    return {finding.bias: finding for finding in each}


def test_a_bracket_with_the_nearer_target_is_asked_about(trader: Make) -> None:
    """It closes gains five times as readily as losses, by its rule."""
    for seed in (1, 2):
        finding = found(trader("bracket", seed))["disposition"]
        assert has_evidence(finding)
        assert finding.standing == "asked"
        assert {"target", "stop"} <= {reason.kind for reason in finding.reasons}


def test_who_leans_to_closing_gains_is_told(trader: Make) -> None:
    for seed in (1, 2):
        finding = found(trader("leaning", seed))["disposition"]
        assert finding.standing == "told"
        assert finding.reasons == ()


def test_a_ladder_is_asked_about(trader: Make) -> None:
    finding = found(trader("ladder", 1))["averaging_down"]
    assert has_evidence(finding)
    assert finding.standing == "asked"
    assert "ladder" in {reason.kind for reason in finding.reasons}


def test_nothing_is_told_of_who_closes_at_random(trader: Make) -> None:
    for seed in range(3):
        each = found(trader("blind", seed)).values()
        assert {finding.standing for finding in each} == {"untold"}
        assert not [finding for finding in each if finding.reasons]
