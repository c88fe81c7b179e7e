"""Decisions about a threshold, computed again from what was stored."""

from coach.engine.rules.calibration.calibrate import calibrate
from coach.engine.rules.calibration.monitor import monitor
from coach.engine.rules.calibration.stored import read_case
from coach.engine.rules.calibration.values import Decision


def recomputed(stored_case: bytes) -> Decision:
    """Return the decision that a stored case leads to, to be compared with the stored one."""
    case = read_case(stored_case)
    ask = calibrate if case.question == "calibrate" else monitor
    return ask(case.rule_id, case.events, case.now_us, case.state, case.engine_version)
