"""Says how long after its container a server was ready; run inside, while the server starts.

    podman exec -i NAME python3 - < tests/deployment/ready.py

The clock is that by which the kernel notes when a process began, and which nobody sets. Printed are
the seconds until `/readyz` answered 200, and the seconds of CPU that the container took until then.
"""

import os
import sys
import time
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
USED, BEGAN = slice(10, 14), 18
"""Where the ticks of CPU, those of ended children too, and that of the start stand in `fields`."""
LIMIT_S = 120.0
READY = 200


def fields(process: int) -> list[int]:
    """Return what /proc/PID/stat says of a process behind its name and state."""
    text = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2]
    return [int(one) for one in text.split()[1:]]


def since_start() -> float:
    """Return the seconds since the first process of this container began."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) - fields(1)[BEGAN] / TICKS


def used_by_others() -> float:
    """Return the seconds of CPU of all processes but this one."""
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        if int(folder.name) != os.getpid():
            with suppress(OSError):
                ticks += sum(fields(int(folder.name))[USED])
    return ticks / TICKS


def is_ready() -> bool:
    """Ask the server."""
    connection = HTTPConnection("127.0.0.1", 8321, timeout=5)
    with suppress(OSError):
        connection.request("GET", "/readyz")
        return connection.getresponse().status == READY
    return False


def main() -> None:
    """Ask until it is ready."""
    while not is_ready():
        if since_start() > LIMIT_S:
            sys.exit(f"not ready after {LIMIT_S:g} s")
        time.sleep(0.02)
    print(f"{since_start():.2f} {used_by_others():.2f}")  # noqa: T201 -- its answer


if __name__ == "__main__":
    main()
