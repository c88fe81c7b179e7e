"""A coin is followed through its account, whatever it was bought and sold for."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from coach.engine.ledger.doubts import OpenPosition
from coach.engine.ledger.holdings import ClosedTrade, HeldPart, SoldElsewhere, still_held
from coach.model.fills import FillKey, Symbol
from coach.model.movements import AccountMovement
from coach.model.trades import UnknownBasis


def day(number: int) -> datetime:
    return datetime(2026, 3, number, 10, tzinfo=UTC)


def bought(symbol: str, quantity: str, since: int) -> OpenPosition:
    return OpenPosition("main", Symbol(symbol), Decimal(quantity), day(since))


def sold(symbol: str, quantity: str, on: int) -> UnknownBasis:
    numbers = (Decimal(quantity), Decimal(0), Decimal(0))
    return UnknownBasis(FillKey(b"k"), Symbol(symbol), "sell", day(on), *numbers, "main")


def moved(quantity: str | None, on: int, coin: str = "BTC") -> AccountMovement:
    amount = None if quantity is None else Decimal(quantity)
    return AccountMovement("main", "send", coin, amount, day(on))


def over(symbol: str, quantity: str, since: int, until: int) -> ClosedTrade:
    return ClosedTrade(Symbol(symbol), Decimal(quantity), day(since), day(until))


Row = OpenPosition | UnknownBasis | AccountMovement | ClosedTrade


def parts(*rows: Row) -> dict[tuple[str, Symbol], HeldPart]:
    closed = [one for one in rows if isinstance(one, ClosedTrade)]

    def closed_later(account: str, coin: str, moments: Sequence[datetime]) -> list[ClosedTrade]:
        assert (account, coin) == ("main", "BTC")
        return [one for one in closed if any(one.since <= at < one.until for at in moments)]

    return still_held(
        [one for one in rows if isinstance(one, OpenPosition)],
        [one for one in rows if isinstance(one, UnknownBasis)],
        [one for one in rows if isinstance(one, AccountMovement)],
        closed_later,
    )


def held(*rows: Row) -> dict[str, str]:
    found = parts(*rows)
    assert all((one.over_at is None) is bool(one.left) for one in found.values())
    return {symbol: f"{one.left:f}" for (_, symbol), one in found.items()}


def test_what_was_bought_in_dollars_and_sold_in_usdc_is_gone() -> None:
    assert held(bought("BTC-USD", "0.02", 1), sold("BTC-USDC", "0.02", 2)) == {"BTC-USD": "0"}


def test_a_part_that_was_sent_away_is_gone() -> None:
    assert held(bought("BTC-USD", "1", 1), moved("-0.4", 2)) == {"BTC-USD": "0.6"}


def test_what_came_first_leaves_first() -> None:
    one, two = bought("BTC-USD", "1", 1), bought("BTC-EUR", "1", 3)
    assert held(one, two, moved("-1.5", 5)) == {"BTC-USD": "0", "BTC-EUR": "0.5"}
    assert held(moved("2", 1), bought("BTC-EUR", "1", 3), moved("-1.5", 5)) == {"BTC-EUR": "1"}


def test_what_left_before_the_position_was_opened_was_not_its_own() -> None:
    assert held(bought("BTC-USD", "1", 5), moved("-1", 4), moved("-1", 6, "ETH")) == {
        "BTC-USD": "1"
    }


def test_what_left_of_a_trade_that_is_closed_later_is_sold_from_what_is_there_then() -> None:
    """Ten are bought and sent away, twenty bought in another book; then the first ten are sold."""
    first, left, second = over("BTC-EUR", "10", 1, 4), moved("-10", 2), bought("BTC-USD", "20", 3)
    assert held(first, left, second) == {"BTC-USD": "10"}
    assert held(first, sold("BTC-USDC", "10", 2), second) == {"BTC-USD": "10"}
    assert held(first, moved("-4", 2), second) == {"BTC-USD": "16"}
    (part,) = parts(first, left, bought("BTC-USD", "10", 3)).values()
    assert part == HeldPart(Decimal(0), day(4), (SoldElsewhere(first.symbol, Decimal(10), day(4)),))


def test_a_trade_owes_no_more_than_it_had_and_only_while_it_was_open() -> None:
    second = bought("BTC-USD", "20", 5)
    assert held(over("BTC-EUR", "3", 1, 7), moved("-10", 2), second) == {"BTC-USD": "17"}
    assert held(over("BTC-EUR", "10", 3, 7), moved("-10", 2), second) == {"BTC-USD": "20"}
    assert held(over("BTC-EUR", "10", 1, 2), moved("-10", 2), second) == {"BTC-USD": "20"}
    assert held(over("BTC-EUR", "10", 1, 4), moved("-10", 2), second) == {"BTC-USD": "20"}


def test_what_one_trade_owes_another_may_have_had() -> None:
    """The second trade's coins were sold by the first, and the third position's by the second."""
    rows = over("BTC-EUR", "10", 1, 4), over("BTC-GBP", "10", 3, 6), moved("-10", 2)
    assert held(*rows, bought("BTC-USD", "20", 5)) == {"BTC-USD": "10"}
    assert held(*rows, bought("BTC-USD", "20", 7)) == {"BTC-USD": "20"}


def test_coins_that_came_first_go_first_where_a_trade_owes() -> None:
    rows = over("BTC-EUR", "10", 1, 6), moved("-10", 2)
    assert held(*rows, moved("8", 3), bought("BTC-USD", "20", 5)) == {"BTC-USD": "18"}


def test_trades_that_are_over_are_asked_for_only_where_nothing_else_left() -> None:
    def never(account: str, coin: str, moments: Sequence[datetime]) -> list[ClosedTrade]:
        raise AssertionError(account, coin, moments)

    one, two = bought("BTC-USD", "1", 1), bought("BTC-EUR", "1", 5)
    assert still_held([one, two], [], [moved("-0.5", 2), moved("-9", 6)], never)
    assert still_held([one], [], [moved("-9", 3)], never)


def test_a_rest_that_went_as_fees_is_nothing() -> None:
    assert held(bought("BTC-USD", "1", 1), moved("-0.995", 2)) == {"BTC-USD": "0"}
    assert held(bought("BTC-USD", "1", 1), moved("-0.98", 2)) == {"BTC-USD": "0.02"}


def test_a_position_is_over_when_the_last_of_it_leaves() -> None:
    left = [moved("-0.4", 2), moved("-0.6", 4), moved("-1", 6)]
    (part,) = parts(bought("BTC-USD", "1", 1), *left).values()
    assert part == HeldPart(Decimal(0), day(4))


def test_a_row_without_a_quantity_takes_nothing() -> None:
    assert held(bought("BTC-USD", "1", 1), moved(None, 2)) == {"BTC-USD": "1"}


WHOLE = st.integers(1, 50).map(str)


@given(
    st.lists(st.tuples(WHOLE, st.integers(1, 20)), max_size=6),
    st.lists(st.tuples(WHOLE, st.integers(1, 20)), max_size=6),
)
def test_never_more_is_held_than_was_open_and_no_more_leaves_than_left(
    opened: list[tuple[str, int]], left: list[tuple[str, int]]
) -> None:
    positions = [bought(f"BTC-Q{n}", quantity, on) for n, (quantity, on) in enumerate(opened)]
    gone = [moved(f"-{quantity}", on) for quantity, on in left]
    found = parts(*positions, *gone)
    lost = sum(one.quantity - found["main", one.symbol].left for one in positions)
    assert all(0 <= found["main", one.symbol].left <= one.quantity for one in positions)
    assert 0 <= lost <= sum(int(quantity) for quantity, _ in left)


@given(st.lists(st.tuples(st.sampled_from(["EUR", "GBP", "USD", ""]), st.integers(1, 50))))
def test_what_is_held_is_what_is_there(steps: list[tuple[str, int]]) -> None:
    """Each book is bought, then sold whole, while coins are sent away; no more than there are."""
    opened: dict[str, tuple[int, int]] = {}
    rows: list[Row] = []
    balance = 0
    for on, (quote, number) in enumerate(steps[:28], 1):
        size, since = opened.get(quote, (0, 0))
        if not quote:
            rows.append(moved(f"-{min(number, balance)}", on))
            balance -= min(number, balance)
        elif not size:
            opened[quote] = number, on
            balance += number
        elif size <= balance:
            rows.append(over(f"BTC-{quote}", str(size), since, on))
            balance -= size
            del opened[quote]
    rows += [bought(f"BTC-{quote}", str(size), since) for quote, (size, since) in opened.items()]
    assert sum(one.left for one in parts(*rows).values()) == balance
