"""Who trades, where, and what was read from there."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple, NewType

from coach.errors import Invalid
from coach.model.reflections.words import PersonaId, Tone
from coach.values import dataclass

LONGEST_ACCOUNT_NAME = 200

UserId = NewType("UserId", str)
AccountId = NewType("AccountId", int)
RunId = NewType("RunId", str)

SCORED_AT_ONCE = 20_000
"""Fills. An import into more than these leaves all conclusions but breaches to the next look."""
MOST_SKIPPED_TOLD = 100
"""Rows that could not be read are counted, and the first of them told with their reasons."""

USUAL_SYNC_HOURS = 6
"""How often a connected account is read by itself, unless it is said otherwise."""

ShortsOrigin = Literal["declared", "broker", "guessed"]
"""Who says whether an account can be short: its owner, its broker, or nobody."""

RunState = Literal["queued", "running", "done", "failed", "dead", "undone"]
"""A queued run waits for a worker; a dead one failed in every try that a worker makes."""
JobKind = Literal[
    "import.trades",
    "fetch.candles",
    "score.bias",
    "digest.weekly",
    "send.digest",
    "calibrate.rules",
    "simulate.trades",
    "reflect.question",
    "evaluate.detectors",
    "settle.promises",
    "make.months",
    "purge.expired",
    "prune.candles",
]
"""What long work a run is."""


class RunAttempt(NamedTuple):
    """An attempt at a run: whose it is, which run, and which attempt."""

    user_id: UserId
    run_id: RunId
    attempt: int


class ContractSize(NamedTuple):
    """How many units of what it is about one contract of a symbol is, in an account."""

    account: str
    symbol: str
    size: Decimal


INSTALLATION = UserId("")
"""Whose runs are about the whole installation."""


@dataclass(frozen=True, slots=True)
class User:
    """A person; `zone` is the IANA name they declared, days and weeks are cut there.

    `tone` is how their Rational Future Self speaks to them, `persona` by which principles.
    `base_currency` is the one that sums of several are told in, "" for none.
    """

    id: UserId
    name: str
    zone: str
    tone: Tone = "supportive"
    persona: PersonaId = "future-self"
    base_currency: str = ""


@dataclass(frozen=True, slots=True)
class UserSummary:
    """A user as the list of users shows one; `disabled_at` is None for who may sign in."""

    name: str
    zone: str
    created_at: datetime
    has_password: bool = False
    has_second_factor: bool = False
    is_linked: bool = False
    disabled_at: datetime | None = None
    features: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """One book at one broker. Where `shorts` is false a sell without a buy has unknown basis."""

    id: AccountId
    name: str
    broker: str
    shorts: bool


def check_account_name(name: str) -> None:
    """Raise Invalid where a name is too long for an account or holds invisible characters."""
    if not name.strip() or len(name) > LONGEST_ACCOUNT_NAME or not name.isprintable():
        allowed = f"1 to {LONGEST_ACCOUNT_NAME} letters, digits and signs that can be seen"
        raise Invalid("account", f"not {name[:LONGEST_ACCOUNT_NAME]!r}", allowed)


def key_powers(permissions: Mapping[str, object]) -> tuple[str, ...]:
    """Return what a broker's key may do besides viewing; what the broker leaves open counts."""
    named = (("trade", "trade"), ("transfer", "move money"))
    return tuple(
        power if permissions.get(field) is True else f"perhaps {power}"
        for field, power in named
        if permissions.get(field) is not False
    )


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A trade row that could not be read: where, and what was expected.

    A broker's fill is named by its product, its time and its id, as the broker wrote them.
    """

    line: int
    column: str
    reason: str
    product: str = ""
    at: str = ""
    native_id: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One import. `fetched` = new + known + changed + skipped; other kinds are counted by name.

    `skipped` holds the first MOST_SKIPPED_TOLD rows that could not be read, `skipped_count` counts
    all.

    `clock` is the zone on which times without one were read, `clock_origin` who named it; both are
    empty where every time named its own. `undeclared_sales` are the books that changed and sell
    from flat while nobody has declared whether the account can be short; they are not kept.
    `conclusions_due` says that the next look at conclusions draws them anew; it is not kept either.
    A warning that a face completes is a Notice.
    """

    id: RunId
    account: str
    source: str
    label: str
    state: RunState
    attempt: int
    fetched: int = 0
    new: int = 0
    known: int = 0
    changed: int = 0
    skipped: tuple[SkippedRow, ...] = ()
    skipped_count: int = 0
    other: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    first: datetime | None = None
    last: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    error: str = ""
    clock: str = ""
    clock_origin: str = ""
    undeclared_sales: tuple[str, ...] = ()
    conclusions_due: bool = False
