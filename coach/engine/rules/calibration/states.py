"""How a rule's state goes on: after a look, a move, a rollback, the trader's own word."""

from dataclasses import replace
from typing import assert_never

from coach.engine.rules.calibration.values import Decision, State
from coach.model.times import DAY_US

COOLING_DAYS = 14
COOLING_DAYS_AFTER_ROLLBACK = 28


def observed(state: State, decision: Decision) -> State:
    """Return the state after a look that changed nothing, to be kept after every run.

    It remembers since when the rule is useless.
    """
    return replace(state, useless_since_us=decision.useless_since_us)


def applied(state: State, decision: Decision, at_us: int) -> State:
    """Return the state after a decision took effect, when accepted or at once when automatic."""
    match decision.kind:
        case "keep":
            return observed(state, decision)
        case "move":
            return replace(
                _moved(observed(state, decision), decision, at_us), previous=decision.theta_from
            )
        case "mute":
            return replace(observed(state, decision), previous=None)
        case "rollback":
            cooling = at_us + COOLING_DAYS_AFTER_ROLLBACK * DAY_US
            moved = _moved(state, decision, at_us)
            return replace(moved, previous=None, cooling_until_us=cooling)
        case never:
            assert_never(never)


def dismissed(state: State, at_us: int) -> State:
    """Return the state after the trader declined a proposal: asked again after 14 days."""
    return replace(state, cooling_until_us=at_us + COOLING_DAYS * DAY_US)


def asked_again(state: State, at_us: int) -> State:
    """Return the state after the trader took back that a proposal was declined, as made then."""
    return replace(state, cooling_until_us=min(state.cooling_until_us or 0, at_us))


def edited(state: State, theta: float, at_us: int) -> State:
    """Return the state after the trader set or rolled back the threshold: it holds for 30 days."""
    return replace(
        state,
        theta=theta,
        edited_at_us=at_us,
        previous=None,
        last_direction=0,
        useless_since_us=None,
    )


def _moved(state: State, decision: Decision, at_us: int) -> State:
    return replace(
        state,
        theta=decision.theta_to,
        last_move_us=at_us,
        cooling_until_us=at_us + COOLING_DAYS * DAY_US,
        last_direction=1 if decision.theta_to > decision.theta_from else -1,
        moves=state.moves + 1,
    )
