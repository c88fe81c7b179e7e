"""Which clock a recognised file is on: what it names, else what its broker documents, else none."""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import NamedTuple

from coach.brokers.statements import clocks, times
from coach.brokers.statements.clocks import NamedClock, StatementClock
from coach.brokers.statements.records import Dialect, cells
from coach.errors import UnknownClock


class ClockEvidence(NamedTuple):
    """What there is to judge by.

    `preamble` are the lines above the header, `label` and `cells` the time's column: its header
    and its first rows. `names_zone` says whether such a cell names its own clock.
    """

    file_name: str
    preamble: Sequence[str]
    label: str
    cells: Sequence[str]
    documented: tzinfo | None
    names_zone: Callable[[str], bool | None] = times.names_zone


def choose_clock(evidence: ClockEvidence, zone: tzinfo | None) -> StatementClock | UnknownClock:
    """Return the file's clock, or the refusal to give where its times could be on any.

    `zone` is what the person says; it decides where the file is silent, ambiguous or at odds with
    itself. Raises UnknownClock where the file names its clock and the person says another.
    """
    named = _named(evidence)
    if zone is not None:
        _check_not_contradicted(evidence, named, zone)
        return StatementClock(clocks.name_of(zone), zone, "user")
    if named:
        found = clocks.agreed(named)
        if found is None or found.zone is None:
            return _unsettled(evidence, named)
        return StatementClock(clocks.name_of(found.zone), found.zone, found.origin)
    if evidence.documented is not None:
        return StatementClock(clocks.name_of(evidence.documented), evidence.documented, "format")
    known = [evidence.names_zone(cell) for cell in evidence.cells]
    if False in known and True not in known:
        what = "nothing says on which clock its times are"
        return UnknownClock(file=evidence.file_name, what=what)
    return clocks.ROWS_NAME_THEIRS


def time_cells(lines: Sequence[str], dialect: Dialect, place: int) -> list[str]:
    """Return the cells of one column in these lines, as far as they have it."""
    rows = (cells(line, dialect) for line in lines if line.strip())
    return [row[place] for row in rows if len(row) > place]


def _named(evidence: ClockEvidence) -> list[NamedClock]:
    _, of_header = clocks.in_label(evidence.label)
    of_preamble = clocks.in_preamble(evidence.preamble)
    of_name = clocks.in_file_name(evidence.file_name)
    return [found for found in (of_header, of_preamble, of_name) if found is not None]


def _check_not_contradicted(
    evidence: ClockEvidence, named: Sequence[NamedClock], zone: tzinfo
) -> None:
    settled = [found for found in named if found.zone is not None]
    if settled and not any(clocks.same_zone(zone, found.zone or zone) for found in settled):
        raise UnknownClock(
            "a file is believed about its own clock: leave the zone out, or correct the file",
            file=evidence.file_name,
            what=f"{settled[0]}, and you say {clocks.name_of(zone)}",
        )


def _unsettled(evidence: ClockEvidence, named: Sequence[NamedClock]) -> UnknownClock:
    clock_names = " and ".join(map(str, named))
    what = (
        f"{clock_names}, which are not the same"
        if len(named) > 1
        else f"{clock_names}, which is no one clock"
    )
    return UnknownClock(file=evidence.file_name, what=what)
