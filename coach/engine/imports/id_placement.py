"""Where the readings of one id are to be: which stand, under which keys, and for whom others do.

A reading may also stand aside for a fill of another source that tells the same execution
(`store.imports.twins`); it then stays there, under the key that it would have.
"""

from collections import defaultdict
from collections.abc import Sequence

from coach.engine.ledger.identity import content_key, resolve_id, words_of
from coach.engine.store.imports.id_readings import PlacedReading, ReadingMove
from coach.model.fills import Fill, FillKey


def moves_of(key: FillKey, readings: Sequence[PlacedReading], *, shared: bool) -> list[ReadingMove]:
    """Return where every reading of an id is to be; `key` is the key of the id itself."""
    winner = resolve_id([one.reading for one in readings], shared=shared)
    in_order = sorted(readings, key=lambda one: one.reading.n)
    stands = [one for one in in_order if winner[one.reading.n] == one.reading.n]
    own = {key, *(one.key for one in readings)}
    if len(stands) == 1 and not shared:
        names = {stands[0].reading.n: key}
        twins = _twins(in_order, own)
        places = dict.fromkeys(names, twins[max(twins)]) if twins else {}
    else:
        names = _content_keys(key, stands)
        places = _one_each(_twins(stands, own))
    moves = []
    for one in readings:
        fill = winner[one.reading.n]
        place = places.get(fill)
        if fill != one.reading.n:
            place = place or names[fill]
        moves.append(ReadingMove(one, names[fill], place))
    return moves


def content_of(one: PlacedReading) -> Fill:
    """Return the reading as a fill of no line and no order."""
    return Fill(*one.reading.content, "", one.native_id, 0)  # type: ignore[call-arg, arg-type]


def _content_keys(key: FillKey, stands: Sequence[PlacedReading]) -> dict[int, FillKey]:
    copies: dict[str, int] = defaultdict(int)
    names = {}
    for one in stands:
        words = words_of(content_of(one))
        names[one.reading.n] = content_key(key, words, copies[words])
        copies[words] += 1
    return names


def _twins(readings: Sequence[PlacedReading], own: set[FillKey]) -> dict[int, FillKey]:
    """Return for whom of another source readings stand aside."""
    return {
        one.reading.n: one.stands_for
        for one in readings
        if one.stands_for is not None and one.stands_for not in own
    }


def _one_each(twins: dict[int, FillKey]) -> dict[int, FillKey]:
    """Keep the newest reading for each fill: the others had been replaced by it."""
    newest = {twin: n for n, twin in sorted(twins.items())}
    return {n: twin for twin, n in newest.items()}
