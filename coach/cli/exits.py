"""What each end of a command is called: one table from error to exit code."""

from coach.errors import (
    AuthenticationFailed,
    CoachError,
    ConfigError,
    Locked,
    NoAgeKey,
    NotInitialised,
    ShiftedImport,
    TryLater,
    UsageError,
    WrongPassphrase,
)

DONE = 0
FAILED = 1
USAGE = 2
PARTIAL = 3
FOUND_SOMETHING = 5
SIGNALLED = 128
INTERRUPTED = 130
TERMINATED = 143
SIGNALS = {
    INTERRUPTED: ("E_INTERRUPTED", "interrupted"),
    TERMINATED: ("E_TERMINATED", "terminated"),
}

CODES: tuple[tuple[type[CoachError], int], ...] = (
    (UsageError, USAGE),
    (ConfigError, USAGE),
    (AuthenticationFailed, 4),
    (NoAgeKey, 4),
    (NotInitialised, 10),
    (Locked, 11),
    (WrongPassphrase, 12),
    (TryLater, 75),
    (ShiftedImport, FOUND_SOMETHING),
)


def code_of(error: CoachError) -> int:
    """Return the exit code of an error."""
    return next((code for kind, code in CODES if isinstance(error, kind)), FAILED)
