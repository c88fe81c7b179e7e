"""The real time, for tests of what goes by it: servers, tokens, other processes.

Every other test has a `now` of its own, and so the same answer on any day.
"""

import time
from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)


def seconds() -> float:
    """Return seconds since 1970."""
    return time.time()
