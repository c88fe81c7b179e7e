"""Revisions: every change of a rule, with its evidence and the way back.

Revisions form a chain, each naming the one before by its hash. Nothing is ever deleted or
overwritten: taking a change back is another revision.
"""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Literal

from coach.engine.rules.calibration.calibrate import calibrate
from coach.engine.rules.calibration.monitor import monitor
from coach.engine.rules.calibration.stored import canonical, decision_of, read_case
from coach.engine.rules.calibration.values import PIN_DAYS, Decision
from coach.model.insights import Fact
from coach.model.times import DAY_US

Change = Literal["move", "mute", "rollback", "edit"]
Actor = Literal["user", "system"]


@dataclass(frozen=True, slots=True)
class Revision:
    """One change of a rule: what it said before and says now, who changed it and why.

    `parent` is the id of the revision before. `decision` is the evidence, None where the trader
    needed none.
    """

    rule_id: str
    change: Change
    actor: Actor
    reason: str
    at_us: int
    params_before: dict[str, Fact]
    params: dict[str, Fact]
    active_before: bool = True
    active: bool = True
    parent: str | None = None
    pinned_until_us: int | None = None
    decision: Decision | None = None

    @property
    def id(self) -> str:
        """Return the SHA-256 of its bytes."""
        return sha256(revision_bytes(self)).hexdigest()


def revision_bytes(revision: Revision) -> bytes:
    """Return a revision as bytes."""
    return canonical(asdict(revision))


def read_revision(stored: bytes) -> Revision:
    """Return the revision that was stored."""
    values = json.loads(stored)
    decision = values["decision"]
    return Revision(**{**values, "decision": None if decision is None else decision_of(decision)})


def rollback(
    undone: Revision, newest: Revision, at_us: int, decision: Decision | None = None
) -> Revision:
    """Return the revision that restores what the rule said before `undone`.

    It follows `newest`, which may be `undone` itself. Without a decision the trader asked for
    it, and the rule is pinned for 30 days; with one of `monitor` the system did.
    """
    by_trader = decision is None
    return Revision(
        rule_id=undone.rule_id,
        change="rollback",
        actor="user" if by_trader else "system",
        reason="taken_back" if decision is None else decision.reason,
        at_us=at_us,
        params_before=newest.params,
        params=undone.params_before,
        active_before=newest.active,
        active=undone.active_before,
        parent=newest.id,
        pinned_until_us=at_us + PIN_DAYS * DAY_US if by_trader else None,
        decision=decision,
    )


def recomputed(stored_case: bytes) -> Decision:
    """Return the decision that a stored case leads to, to be compared with the stored one."""
    case = read_case(stored_case)
    ask = calibrate if case.question == "calibrate" else monitor
    return ask(case.rule_id, case.events, case.now_us, case.state, case.engine_version)
