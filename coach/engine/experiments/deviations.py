"""What went otherwise than an experiment registered, read from the revisions of its rule.

What coach does by the schedule is no deviation: its revisions name the experiment. Nor is a switch
by hand to what the schedule says of that week.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from coach.engine.experiments.outcomes import ExperimentWeek
from coach.model.events import Json
from coach.model.experiments import Experiment
from coach.model.rules import Revision

SWITCHED_BY: Final = "experiment"
"""Names the experiment in the evidence of a revision that coach made by its schedule."""


def deviations(
    one: Experiment, weeks: Sequence[ExperimentWeek], revisions: Sequence[Revision], first: int
) -> Iterator[str]:
    """Yield a sentence for each deviation; `first` is the revision that was registered.

    `revisions` are those of the rule, oldest first, up to the end of the experiment.
    """
    registered = next((each for each in revisions if each.rule.revision == first), None)
    if registered is None:
        return
    before = registered
    for revision in revisions:
        if revision.rule.revision <= first:
            continue
        if revision.evidence.get(SWITCHED_BY) != one.id:
            yield from _of_content(revision, before, registered)
            yield from _of_terms(revision, before, weeks)
        before = revision


def _of_content(revision: Revision, before: Revision, registered: Revision) -> Iterator[str]:
    day = revision.at.date().isoformat()
    if revision.state == "removed":
        yield f"the rule was removed on {day}"
    elif before.state == "removed":
        yield f"the rule was made anew on {day}"
    elif _promise(revision) != _promise(before):
        if _promise(revision) == _promise(registered):
            yield f"the rule was changed back to what was registered on {day}"
        else:
            yield f"the rule was changed on {day}; it is judged as it was registered"


def _promise(revision: Revision) -> tuple[str, Mapping[str, Json]]:
    return revision.rule.kind, revision.rule.params


def _of_terms(
    revision: Revision, before: Revision, weeks: Sequence[ExperimentWeek]
) -> Iterator[str]:
    now, was, day = revision.rule, before.rule, revision.at.date().isoformat()
    if revision.state == "removed":
        return
    if now.lock_s and not was.lock_s:
        yield f"the rule was locked on {day}, so it did not rest from then on"
    ends = now.expires_at
    if ends is not None and ends != was.expires_at and ends < weeks[-1].until:
        end = ends.date().isoformat()
        yield f"the rule was given an expiry on {day}: it ends on {end}, before the last week does"
    if revision.state != before.state:
        yield from _by_hand(revision, weeks)


def _by_hand(revision: Revision, weeks: Sequence[ExperimentWeek]) -> Iterator[str]:
    """Yield a switch by hand against the schedule."""
    active, day = revision.state == "active", revision.at.date().isoformat()
    for week in weeks:
        if week.since <= revision.at < week.until and active != week.on:
            done, meant = ("resumed", "off") if active else ("paused", "on")
            yield f"the rule was {done} by hand on {day}, in a week in which it was to be {meant}"
