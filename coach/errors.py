"""Everything that can go wrong, in one tree.

CoachError
├── UsageError             the command line or an argument makes no sense
├── ConfigError            a setting is wrong
├── NotFound               the named thing is not there
│   └── NothingTraded      there are no trades to fetch candles for
├── Refused                we will not do this, and say why
│   ├── NotAStatement      the file is something else than an account statement
│   ├── UnknownClock       on which clock a file's times are cannot be told
│   ├── ShiftedImport      the fills are known, but for a shift of their times
│   ├── NotCandles         the file holds no candles
│   ├── NoTruth            too much of what a source tells cannot be true
│   ├── StrictImport       a row was unreadable and --strict was asked for
│   └── KeyCanDoTooMuch    a broker key that may trade or move money
├── AuthenticationFailed   the broker does not accept the key
├── BrokerTrouble          the broker answered something we cannot use
├── TryLater               the network or a broker is down; nothing is lost
│   └── NoCandlesNow       no source of candles gave what was asked
├── NotInitialised         there is no data yet
├── Locked                 another coach is writing
├── DatabaseTrouble        PostgreSQL does not start, answer or fit
├── HotStoreDown           Redis does not answer; only speed is lost
└── ObjectTrouble          the object store does not answer
    └── SnapshotLost       what was stored is gone, or is something else

A class's docstring is its message; `facts` fill it and go into the JSON error;
`hint` says what to do next. Exit codes belong to the CLI, HTTP statuses to the server.
"""

from inspect import cleandoc
from typing import ClassVar


class CoachError(Exception):
    """{what}"""

    code: ClassVar[str] = "E_FAILED"

    def __init__(self, hint: str = "", **facts: object) -> None:
        super().__init__()
        self.hint = hint
        self.facts = facts

    def __str__(self) -> str:
        """Return the message: one sentence, lower case, no full stop."""
        return cleandoc(type(self).__doc__ or "").format_map(self.facts)


class UsageError(CoachError):
    """{what}"""

    code = "E_USAGE"


class ConfigError(CoachError):
    """setting {name}: {what}"""

    code = "E_CONFIG"


class NotFound(CoachError):
    """no {kind} {name!r}"""

    code = "E_NOT_FOUND"


class NothingTraded(NotFound):
    """there are no trades to fetch candles for"""


class Refused(CoachError):
    """{what}"""

    code = "E_REFUSED"


class NotAStatement(Refused):
    """{file}: this is no account statement: {looks_like}"""

    code = "E_NOT_A_STATEMENT"


class UnknownClock(Refused):
    """{file}: {what}"""

    code = "E_CLOCK"


class ShiftedImport(Refused):
    """{file}: {count} of {looked_at} fills equal fills of account {account!r} but for {shift}, nothing was imported: {pairs}"""

    code = "E_SHIFTED"


class NotCandles(Refused):
    """{file}: this is no file of candles: {looks_like}"""

    code = "E_NOT_CANDLES"


class NoTruth(Refused):
    """{source}: nothing was kept of {symbol}: {reason}"""

    code = "E_NO_TRUTH"


class StrictImport(Refused):
    """{file}: {count} unreadable rows, nothing was imported; first: line {line}, {column}: {reason}"""

    code = "E_STRICT"


class KeyCanDoTooMuch(Refused):
    """this key can {powers}; coach only takes keys that can do nothing but view"""

    code = "E_KEY_TOO_STRONG"


class AuthenticationFailed(CoachError):
    """{broker} does not accept the key: {reason}"""

    code = "E_AUTH"


class BrokerTrouble(CoachError):
    """{broker}: {reason}"""

    code = "E_BROKER"


class TryLater(CoachError):
    """{broker} cannot be reached just now: {reason}"""

    code = "E_TRY_LATER"


class NoCandlesNow(TryLater):
    """{source}: {symbol} from {first} to {last} did not arrive: {reason}"""

    code = "E_NO_CANDLES"


class NotInitialised(CoachError):
    """there are no fills yet"""

    code = "E_NOT_INITIALISED"


class Locked(CoachError):
    """another coach is importing{holder}"""

    code = "E_LOCKED"


class DatabaseTrouble(CoachError):
    """database: {what}"""

    code = "E_DATABASE"


class HotStoreDown(CoachError):
    """no cache: {what}"""

    code = "E_HOT_STORE"


class ObjectTrouble(CoachError):
    """object store: {what}"""

    code = "E_OBJECTS"


class SnapshotLost(ObjectTrouble):
    """{place}: the week of candles {name} {what}"""

    code = "E_SNAPSHOT_LOST"
