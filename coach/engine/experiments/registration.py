"""What is fixed before the first week: the rule, the weeks, the outcome, the test, when to stop."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, get_args

from coach.engine.experiments import wager
from coach.engine.experiments.arrangement import drawn, seed, sizes
from coach.engine.experiments.registered import hashed
from coach.errors import Invalid
from coach.model.canonical import canonical_json
from coach.model.experiments import Experiment, ExperimentId, Measure
from coach.model.rules import Rule

if TYPE_CHECKING:
    from coach.model.events import Json

METHOD = "blocks drawn at random, wealth of a bet against the draw, version 1"
STOPPING = (
    "after any whole block as soon as the wealth reaches 1 / alpha, else after the last week;"
    " by hand at any moment, which is told"
)
OUTCOMES: dict[Measure, str] = {
    "net": "net result of the trades opened in a week and closed by the end of its block",
    "return": "that net result / the notional of those trades; 0 where there are none",
    "breaches": "trades opened in a week that broke the rule by the end of its block",
    "entries": "trades opened in a week",
}
ENOUGH_OF_A_HASH = 12


@dataclass(frozen=True, slots=True)
class ExperimentPlan:
    """What is wanted: the rule as it stands, for whom, the weeks in order, and the outcome.

    `weeks` are written `2026-W14` and cut in `zone`; `quote` is None where no money is counted.
    """

    rule: Rule
    user_id: str
    weeks: tuple[str, ...]
    zone: str
    measure: Measure
    quote: str | None
    engine_version: str


def measure_named(name: str) -> Measure:
    """Return the outcome of that name; Invalid names those there are."""
    for measure in get_args(Measure):
        if name == measure:
            found: Measure = measure
            return found
    raise Invalid("outcome", f"not {name!r}", f"one of {', '.join(OUTCOMES)}")


def check_weeks(weeks: int) -> None:
    """Raise UsageError for a number of weeks that could find nothing, or is odd, or too long."""
    least = wager.fewest_weeks()
    if weeks < least:
        reason = f"not {weeks}: fewer could find no effect, however large"
        allowed = f"at least {least}"
        raise Invalid("weeks", reason, allowed, remedy="use_more_weeks", least=least)
    if weeks % 2 or weeks > wager.LONGEST:
        allowed = f"an even number from {least} to {wager.LONGEST}"
        hint = "half of the weeks are on, half are off"
        raise Invalid("weeks", f"not {weeks}", allowed, hint=hint)


def register(plan: ExperimentPlan, now: datetime) -> Experiment:
    """Return the experiment as it begins: weeks drawn, everything fixed and hashed."""
    blocks = sizes(len(plan.weeks))
    number = seed(plan.user_id, plan.rule.id, plan.weeks[0])
    terms: dict[str, Json] = {
        "schema_version": 1,
        "method": METHOD,
        "user_id": plan.user_id,
        "rule": {
            "id": plan.rule.id,
            "kind": plan.rule.kind,
            "params": dict(plan.rule.params),
            "revision": plan.rule.revision,
            "active": plan.rule.active,
        },
        "outcome": plan.measure,
        "outcome_means": OUTCOMES[plan.measure],
        "quote": plan.quote,
        "zone": plan.zone,
        "weeks": list(plan.weeks),
        "blocks": list(blocks),
        "seed": number,
        "on": list(drawn(number, blocks)),
        "alpha": wager.ALPHA,
        "stakes": list(wager.STAKES),
        "stopping": STOPPING,
        "registered_at": now.isoformat(),
        "engine_version": plan.engine_version,
    }
    text = canonical_json(terms, "ascii").decode()
    digest = hashed(text)
    name = ExperimentId(digest[:ENOUGH_OF_A_HASH])
    return Experiment(name, plan.rule.id, text, digest, "running", now)
