"""The candles that a desk can see, for whoever draws conclusions."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from coach.engine.api.desk import Desk
from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.store import candles
from coach.engine.unit_of_work import unit_of_work
from coach.errors import ObjectTrouble
from coach.model.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Collection

    from coach.engine.biases.detector import Detector
    from coach.engine.features.bars import Market
    from coach.engine.jobs.knowing import Looking, MarketReader, Reach
    from coach.engine.jobs.valuing_fees import CloseReader
    from coach.engine.market.book import Shelf
    from coach.model.fees import CandleClose
    from coach.model.fills import Symbol


def any_candles(desk: Desk) -> bool:
    """Say whether any candle of the user is kept."""
    return candles.any_kept(desk.connection, desk.user.id)


def looking(desk: Desk) -> "Looking":
    """Return with what this desk draws conclusions: its candles, and the detectors of others."""
    from coach.engine.jobs.knowing import Looking

    if desk.extra is None:
        return Looking(reader(desk), read_closes=close_reader(desk))
    extra = desk.extra()
    return Looking(reader(desk), extra.detectors, extra.warnings, close_reader(desk))


def guests(desk: Desk) -> "tuple[Detector, ...]":
    """Return the detectors of other packages, which are asked after ours."""
    return () if desk.extra is None else desk.extra().detectors


def is_bias(desk: Desk, name: str) -> bool:
    """Say whether somebody looks for that habit; others are asked only when it is none of ours."""
    return name in HABITS or name in bias_names(desk)


def bias_names(desk: Desk) -> tuple[str, ...]:
    """Return every habit that somebody looks for: ours, then those of other packages."""
    return (*HABITS, *(detector.bias for detector in guests(desk)))


def reader(desk: Desk) -> "MarketReader":
    """Return how this desk reads candles: every series of each symbol.

    What is read raises ObjectTrouble where the object store does not answer.
    """
    from coach.engine.jobs.knowing import no_market

    if desk.objects is None or not any_candles(desk):
        return no_market
    bring_to_hand(desk)

    def read(reach: "Reach") -> "Market":
        from coach.engine.jobs.seeing import see

        return see(shelf(desk), reach)

    return read


def close_reader(desk: Desk) -> "CloseReader":
    """Return how this desk reads the exact closes of a symbol at some moments."""
    from coach.engine.jobs.valuing_fees import no_closes

    if desk.objects is None or not any_candles(desk):
        return no_closes
    bring_to_hand(desk)

    def read(symbol: "Symbol", moments_us: "Collection[int]") -> "dict[int, CandleClose]":
        from coach.engine.market.closes import closes_at

        return closes_at(shelf(desk), symbol, moments_us)

    return read


def recaller(desk: Desk, names: Sequence[str]) -> "MarketReader":
    """Return how this desk reads these very snapshots again."""
    from coach.engine.jobs.knowing import no_market

    if desk.objects is None or not names:
        return no_market
    bring_to_hand(desk, names)

    def read(reach: "Reach") -> "Market":
        from coach.engine.jobs.seeing import see_again

        return see_again(shelf(desk), names, reach)

    return read


@contextmanager
def reading(desk: Desk) -> Iterator[None]:
    """Open a transaction that only reads, candles too: what a bucket holds is at hand before."""
    bring_to_hand(desk)
    with desk.connection.transaction():
        yield


@contextmanager
def change(desk: Desk, *, force_rollback: bool = False) -> Iterator[list[NewEvent]]:
    """Open a unit of work in which candles may be read; the block appends its events."""
    bring_to_hand(desk)
    connection, user_id = desk.connection, desk.user.id
    with unit_of_work(connection, user_id, desk.clock, force_rollback=force_rollback) as events:
        yield events


def bring_to_hand(desk: Desk, names: Sequence[str] | None = None) -> None:
    """Copy candles out of a bucket: these snapshots, or all; within a transaction do nothing.

    A bucket that does not answer is an error only for whoever comes to read them.
    """
    if not desk.remote_objects or candles.in_transaction(desk.connection):
        return
    from coach.engine.market import book

    with suppress(ObjectTrouble):
        book.bring_to_hand(shelf(desk), names)


def shelf(desk: Desk) -> "Shelf":
    """Return this desk's candles and their place; ObjectTrouble where that does not answer."""
    from coach.engine.market.book import Shelf

    assert desk.objects is not None
    return Shelf(desk.connection, desk.objects(), desk.user.id)
