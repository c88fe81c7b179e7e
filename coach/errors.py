"""Everything that can go wrong, in one tree.

CoachError
├── UsageError             a request makes no sense
│   ├── Invalid            a field holds something that it cannot take
│   │   ├── UnknownKind    there is no such kind of rule
│   │   └── InvalidParams  the parameters are not those of the kind of rule
│   ├── NotTaken           a field was given that has no meaning here
│   ├── Missing            a field was left out that is needed here
│   ├── FieldsAtOdds       several fields do not go together
│   ├── AmbiguousId        several things have an id that begins so
│   ├── Conflict           what is there already does not allow it
│   ├── UnreadableFile     the system does not let us read a file
│   ├── MalformedFile      a file that a person writes has a mistake
│   └── UnknownBeginning   what the accounts began with is not known in one currency
├── ConfigError            a setting is wrong
├── NotFound               the named thing is not there
│   └── NothingTraded      there are no trades to fetch candles for
├── Refused                we will not do this, and say why
│   ├── NotAStatement      the file is something else than an account statement
│   ├── UnknownClock       on which clock a file's times are cannot be told
│   ├── ShiftedImport      the fills are known, but for a shift of their times
│   ├── NotCandles         the file holds no candles
│   ├── NoTruth            too much of what a source tells cannot be true
│   ├── StrictImport       a row was unreadable and none may be left out
│   ├── KeyCanDoTooMuch    a broker key that may trade or move money
│   ├── NotASecretsFile    the file is not one that sops sealed
│   ├── TamperedSecrets    a sealed file was changed by somebody without its key
│   └── UnsupportedSecrets a sealed file takes something that coach does not do
├── AuthenticationFailed   the broker does not let coach in
├── NoAgeKey               no age key at hand opens a sealed file
├── BrokerTrouble          the broker answered something we cannot use
├── TryLater               the network or a broker is down; nothing is lost
│   └── NoCandlesNow       no source of candles gave what was asked
├── SealBroken             a sealed secret cannot be opened
├── KekUnavailable         the key that opens data keys cannot be had
│   └── WrongPassphrase    the passphrase does not open the key of keys
├── NotInitialised         there is no data yet
├── Locked                 another coach is writing
├── DatabaseTrouble        PostgreSQL does not start, answer or fit
├── EventsReplaced         a follower cannot go on where it was
├── HotStoreDown           Redis does not answer; only speed is lost
└── ObjectTrouble          the object store does not answer
    └── SnapshotLost       what was stored is gone, or is something else

A class's docstring is its message, and `facts` fill it. Errors know no face, which has words of its
own for a field and a `remedy`. `hint` says what to do next where that is the same on every face.
"""

from collections.abc import Callable, Sequence
from copyreg import __newobj__  # type: ignore[attr-defined]
from inspect import cleandoc
from typing import ClassVar

from coach.remedies import Field, Remedy


class CoachError(Exception):
    """{what}"""

    code: ClassVar[str] = "E_FAILED"

    def __init__(self, hint: str = "", remedy: Remedy | None = None, **facts: object) -> None:
        super().__init__()
        self.hint = hint
        self.remedy = remedy
        self.facts = facts

    def __str__(self) -> str:
        """Return the message: one sentence, lower case, no full stop."""
        return self.message(spell_out)

    def __reduce__(self) -> tuple[object, ...]:
        """Return how to rebuild the error in another process, without its constructor."""
        return __newobj__, (type(self),), self.__dict__

    def message(self, name_field: Callable[[Field], str]) -> str:
        """Return the message with the word of a face for the field."""
        field: Field | None = self.facts.get("field")  # type: ignore[assignment]
        facts = {**self.facts, "field": name_field(field)} if field else self.facts
        return cleandoc(type(self).__doc__ or "").format_map(facts)


def spell_out(field: Field) -> str:
    """Return a field's own name in plain words, for logs and for faces without another one."""
    return field.replace("_", " ")


class UsageError(CoachError):
    """{what}"""

    code = "E_USAGE"


class Invalid(UsageError):
    """{field} takes {allowed}, {reason}"""

    def __init__(
        self,
        field: Field,
        reason: str,
        allowed: str,
        *,
        example: str = "",
        hint: str = "",
        remedy: Remedy | None = None,
        **facts: object,
    ) -> None:
        """Say which field it is, why not, and what it takes; `example` is a value that it takes.

        Further facts fill the remedy.
        """
        super().__init__(hint, remedy, field=field, reason=reason, allowed=allowed, **facts)
        self.field = field
        self.example = example


class UnknownKind(Invalid):
    """no rule kind {kind!r}; the nearest is {nearest}"""

    def __init__(self, kind: str, nearest: str, kinds: Sequence[str]) -> None:
        """Name what was asked for, the nearest kind, and all kinds."""
        known = ", ".join(kinds)
        hint = f"did you mean {nearest}? the kinds are {known}"
        super().__init__(
            "kind", f"not {kind!r}", f"one of {known}", hint=hint, kind=kind, nearest=nearest
        )


class InvalidParams(Invalid):
    """rule {kind}: {reason}"""

    def __init__(self, kind: str, complaints: Sequence[str], signature: str) -> None:
        """Name the kind, every complaint, and what the kind takes."""
        hint = f"{kind} takes {signature}"
        super().__init__("params", "; ".join(complaints), signature, hint=hint, kind=kind)


class NotTaken(UsageError):
    """{taker} takes no {field}"""

    def __init__(self, taker: str, field: Field, takes: tuple[Field, ...] = ()) -> None:
        """Name what does not take the field, and the fields that it does take."""
        super().__init__(taker=taker, field=field)
        self.taker = taker
        self.field = field
        self.takes = takes


class Missing(UsageError):
    """{taker} needs {field}"""

    def __init__(
        self,
        taker: str,
        field: Field,
        takes: tuple[Field, ...] = (),
        *,
        remedy: Remedy | None = None,
        **facts: object,
    ) -> None:
        """Name what needs the field, and all fields that it takes."""
        super().__init__("", remedy, taker=taker, field=field, **facts)
        self.taker = taker
        self.field = field
        self.takes = takes


class FieldsAtOdds(UsageError):
    """{what}"""

    def __init__(self, fields: tuple[Field, ...], what: str, remedy: Remedy) -> None:
        """Name the fields that do not go together, and why not."""
        super().__init__(remedy=remedy, what=what)
        self.fields = fields


class AmbiguousId(UsageError):
    """several {kind}s begin with {beginning!r}"""

    def __init__(self, kind: str, beginning: str) -> None:
        """Name what was looked for, and by which letters."""
        super().__init__("give more letters of its id", kind=kind, beginning=beginning)


class Conflict(UsageError):
    """{what}"""

    def __init__(
        self,
        thing: tuple[str, str],
        what: str,
        *,
        hint: str = "",
        remedy: Remedy | None = None,
        **facts: object,
    ) -> None:
        """Say what stands in the way of a thing, which is named by its kind and its name."""
        super().__init__(hint, remedy, what=what, **facts)
        self.kind, self.name = thing


class UnreadableFile(UsageError):
    """{file} cannot be read: {reason}"""

    def __init__(self, file: str, reason: str, hint: str = "") -> None:
        """Name the file and what the system said."""
        super().__init__(hint or "check the path and its permissions", file=file, reason=reason)


class MalformedFile(UsageError):
    """{file}{place} {reason}"""

    def __init__(
        self, file: str, reason: str, hint: str, *, line: int | None = None, column: str = ""
    ) -> None:
        """Say where the mistake stands: in which line, in which column, where they are known."""
        named = f", {column}" if column else ""
        place = "" if line is None else f" line {line}{named}:"
        super().__init__(hint, file=file, place=place, reason=reason)
        self.line = line
        self.column = column


class UnknownBeginning(UsageError):
    """{field} needs to know what the accounts began with, in one currency"""

    def __init__(self) -> None:
        """Name the field that asks for it."""
        super().__init__(field="compounding")


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
    """{file}: coach cannot read it as your trades: {looks_like}"""

    code = "E_NOT_A_STATEMENT"


class UnknownClock(Refused):
    """{file}: {what}"""

    code = "E_CLOCK"


class ShiftedImport(Refused):
    """{file}: {count} of {looked_at} fills equal fills of account {account!r} but for {shift}, nothing was imported: {pairs}"""

    code = "E_SHIFTED"


class NotCandles(Refused):
    """{file}: this is not a file of candles: {looks_like}"""

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


class NotASecretsFile(Refused):
    """{file}: this is not a sealed file of sops: {reason}"""

    code = "E_NOT_SEALED"


class TamperedSecrets(Refused):
    """{file} cannot be trusted: {what}"""

    code = "E_TAMPERED"


class UnsupportedSecrets(Refused):
    """{file}: coach does not support {what}; this takes sops itself"""

    code = "E_UNSUPPORTED"


class NoAgeKey(CoachError):
    """{file}: {reason}"""

    code = "E_NO_AGE_KEY"


class AuthenticationFailed(CoachError):
    """{broker} does not let coach in: {reason}"""

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


class SealBroken(CoachError):
    """the sealed {secret} cannot be opened: {reason}"""

    code = "E_SEAL"


class KekUnavailable(CoachError):
    """sealed keys cannot be opened just now: {what}"""

    code = "E_KEK"


class WrongPassphrase(KekUnavailable):
    """the passphrase does not open {place}"""


class NotInitialised(CoachError):
    """there are no fills yet"""

    code = "E_NOT_INITIALISED"


class Locked(CoachError):
    """another coach is {doing}"""

    code = "E_LOCKED"


class DatabaseTrouble(CoachError):
    """database: {what}"""

    code = "E_DATABASE"


class EventsReplaced(CoachError):
    """{what}"""

    code = "E_EVENTS"


class HotStoreDown(CoachError):
    """no cache: {what}"""

    code = "E_HOT_STORE"


class ObjectTrouble(CoachError):
    """object store: {what}"""

    code = "E_OBJECTS"


class SnapshotLost(ObjectTrouble):
    """{place}: the week of candles {name} {what}"""

    code = "E_SNAPSHOT_LOST"
