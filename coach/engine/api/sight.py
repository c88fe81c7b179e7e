"""How a session reads candles, opens units of work and takes its turn to import."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from coach.engine.api.session import Session
from coach.engine.store import candles
from coach.engine.unit_of_work import unit_of_work
from coach.errors import ObjectTrouble
from coach.model.events import NewEvent
from coach.model.fills import base_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from coach.engine.biases.detector import Detector
    from coach.engine.features.bars import Market
    from coach.engine.history.inputs import AnalysisInputs, CandleReach, CloseReader, MarketReader
    from coach.engine.history.known_findings import AnalysisScope
    from coach.engine.keyring.keyring import Keyring
    from coach.engine.market.book import CandleShelf
    from coach.model.fees import CandleClose
    from coach.model.fills import Symbol
    from coach.model.machine.audit import AuditEntry


def any_candles(session: Session) -> bool:
    """Say whether any candle of the user is kept."""
    return candles.any_kept(session.connection, session.user.id)


def analysis_inputs(session: Session) -> "AnalysisInputs":
    """Return how conclusions are drawn in this session: its candles and the detectors of others."""
    from coach.engine.history.inputs import AnalysisInputs

    most = session.scored_at_once
    if session.extra is None:
        closes = close_reader(session)
        return AnalysisInputs(
            reader(session),
            read_closes=closes,
            scored_at_once=most,
            concluder=session.work.score,
        )
    extra = session.extra()
    guests = extra.detectors, extra.warnings
    return AnalysisInputs(
        reader(session),
        *guests,
        close_reader(session),
        extra.versions,
        scored_at_once=most,
        concluder=session.work.score,
    )


def scope(session: Session) -> "AnalysisScope":
    """Return what of this session counts among the inputs of a result; nothing is read for it."""
    from coach.engine.history.known_findings import AnalysisScope

    extra = None if session.extra is None else session.extra()
    sees_candles = session.objects is not None
    if extra is None:
        return AnalysisScope(sees_candles=sees_candles)
    return AnalysisScope(extra.detectors, extra.versions, sees_candles)


def guests(session: Session) -> "tuple[Detector, ...]":
    """Return the detectors of other packages, which are asked after ours."""
    return () if session.extra is None else session.extra().detectors


def is_bias(session: Session, name: str) -> bool:
    """Say whether somebody looks for that habit; others are asked only when it is none of ours."""
    from coach.engine.biases.habits.catalogue import HABITS

    return name in HABITS or name in bias_names(session)


def bias_names(session: Session) -> tuple[str, ...]:
    """Return every habit that somebody looks for: ours, then those of other packages."""
    from coach.engine.biases.habits.catalogue import HABITS

    return (*HABITS, *(detector.bias for detector in guests(session)))


def reader(session: Session) -> "MarketReader":
    """Return how this session reads candles: every series of each symbol.

    Of a coin or share that was split none is seen: nobody knows whether its candles are restated.
    What is read raises ObjectTrouble where the object store does not answer.
    """
    from coach.engine.history.inputs import no_market

    if session.objects is None or not any_candles(session):
        return no_market
    bring_to_hand(session)

    def read(reach: "CandleReach") -> "Market":
        from coach.engine.history.candles import see

        split = _coins_split(session)
        symbols = tuple(one for one in reach.symbols if base_of(one) not in split)
        return see(shelf(session), reach._replace(symbols=symbols))

    return read


def _coins_split(session: Session) -> set[str]:
    from coach.engine.store.entries.renames import coins_redenominated
    from coach.engine.store.entries.splits import coins_split

    connection, user_id = session.connection, session.user.id
    return coins_split(connection, user_id) | coins_redenominated(connection, user_id)


def close_reader(session: Session) -> "CloseReader":
    """Return how this session reads the exact closes of a symbol at some moments."""
    from coach.engine.history.inputs import no_closes

    if session.objects is None or not any_candles(session):
        return no_closes
    bring_to_hand(session)

    def read(symbol: "Symbol", moments_us: "Collection[int]") -> "dict[int, CandleClose]":
        from coach.engine.market.closes import closes_at

        return closes_at(shelf(session), symbol, moments_us)

    return read


def newest_close_reader(session: Session) -> "Callable[[Symbol], CandleClose | None]":
    """Return how this session reads the newest stored close of a symbol; none of what was split."""
    if session.objects is None or not any_candles(session):
        return lambda _symbol: None
    bring_to_hand(session)
    split = _coins_split(session)

    def read(symbol: "Symbol") -> "CandleClose | None":
        from coach.engine.market.closes import newest_close

        return None if base_of(symbol) in split else newest_close(shelf(session), symbol)

    return read


def recaller(session: Session, names: Sequence[str]) -> "MarketReader":
    """Return how this session reads exactly these snapshots again."""
    from coach.engine.history.inputs import no_market

    if session.objects is None or not names:
        return no_market
    bring_to_hand(session, names)

    def read(reach: "CandleReach") -> "Market":
        from coach.engine.history.candles import see_again

        return see_again(shelf(session), names, reach)

    return read


@contextmanager
def reading(session: Session) -> Iterator[None]:
    """Open a transaction that only reads; candles of a bucket are copied to hand before it."""
    bring_to_hand(session)
    with session.connection.transaction():
        yield


@contextmanager
def change(session: Session, *, force_rollback: bool = False) -> Iterator[list[NewEvent]]:
    """Open a unit of work in which candles may be read; the block appends its events."""
    bring_to_hand(session)
    connection, user_id = session.connection, session.user.id
    with unit_of_work(connection, user_id, session.clock, force_rollback=force_rollback) as events:
        yield events


@contextmanager
def import_turn(session: Session, patience_s: float = 60.0) -> Iterator[None]:
    """Let no other process import for this user until the block ends; Locked where one goes on.

    The session's face is told when that takes more than a moment.
    """
    from coach.engine.imports.turn import announce_nothing, import_lock

    announce = session.announce_wait or announce_nothing
    with import_lock(session.connection, session.user, patience_s, announce):
        yield


def bring_to_hand(session: Session, names: Sequence[str] | None = None) -> None:
    """Copy candles out of a bucket: these snapshots, or all; within a transaction do nothing.

    A bucket that does not answer is an error only for whoever comes to read them.
    """
    if not session.remote_objects or candles.in_transaction(session.connection):
        return
    from coach.engine.market import book

    with suppress(ObjectTrouble):
        book.bring_to_hand(shelf(session), names)


def shelf(session: Session) -> "CandleShelf":
    """Return this session's candles and their place; ObjectTrouble where that does not answer."""
    from coach.engine.market.book import CandleShelf

    assert session.objects is not None
    return CandleShelf(session.connection, session.objects(), session.user.id)


def keyring(session: Session) -> "Keyring":
    """Return what seals and opens keys in this session; it needs no key of keys before that."""
    assert session.keyring is not None
    return session.keyring()


def audit(session: Session, *entries: "AuditEntry") -> None:
    """Append to the chain of the session's user, within the transaction of what is told."""
    from coach.engine.audit.record import record

    record(session.connection, session.user.id, entries, session.clock())
