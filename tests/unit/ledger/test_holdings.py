"""A coin is followed through its account, whatever it was bought and sold for."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from coach.engine.ledger.doubts import OpenPosition
from coach.engine.ledger.holdings import HeldPart, still_held
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


def held(*rows: OpenPosition | UnknownBasis | AccountMovement) -> dict[str, str]:
    found = still_held(
        [one for one in rows if isinstance(one, OpenPosition)],
        [one for one in rows if isinstance(one, UnknownBasis)],
        [one for one in rows if isinstance(one, AccountMovement)],
    )
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


def test_a_rest_that_went_as_fees_is_nothing() -> None:
    assert held(bought("BTC-USD", "1", 1), moved("-0.995", 2)) == {"BTC-USD": "0"}
    assert held(bought("BTC-USD", "1", 1), moved("-0.98", 2)) == {"BTC-USD": "0.02"}


def test_a_position_is_over_when_the_last_of_it_leaves() -> None:
    left = [moved("-0.4", 2), moved("-0.6", 4), moved("-1", 6)]
    (part,) = still_held([bought("BTC-USD", "1", 1)], [], left).values()
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
    found = still_held(positions, [], gone)
    lost = sum(one.quantity - found["main", one.symbol].left for one in positions)
    assert all(0 <= found["main", one.symbol].left <= one.quantity for one in positions)
    assert 0 <= lost <= sum(int(quantity) for quantity, _ in left)
