"""What to know of an experiment while its rule is changed."""

from typing import TYPE_CHECKING

from coach.wording.experiments import describe_running

if TYPE_CHECKING:
    from coach.engine.api.promises.rules import RuleView


def warn_of_experiment(view: "RuleView") -> tuple[str, ...]:
    """Return that an experiment runs on a rule that was changed, nothing where none does."""
    one = view.experiment
    if one is None:
        return ()
    said = describe_running(one.id, view.rule.id, one.last_week)
    return (f"{said} (coach experiments stop {one.id} ends it)",)
