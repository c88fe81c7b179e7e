"""Insights: findings are tested claims about habits, tags are facts about single trades."""

from collections.abc import Callable, Iterable

from coach.engine.api import sight
from coach.engine.api.conclusions.due import PATIENCE_S, conclude_due, draw
from coach.engine.api.session import Session
from coach.engine.history import known_findings
from coach.engine.store import candles, conclusions
from coach.engine.store import insights as store
from coach.engine.store.promises import rules as store_rules
from coach.engine.unit_of_work import unit_of_work
from coach.errors import Invalid, NotFound
from coach.model.bookkeeping.import_events import CandlesStored
from coach.model.events import NewEvent
from coach.model.insights import Finding, Tag
from coach.model.times import DAY_US
from coach.values import dataclass

LONGEST_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Findings:
    """The finding of each habit, and warnings about how they were computed."""

    findings: tuple[Finding, ...]
    warnings: tuple[str, ...] = ()


def findings(session: Session, days: int = 90, bias: str | None = None) -> Findings:
    """Return the finding of every habit over the last `days` up to the newest fill.

    All biases are tested together whatever is shown: the false-discovery control counts them all.
    What was found before is read back while its inputs are the same; what was not is computed, and
    kept unless the caller is within a transaction or candles could not be read.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid("days", f"not {days}", f"1 to {LONGEST_DAYS}", example="90")
    drawn = conclude_due(session)
    inputs = known_findings.inputs_sha256(session.connection, session.user, sight.scope(session))
    kept = inputs and known_findings.find(session.connection, session.user, days, inputs)
    found, blind = (kept, ()) if kept else _find_anew(session, days, inputs)
    if bias is not None and bias not in {finding.bias for finding in found}:
        names = ", ".join(finding.bias for finding in found)
        raise NotFound(f"the biases are {names}", kind="bias", name=bias)
    chosen = tuple(finding for finding in found if bias in {None, finding.bias})
    warnings = () if session.extra is None else session.extra().warnings
    return Findings(chosen, tuple(dict.fromkeys((*drawn, *blind, *warnings))))


def _find_anew(
    session: Session, days: int, inputs: str | None
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """Compute all findings and keep them under their inputs; return them with what was unseen."""
    from coach.engine.biases import detection
    from coach.engine.conclusions.conclude import data_end, informed
    from coach.engine.history.known import known

    with sight.reading(session):
        analysis = sight.analysis_inputs(session)
        past, trouble = known(
            session.connection, session.user, analysis.read_market, window_days=days
        )
        promised = store_rules.rules(session.connection, session.user.id)
    past, _ = informed(past, promised, session.user.zone)
    end = data_end(past)
    detectors = (*detection.ours(), *analysis.extra)
    found = tuple(detection.findings(past, end - days * DAY_US, end, detectors))
    if trouble is not None:
        return found, (f"candles could not be read ({trouble})",)
    _keep(session, days, found, inputs)
    return found, ()


def _keep(session: Session, days: int, found: tuple[Finding, ...], inputs: str | None) -> None:
    """Keep findings, unless their inputs changed while they were computed."""
    connection, user = session.connection, session.user
    if inputs is None or candles.in_transaction(connection):
        return
    with unit_of_work(connection, user.id, session.clock):
        if known_findings.inputs_sha256(connection, user, sight.scope(session)) == inputs:
            known_findings.keep(connection, user, days, found, inputs)


def tags(session: Session, bias: str | None = None) -> list[Tag]:
    """Return the tagged events, oldest first; NotFound for a bias that nobody looks for."""
    if bias is not None and not sight.is_bias(session, bias):
        names = ", ".join(sight.bias_names(session))
        raise NotFound(f"the biases are {names}", kind="bias", name=bias)
    conclude_due(session)
    return store.tags(session.connection, session.user.id, bias)


def nothing_changes() -> Iterable[NewEvent]:
    """Change nothing, which is no event."""
    return ()


def conclude_anew(
    session: Session,
    change: Callable[[], Iterable[NewEvent]] = nothing_changes,
    patience_s: float = PATIENCE_S,
) -> tuple[str, ...]:
    """Draw all conclusions again and tell what is new: after plans, money or candles changed.

    `change` is made first and returns its events, in the same transaction: it stands with its
    conclusions or not at all. Returns what a reader should know about how. Locked where another
    process imports for longer than `patience_s`.
    """
    with sight.import_turn(session, patience_s), sight.change(session) as events:
        events.extend(change())
        return draw(session, events)


def conclude_pending(session: Session) -> tuple[str, ...]:
    """Draw all conclusions again where something is stored that they were not drawn from.

    That is so when candles came, when a command died between storing candles and concluding, and
    when the candles could not be read. Returns what a reader should know about how.
    """
    return (
        conclude_anew(session, lambda: [CandlesStored()])
        if conclusions.are_behind(session.connection, session.user.id)
        else ()
    )
