"""One trader before the detectors: the same path from fills to findings as the product's.

Fills go through the ledger (shorts allowed), become round trips and orders, and every detector of
the catalogue is asked about the window that ends with the last fill. The truth is not known here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import NamedTuple

from coach.engine.biases import detection
from coach.engine.biases.detector import Detector
from coach.engine.features.bars import NO_MARKET, Market
from coach.engine.features.history import History, history
from coach.engine.features.orders import BookFills, Rows, orders
from coach.engine.features.trader import Trader
from coach.engine.ledger.book import Book
from coach.engine.ledger.columns import as_columns
from coach.engine.ledger.round_trip import BookName
from coach.model.accounts import Account, AccountId
from coach.model.fills import BookFill, FillKey, Side, Symbol
from coach.model.insights import Bias, Finding, Tag
from coach.model.times import DAY_US, EPOCH, instant
from coach.model.trades import TradeId, Trip

DAYS = 90
ACCOUNT = AccountId(1)
SPECK = Decimal("1e-6")
QUOTES = ("USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USD", "EUR", "GBP")


class LabFill(NamedTuple):
    """A fill as the lab reads it: quantity above zero, `fee` in the quote currency."""

    trade_id: str
    at_us: int
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal


class Profile(NamedTuple):
    """What is known of a trader beside the fills; None where nobody said."""

    name: str
    offset_minutes: int | None = None
    equity: float | None = None


class EventTag(NamedTuple):
    """A tag, and the ids that the tagged order's own fills had in the file."""

    bias: Bias
    trade_ids: tuple[str, ...]
    at_us: int


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """All that a trader did, ready for the detectors.

    `names` gives a fill's id in the file, `duplicates` counts the lines that were left out because
    they said once more what another had said.
    """

    profile: Profile
    history: History
    names: Mapping[FillKey, str]
    end_us: int
    duplicates: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the detectors say of one trader over one window."""

    findings: tuple[Finding, ...]
    tags: tuple[EventTag, ...]


def judge(
    fills: Sequence[LabFill], market: Market, profile: Profile, days: int = DAYS
) -> Judgement:
    """Return what is said of a trader over the last `days`; tags are of all time."""
    read = past(fills, market, profile)
    return Judgement(findings(read, days), tags(read))


def past(
    fills: Sequence[LabFill], market: Market = NO_MARKET, profile: Profile | None = None
) -> Past:
    """Match the fills, in any order; lines that are equal in everything count once.

    A sale that leaves a millionth of the position, or takes a millionth too much, closes it.

    Fills of one moment keep the order in which they stand.
    """
    who = Profile("") if profile is None else profile
    once = list(dict.fromkeys(fills))
    once.sort(key=lambda fill: fill.at_us)
    keys = _keys(who.name, once)
    books = {
        BookName(ACCOUNT, who.name, symbol): taken
        for symbol, taken in _by_symbol(once, keys).items()
    }
    found = history(trip for name, taken in books.items() for trip in _trips(name, taken))
    rows = Rows(found.ids, found.exit_fills)
    laid_out = orders(rows, [BookFills(name, taken) for name, taken in books.items()])
    trader = Trader(offset_minutes=who.offset_minutes, equity=who.equity)
    return Past(
        profile=who,
        history=found.beside(laid_out, market, trader),
        names={key: fill.trade_id for key, fill in zip(keys, once, strict=True)},
        end_us=once[-1].at_us + 1 if once else 0,
        duplicates=len(fills) - len(once),
    )


def findings(
    past: Past,
    days: int = DAYS,
    end_us: int | None = None,
    detectors: Sequence[Detector] | None = None,
) -> tuple[Finding, ...]:
    """Ask every detector about the `days` before `end_us` (None: the end of the fills)."""
    end = past.end_us if end_us is None else end_us
    return tuple(detection.findings(past.history, end - days * DAY_US, end, detectors))


def tags(past: Past) -> tuple[EventTag, ...]:
    """Return every tag with the ids of its order's fills, oldest first."""
    rows = {trade: row for row, trade in enumerate(past.history.ids)}
    return tuple(_event(past, rows, tag) for tag in detection.tags(past.history))


def _event(past: Past, rows: Mapping[TradeId, int], tag: Tag) -> EventTag:
    keys = tag.event_keys or past.history.entry_fills[rows[tag.trade_id]]
    names = dict.fromkeys(past.names[key] for key in keys)
    since = tag.at - EPOCH
    return EventTag(tag.bias, tuple(names), since // timedelta(microseconds=1))


def book_symbol(name: str) -> Symbol:
    """Return `BASE-QUOTE` for a symbol however a venue writes it; without a quote it is USD."""
    plain = name.strip().upper().replace("/", "-").replace("_", "-")
    base, dash, _ = plain.partition("-")
    if dash and base:
        return Symbol(plain)
    quote = next((one for one in QUOTES if plain.endswith(one) and plain != one), "")
    return Symbol(f"{plain.removesuffix(quote)}-{quote or 'USD'}")


def _keys(trader: str, fills: Iterable[LabFill]) -> list[FillKey]:
    seen: dict[str, int] = {}
    keys = []
    for fill in fills:
        copy = seen.get(fill.trade_id, 0)
        seen[fill.trade_id] = copy + 1
        text = f"{trader}|{fill.trade_id}|{copy}"
        keys.append(FillKey(blake2b(text.encode(), digest_size=16).digest()))
    return keys


def _by_symbol(fills: Sequence[LabFill], keys: Iterable[FillKey]) -> dict[Symbol, list[BookFill]]:
    names = {symbol: book_symbol(symbol) for symbol in {fill.symbol for fill in fills}}
    books: dict[Symbol, list[BookFill]] = {}
    levels: dict[Symbol, _Level] = {}
    for fill, key in zip(fills, keys, strict=True):
        symbol = names[fill.symbol]
        level = levels.setdefault(symbol, _Level())
        books.setdefault(symbol, []).append(
            BookFill(
                key,
                fill.side,
                level.settled(fill),
                fill.price,
                fill.fee,
                symbol.rpartition("-")[2],
                instant(fill.at_us),
                "",
            )
        )
    return {symbol: books[symbol] for symbol in sorted(books)}


class _Level:
    """What is held of a symbol. Files round quantities; a position sold to a speck is sold."""

    def __init__(self) -> None:
        self._held = self._most = Decimal(0)

    def settled(self, fill: LabFill) -> Decimal:
        """Return the fill's quantity, or what was held where it leaves a millionth of it."""
        signed = fill.quantity if fill.side == "buy" else -fill.quantity
        held = self._held
        left = held + signed
        if held * signed < 0 and abs(left) <= SPECK * self._most:
            self._held = self._most = Decimal(0)
            return abs(held)
        self._held = left
        self._most = max(abs(left), self._most if held * left > 0 else Decimal(0))
        return fill.quantity


def _trips(name: BookName, fills: Iterable[BookFill]) -> Iterable[Trip]:
    ledger = Book(Account(ACCOUNT, name.account, "lab", shorts=True), name.symbol)
    for fill in fills:
        trip = ledger.add(fill)
        if trip is not None:
            yield as_columns(trip)
    last = ledger.open_trip()
    if last is not None:
        yield as_columns(last)
