"""What the books cannot know: positions that may be over, and where sold coins came from.

A book is one account and symbol, but coins are not: what was bought under BTC-USD may be sold under
BTC-USDC, sent away or converted, and the book of BTC-USD still holds it. Such a position is
doubtful. The other way round, a sale without a purchase in its own book is explained where its
coins are held under another quote, or came otherwise than by a trade.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from coach.engine.ledger.exact import ZERO, add, multiply, negated, plain
from coach.model.entries.kinds import entry_kind
from coach.model.fills import FillKey, Symbol, base_of
from coach.model.movements import AccountMovement
from coach.model.trades import UnknownBasis
from coach.values import dataclass

LEFT: Mapping[str, str] = MappingProxyType(
    {
        "send": "were sent away",
        "convert": "were converted",
        "withdrawal": "were withdrawn",
        "rename": "were renamed",
    }
)
ABOUT = Decimal("1.01")
"""Fees in the coin take up to about a hundredth of what is held."""


class OpenPosition(NamedTuple):
    """A long position that is open in the books, and since when."""

    account: str
    symbol: Symbol
    quantity: Decimal
    since: datetime


class Departure(NamedTuple):
    """Coins that left a position unseen by its book.

    `how` is the symbol that they were sold under, or the source's word for the rows; `quantity` is
    None where a row does not say it.
    """

    coin: str
    how: str
    sold: bool
    quantity: Decimal | None
    rows: int
    last: datetime


@dataclass(frozen=True, slots=True)
class CoinOrigin:
    """Where the coins of a sale without a purchase may come from.

    `held` are the symbols that hold the coin in the same account, `kinds` the sources' words for
    rows that brought it in. `enough`: these explain it and all such sales before it.
    """

    held: tuple[Symbol, ...] = ()
    kinds: tuple[str, ...] = ()
    enough: bool = False


NOWHERE = CoinOrigin()
"""Nothing is known of where the coins came from."""


def is_sale(line: UnknownBasis) -> bool:
    """Return whether a line is a sale without a purchase, and not what rounding took too much."""
    return line.side == "sell" and bool(line.quantity) and not line.rounding


def departures(
    position: OpenPosition, unknown: Iterable[UnknownBasis], movements: Iterable[AccountMovement]
) -> list[Departure]:
    """Return how coins of a position may have left since it was opened, the earliest first."""
    coin, found = base_of(position.symbol), []
    for line in unknown:
        elsewhere = base_of(line.symbol) == coin and line.symbol != position.symbol
        if elsewhere and is_sale(line) and _since(position, line.account, line.at):
            found.append(Departure(coin, line.symbol, True, line.quantity, 1, line.at))
    for one in without_inner_transfers(movements):
        left = one.quantity is None or one.quantity < ZERO
        if one.coin == coin and left and _since(position, one.account, one.at):
            quantity = None if one.quantity is None else one.quantity.copy_abs()
            found.append(Departure(coin, one.kind, False, quantity, 1, one.at))
    return _summed(sorted(found, key=lambda one: one.last))


def _since(position: OpenPosition, account: str, at: datetime) -> bool:
    return account == position.account and at >= position.since


def _summed(found: Sequence[Departure]) -> list[Departure]:
    sums: dict[tuple[str, bool], Departure] = {}
    for one in found:
        earlier = sums.get((one.how, one.sold))
        if earlier is not None:
            both = earlier.quantity, one.quantity
            total = None if None in both else add(*both)  # type: ignore[arg-type] # both are known
            one = one._replace(quantity=total, rows=earlier.rows + 1)  # noqa: PLW2901 - the sum so far
        sums[one.how, one.sold] = one
    return list(sums.values())


def without_inner_transfers(movements: Iterable[AccountMovement]) -> list[AccountMovement]:
    """Return movements without those between wallets of one account, of which each has two sides.

    A transfer that has one side alone left the account, or came to it.
    """
    kept: list[AccountMovement] = []
    open_sides: dict[tuple[str, str, Decimal], list[AccountMovement]] = defaultdict(list)
    for one in movements:
        if not one.quantity or entry_kind(one.kind, one.quantity) != "transfer":
            kept.append(one)
            continue
        other_side = open_sides[one.account, one.coin, negated(one.quantity)]
        if other_side:
            other_side.pop()
        else:
            open_sides[one.account, one.coin, one.quantity].append(one)
    return [*kept, *(one for sides in open_sides.values() for one in sides)]


def describe(departure: Departure, zone: tzinfo) -> str:
    """Return a departure as a clause: `0.02 BTC were sold under BTC-USDC on 2026-03-01`."""
    coin, how, rows = departure.coin, departure.how, departure.rows
    day = f"{departure.last.astimezone(zone):%Y-%m-%d}"
    when = f"on {day}" if rows == 1 else f"in {rows} rows, the last on {day}"
    if departure.quantity is None:
        return f"{rows} {how} of {coin} {when}" if rows == 1 else f"{how} of {coin} {when}"
    amount = f"{plain(departure.quantity):f} {coin}"
    if departure.sold:
        return f"{amount} were sold under {how} {when}"
    if how.startswith("spent on "):
        return f"{amount} were {how}, the last on {day}"
    return f"{amount} {LEFT.get(how, f'left ({how})')} {when}"


def origins(
    positions: Iterable[OpenPosition],
    unknown: Iterable[UnknownBasis],
    movements: Iterable[AccountMovement],
) -> dict[tuple[str, FillKey], CoinOrigin]:
    """Return where the coins of each sale without a purchase may come from.

    They are named by account and fill. Sales of a coin are explained in order of time.
    """
    held: dict[tuple[str, str], list[OpenPosition]] = defaultdict(list)
    for position in positions:
        held[position.account, base_of(position.symbol)].append(position)
    came: dict[tuple[str, str], list[AccountMovement]] = defaultdict(list)
    for one in movements:
        if one.quantity is not None and one.quantity > ZERO:
            came[one.account, one.coin].append(one)
    sold: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    found = {}
    for line in sorted(filter(is_sale, unknown), key=lambda line: (line.at, line.key)):
        coin = line.account, base_of(line.symbol)
        sold[coin] = add(sold[coin], line.quantity)
        found[line.account, line.key] = _origin(line, held[coin], came[coin], sold[coin])
    return found


def _origin(
    line: UnknownBasis,
    held: Sequence[OpenPosition],
    came: Sequence[AccountMovement],
    sold: Decimal,
) -> CoinOrigin:
    elsewhere = [one for one in held if one.symbol != line.symbol and one.since <= line.at]
    earlier = [one for one in came if one.at <= line.at]
    known = ZERO
    for quantity in [one.quantity for one in elsewhere] + [one.quantity or ZERO for one in earlier]:
        known = add(known, quantity)
    return CoinOrigin(
        tuple(sorted({one.symbol for one in elsewhere})),
        tuple(sorted({one.kind for one in earlier})),
        sold <= multiply(known, ABOUT),
    )
