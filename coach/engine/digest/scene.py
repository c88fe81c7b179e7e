"""The two weeks a digest looks at, cut out of its inputs and put in order."""

from datetime import datetime

from coach.engine.digest.evidence import Citations
from coach.engine.digest.inputs import DigestInputs
from coach.engine.digest.tally import WeekTally, tally
from coach.engine.digest.week import span, week_before
from coach.engine.features.zones import zone_named
from coach.model.insights import Finding
from coach.model.rules import Breach, Rule
from coach.model.trades import RoundTrip
from coach.values import dataclass

CLOSED_FORMULA = "closed_trades@2"
ENTRIES_FORMULA = "entries@1"


@dataclass(frozen=True, slots=True)
class WeekFacts:
    """One week: trades opened in it, what was closed in it, promises broken in it."""

    entries: tuple[RoundTrip, ...]
    closed: WeekTally
    breaches: tuple[Breach, ...]

    def cite_closed(self, citations: Citations) -> str:
        """Return the evidence of the trades that were closed, and of those closed in part."""
        trades = [trip.id for trip in (*self.closed.trades, *self.closed.left_open)]
        return citations.cite(CLOSED_FORMULA, self.closed.sample(), trades)

    def cite_entries(self, citations: Citations) -> str:
        """Return the evidence of the entries."""
        trades = [trip.id for trip in self.entries]
        return citations.cite(ENTRIES_FORMULA, {"entries": len(trades)}, trades)

    def breaches_of(self, rule: Rule) -> list[Breach]:
        """Return where one rule was broken, oldest first."""
        return [breach for breach in self.breaches if breach.rule_id == rule.id]


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a section of the digest may look at."""

    inputs: DigestInputs
    start: datetime
    end: datetime
    now: WeekFacts
    before: WeekFacts
    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...]

    def held_against(self, rule: Rule) -> list[RoundTrip]:
        """Return the entries of the week that came before the rule expired."""
        ends = rule.expires_at
        return [trip for trip in self.now.entries if ends is None or trip.opened_at < ends]

    def local(self, moment: datetime) -> datetime:
        """Return the moment on the trader's own clock."""
        return moment.astimezone(zone_named(self.inputs.zone))


def scene_of(inputs: DigestInputs) -> Scene:
    """Cut the week and the week before out of the inputs."""
    start, end = span(inputs.week, inputs.zone)
    earlier, _ = span(week_before(inputs.week), inputs.zone)
    return Scene(
        inputs=inputs,
        start=start,
        end=end,
        now=_week(inputs, start, end),
        before=_week(inputs, earlier, start),
        rules=tuple(sorted(inputs.rules, key=lambda rule: rule.id)),
        findings=tuple(sorted(inputs.findings, key=lambda finding: finding.bias)),
    )


def _week(inputs: DigestInputs, start: datetime, end: datetime) -> WeekFacts:
    entries = [trip for trip in inputs.trips if start <= trip.opened_at < end]
    known = {rule.id for rule in inputs.rules}
    broken = [
        breach for breach in inputs.breaches if breach.rule_id in known and start <= breach.at < end
    ]
    return WeekFacts(
        entries=tuple(sorted(entries, key=lambda trip: (trip.opened_at, trip.id))),
        closed=tally(inputs.trips, start, end),
        breaches=tuple(sorted(broken, key=_place)),
    )


def _place(breach: Breach) -> tuple[datetime, str, str]:
    return breach.at, breach.rule_id, breach.trade_id
