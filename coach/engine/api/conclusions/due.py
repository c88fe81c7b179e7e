"""Drawing the conclusions that an import into a large history left due.

Whoever shows conclusions calls `conclude_due` first. What draws them is loaded only where some are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.store import candles, conclusions

if TYPE_CHECKING:
    from coach.engine.api.session import Session
    from coach.model.events import NewEvent

PATIENCE_S = 60.0
"""How long a change waits for another process that imports for the same user."""


def any_due(session: Session) -> bool:
    """Say whether an import left conclusions to the next look; this only reads."""
    return conclusions.are_due(session.connection, session.user.id)


def conclude_due(session: Session, patience_s: float = PATIENCE_S) -> tuple[str, ...]:
    """Draw the conclusions that are due, once, whoever looks first.

    They are drawn with their events in one transaction, under the lock of the user's imports: who
    comes second waits and finds them drawn, and who is killed leaves them due. Within a transaction
    nothing is drawn. Returns what a reader should know about how. Locked where another process
    imports for longer than `patience_s`.
    """
    connection, user_id = session.connection, session.user.id
    if not conclusions.are_due(connection, user_id) or candles.in_transaction(connection):
        return ()
    from coach.engine.api import sight

    with sight.import_turn(session, patience_s), sight.change(session) as events:
        if not conclusions.are_due(connection, user_id):
            return ()
        return draw(session, events)


def draw(session: Session, events: list[NewEvent]) -> tuple[str, ...]:
    """Draw all conclusions within the caller's transaction; the caller holds the import lock.

    Where an import left them due it left the calibrations of the week as well. What is still to be
    concluded from is counted before anything is read: what arrives meanwhile stays to be concluded
    from.
    """
    from coach.engine.api import sight
    from coach.engine.conclusions import announcements
    from coach.engine.imports.derive import conclude_anew
    from coach.engine.promises.judge import hold_by_candles

    connection, user_id = session.connection, session.user.id
    left = conclusions.are_due(connection, user_id)
    counted = conclusions.changes(connection, user_id)
    scored = conclude_anew(connection, session.user, sight.analysis_inputs(session))
    late = hold_by_candles(connection, session.user, sight.reader(session))
    conclusions.note_concluded(connection, user_id, counted)
    events.extend([*announcements.of_scoring(scored), *announcements.of_breaches(late)])
    if left:
        events.extend(_calibrate(session))
    return scored.warnings


def _calibrate(session: Session) -> list[NewEvent]:
    """Calibrate the rules that were not calibrated this week."""
    from coach.engine.api import sight
    from coach.engine.api.promises.clocks import read_clocks
    from coach.engine.promises import calibrate
    from coach.engine.promises.proposals import Seat

    now, reader = read_clocks(session), sight.reader(session)
    return calibrate.weekly(Seat(session.connection, session.user, now, reader))
