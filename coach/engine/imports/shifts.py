"""Refusing an import whose fills are known already, but for the clock that they were read on."""

from typing import TYPE_CHECKING, Any

from psycopg import Connection

from coach.engine.imports.read import ImportTally
from coach.engine.ledger.shift import NewFill, ShiftedFills, TimePair, find_shift
from coach.engine.store.fills import RunTarget
from coach.engine.store.imports import shifts as store
from coach.engine.store.imports.shifts import LikeFill, ShiftCandidate
from coach.errors import ShiftedImport

if TYPE_CHECKING:
    from datetime import datetime

PAIRS_NAMED = 3


def refuse_shifted(
    connection: Connection[Any], shelf: RunTarget, tally: ImportTally, account: str, label: str
) -> None:
    """Raise ShiftedImport where this run's fills equal known ones but for a shift of their times.

    Fills of the run that are known as they are speak against a shift.
    """
    candidates = store.candidates(connection, shelf)
    if not candidates:
        return
    alike = store.like(connection, shelf, [candidate.key for candidate in candidates])
    found = _find(candidates, alike)
    if found is None or _outweighed(tally, len(found.pairs), len(candidates)):
        return
    run_of: dict[tuple[bytes, datetime], str] = {(fill.key, fill.at): fill.run_id for fill in alike}
    first = run_of[found.pairs[0].name, found.pairs[0].known]
    wrong_clock = any(shift.by for shift in found.shifts)
    raise ShiftedImport(
        remedy="correct_clock" if wrong_clock else "import_as_downloaded",
        earlier=first[:12],
        file=label,
        count=len(found.pairs),
        looked_at=len(candidates),
        account=account,
        shift=" or ".join(map(str, found.shifts)),
        pairs="; ".join(_described(candidates, found)),
    )


def _find(candidates: list[ShiftCandidate], alike: list[LikeFill]) -> ShiftedFills | None:
    at = {candidate.key: candidate.at for candidate in candidates}
    return find_shift(
        [NewFill(one.key, one.at, one.known_from, one.known_to) for one in candidates],
        [TimePair(fill.key, at[fill.key], fill.at) for fill in alike],
    )


def _outweighed(tally: ImportTally, matched: int, looked_at: int) -> bool:
    return tally.known > (tally.new + tally.changed) * matched / looked_at


def _described(candidates: list[ShiftCandidate], found: ShiftedFills) -> list[str]:
    by_key: dict[bytes, ShiftCandidate] = {candidate.key: candidate for candidate in candidates}
    lines = []
    for pair in found.pairs[:PAIRS_NAMED]:
        fill = by_key[pair.name]
        lines.append(
            f"{fill.symbol} {fill.side} {fill.quantity:f} @ {fill.price:f}:"
            f" {pair.new:%Y-%m-%d %H:%M:%S} UTC here, {pair.known:%Y-%m-%d %H:%M:%S} UTC known"
        )
    more = len(found.pairs) - len(lines)
    return [*lines, *([f"and {more} more"] if more else [])]
