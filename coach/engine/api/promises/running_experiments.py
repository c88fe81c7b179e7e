"""The experiment that runs on each rule: whoever shows or changes a rule says that there is one."""

from coach.engine.api.session import Session
from coach.engine.store.promises import experiments as store
from coach.model.rules import RuleId
from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class RunningExperiment:
    """An experiment that runs on a rule, and its last week (`2026-W20`)."""

    id: str
    last_week: str


def running_by_rule(session: Session) -> dict[RuleId, RunningExperiment]:
    """Return the experiment that runs on each rule that has one."""
    running = store.running(session.connection, session.user.id)
    if not running:
        return {}
    from coach.engine.experiments.registered import read

    return {one.rule_id: RunningExperiment(one.id, read(one).weeks[-1]) for one in running}
