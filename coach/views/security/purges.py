"""How it looks that a person was removed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from coach.engine.api.people.purge import PurgedPerson


class PurgeRow(TypedDict):
    """A person who was removed: from how many rows, weeks of candles and lines of logs.

    `databases` are those beside coach's own that held what was theirs. `backups` are files that may
    hold it still, and `clusters` the folders of an older PostgreSQL. `keys_destroyed` says whether
    nothing here opens any more what older backups have of their sealed keys.
    """

    name: str
    rows: int
    candle_weeks: int
    log_lines: int
    databases: list[str]
    backups: list[str]
    clusters: list[str]
    keys_destroyed: bool


def purged(found: "PurgedPerson", backups: Sequence[str], clusters: Sequence[str]) -> PurgeRow:
    """Return a person who was removed."""
    return {
        "name": found.name,
        "rows": found.rows,
        "candle_weeks": found.candle_weeks,
        "log_lines": found.log_lines,
        "databases": list(found.databases),
        "backups": list(backups),
        "clusters": list(clusters),
        "keys_destroyed": found.keys_destroyed,
    }
