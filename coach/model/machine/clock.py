"""A clock that nobody can set: how long this machine has been up, and when it says it started.

The C library can be made to lie to one program (libfaketime), and a time namespace shifts the ticks
of whoever runs in it. So the ticks are the lesser of what the library and the kernel's files say,
less the shift of the namespace, and the start of the machine is read from the kernel's files alone.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from coach.values import dataclass

UNSYNCHRONISED = 0x40
"""STA_UNSYNC of adjtimex(2): set by whoever sets the clock, cleared by a service like NTP."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """Microseconds since this boot, asleep or not; `boot` names the boot.

    `started` is the wall time of the boot by the kernel's own account, None where it gives none.
    `synchronised` says that the kernel's wall clock is disciplined by a time service.
    """

    boot: str
    us: int
    started: datetime | None = None
    synchronised: bool = False


def read_ticks(library_us: int, proc: Path) -> Ticks | None:
    """Return the ticks; `library_us` are those of the C library, `proc` is where /proc is.

    None where the machine does not name its boot, or hides by how much a namespace shifts it.
    """
    try:
        boot = _text(proc / "sys/kernel/random/boot_id").strip()
        shift_us = _namespace_shift_us(proc)
        ticks_us = min(library_us, _uptime_us(proc, library_us)) - shift_us
    except (OSError, ValueError, IndexError):
        return None
    return Ticks(boot, ticks_us, _started(proc, shift_us), synchronised())


def synchronised() -> bool:
    """Say whether the kernel's wall clock is disciplined by a time service; False where unknown."""
    import ctypes

    timex = (ctypes.c_long * 64)()  # struct timex, all zero: only read
    try:
        state = ctypes.CDLL(None).adjtimex(timex)
    except (OSError, AttributeError):
        return False
    words = ctypes.sizeof(ctypes.c_long)
    status = ctypes.c_int.from_buffer(timex, 5 * words).value
    return bool(state >= 0 and not status & UNSYNCHRONISED)


def _namespace_shift_us(proc: Path) -> int:
    """Return by how much this process's time namespace shifts the ticks; ValueError if hidden."""
    offsets = proc / "self/timens_offsets"
    if not offsets.exists():  # a kernel without time namespaces
        return 0
    spaces = proc / "self/ns"
    if (spaces / "time").readlink() != (spaces / "time_for_children").readlink():
        raise ValueError("the offsets are those of another namespace")
    _, seconds, nanoseconds = _line(offsets, "boottime").split()
    return int(seconds) * 1_000_000 + int(nanoseconds) // 1_000


def _uptime_us(proc: Path, otherwise: int) -> int:
    try:
        seconds, hundredths = _text(proc / "uptime").split()[0].split(".")
    except OSError:
        return otherwise
    return int(seconds) * 1_000_000 + int(hundredths) * 10_000


def _started(proc: Path, shift_us: int) -> datetime | None:
    try:
        seconds = int(_line(proc / "stat", "btime").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=shift_us)


def _line(file: Path, name: str) -> str:
    """Return the line of that name; ValueError where there is none."""
    for line in _text(file).splitlines():
        if line.split()[:1] == [name]:
            return line
    raise ValueError(f"no line {name!r}")


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
