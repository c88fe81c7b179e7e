"""The user's crontab: a block of our own between two marks, and all the rest left as it is."""

import re
from collections.abc import Sequence
from pathlib import Path

from coach.cli.schedule.plan import ScheduledLine
from coach.errors import CoachError, Refused
from coach.settings.programs import ask_program

PROGRAM = "crontab"
NOBODY = "no crontab for"
BY_HAND = re.compile(r"coach\b.*\b(worker|import sync|digest|schedule run)\b")

BEGIN, END = "# begin of coach schedule for", "# end of coach schedule for"
BLOCKS = re.compile(rf"^{BEGIN} .*?^{END} [^\n]*$", re.MULTILINE | re.DOTALL)


def block(lines: Sequence[ScheduledLine], place: Path) -> str:
    """Return our block: `place` is the data folder of the home, which tells homes apart."""
    first, last = marks(place)
    timed = (f"{when(line)}  {line.shell}".replace("%", r"\%") for line in lines)
    return "\n".join((first, "# coach schedule remove takes it away", *timed, last, ""))


def when(line: ScheduledLine) -> str:
    """Return the five fields that say when a line is run."""
    return f"{line.minute} {'*' if line.job.hour is None else line.job.hour} * * *"


def marks(place: Path) -> tuple[str, str]:
    """Return the lines before and after our block."""
    return f"{BEGIN} {place}", f"{END} {place}"


def own_block(crontab: str, place: Path) -> str:
    """Return our block of a crontab, empty where there is none; Refused where half of it stands."""
    first, last = marks(place)
    lines = crontab.splitlines(keepends=True)
    places = [number for number, line in enumerate(lines) if line.rstrip("\n") in {first, last}]
    if not places:
        return ""
    begin, *rest = places
    if len(rest) != 1 or lines[begin].rstrip("\n") != first:
        hint = "correct it by crontab -e: both marks once, or neither"
        raise Refused(hint, what=f"the crontab holds {first!r} without its end, or twice")
    return "".join(lines[begin : rest[0] + 1])


def with_block(crontab: str, place: Path, wanted: str) -> str:
    """Return a crontab with another block of ours, or with none; no other line is touched."""
    if found := own_block(crontab, place):
        return crontab.replace(found, wanted, 1)
    gap = "" if not crontab or crontab.endswith("\n") or not wanted else "\n"
    return f"{crontab}{gap}{wanted}"


def written_by_hand(crontab: str) -> list[str]:
    """Return the lines of a crontab that run coach's work and stand in no block of any home."""
    rest = BLOCKS.sub("", crontab)
    lines = (line for line in rest.splitlines() if not line.lstrip().startswith("#"))
    return [line for line in lines if BY_HAND.search(line)]


def read() -> str | None:
    """Return the user's crontab, None where this machine has no cron."""
    end = ask_program(PROGRAM, "-l")
    if end is None:
        return None
    if end.code and NOBODY not in end.complaint:
        raise CoachError(what=f"the crontab cannot be read: {end.complaint}")
    return "" if end.code else end.printed


def write(crontab: str) -> None:
    """Put a crontab in the place of the one that is there; CoachError where cron refuses it."""
    end = ask_program(PROGRAM, "-", text=crontab)
    if end is None or end.code:
        reason = "there is no cron here" if end is None else end.complaint
        raise CoachError(what=f"the crontab cannot be written: {reason}")
