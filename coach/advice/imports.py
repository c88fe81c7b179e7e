"""An import as a person reads it: what came of it, and the rows that could not be read."""

from collections.abc import Iterator

from coach.model.accounts import MOST_SKIPPED_TOLD, Run, SkippedRow
from coach.wording.numbers import counted

SHOWN_ROWS = 5
CLOCK_ORIGINS = {
    "user": "as --zone says",
    "account": "as an earlier import into this account said",
    "header": "as its header says",
    "preamble": "as a line above its header says",
    "file name": "as its name says",
    "format": "as its broker documents",
}


def import_lines(run: Run) -> Iterator[str]:
    """Yield an import as a person reads it."""
    yield (
        f"{run.account}  fetched {run.fetched}  new {run.new}  known {run.known}"
        f"  changed {run.changed}  skipped {run.skipped_count}"
    )
    if run.first and run.last:
        yield f"  {run.source}, {run.first:%Y-%m-%d} .. {run.last:%Y-%m-%d}"
    if run.clock:
        yield f"  times are on the clock {run.clock}, {CLOCK_ORIGINS[run.clock_origin]}"
    if run.conclusions_due:
        yield "  habits are looked at anew with the next `coach biases`"
    if run.other:
        kinds = ", ".join(f"{count} {kind}" for kind, count in run.other.items())
        yield f"  no trades: {kinds}"


def listed(count: int) -> str:
    """Return where the other skipped rows stand: JSON holds the first MOST_SKIPPED_TOLD."""
    first = f"the first {MOST_SKIPPED_TOLD}" if count > MOST_SKIPPED_TOLD else "them"
    return f"; --json lists {first}"


def skipped_rows(run: Run, *, dry_run: bool) -> tuple[str, str]:
    """Return the first rows that could not be read, and what to do about them."""
    count = counted(run.skipped_count, "row")
    fate = "" if dry_run else ", the rest is imported"
    named = [f"  {place_of(row)}, {row.column}: {row.reason}" for row in run.skipped[:SHOWN_ROWS]]
    if run.skipped_count > len(named):
        more = run.skipped_count - len(named)
        named.append(f"  and {more} more{listed(run.skipped_count)}")
    message = "\n".join([f"{count} could not be read{fate}", *named])
    if any(row.native_id or row.product for row in run.skipped):
        return message, "compare these with the broker; what it did not explain is read again"
    return message, "correct them and import the file again: known fills count once"


def place_of(row: SkippedRow) -> str:
    """Return where a skipped row stands: a line of a file, or a broker's product, time and id."""
    if not row.product and not row.native_id:
        return f"line {row.line}"
    at = f" at {row.at}" if row.at else ""
    return f"{row.product or 'a fill'}{at} (id {row.native_id or 'unknown'})"
