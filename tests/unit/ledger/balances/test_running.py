"""What is held of each coin, moment by moment, is the sum of all that moved it up to then."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from coach.engine.ledger.balances.running import (
    SMALLEST,
    BalanceEvent,
    BalanceFill,
    run,
)
from coach.model.accounts import AccountId

START = datetime(2026, 1, 1, tzinfo=UTC)
COINS = ("BTC", "ETH", "EUR")
Leg = tuple[datetime, str, Decimal, bool]


def moment(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


fills = st.lists(
    st.builds(
        lambda minute, pair, is_buy, amounts, coin: (
            *(moment(minute), AccountId(1), pair, is_buy),
            *(str(Decimal(one).scaleb(-2)) for one in amounts),
            coin,
        ),
        st.integers(0, 5),
        st.sampled_from(["BTC-EUR", "ETH-EUR", "ETH-BTC"]),
        st.booleans(),
        st.tuples(st.integers(1, 300), st.integers(1, 300), st.integers(-3, 3)),
        st.sampled_from(COINS),
    ),
    max_size=12,
)
events = st.lists(
    st.builds(
        lambda minute, coin, cents: BalanceEvent(
            moment(minute), AccountId(1), coin, Decimal(cents).scaleb(-2)
        ),
        st.integers(0, 5),
        st.sampled_from(COINS),
        st.integers(-900, 900),
    ),
    max_size=6,
)


def legs(told: list[BalanceFill], entries: list[BalanceEvent]) -> list[Leg]:
    """Write everything as changes of one coin each; the last field says that a fill made it."""
    found: list[Leg] = []
    for at, _, symbol, is_buy, quantity, price, fee, fee_coin in told:
        base, quote = symbol.split("-")
        sign = 1 if is_buy else -1
        found += [
            (at, base, sign * Decimal(quantity), True),
            (at, quote, -sign * Decimal(quantity) * Decimal(price), True),
        ]
        found += [(at, fee_coin, -Decimal(fee), True)] if Decimal(fee) else []
    return found + [(one.at, one.coin, one.change or Decimal(0), False) for one in entries]


def below(changes: list[Leg]) -> tuple[datetime, Decimal] | None:
    for at in sorted({one[0] for one in changes}):
        so_far = [one for one in changes if one[0] <= at]
        balance = sum((one[2] for one in so_far), Decimal(0))
        if balance < -SMALLEST * (sum(one[3] for one in so_far) + 1):
            return at, balance
    return None


@given(fills, events)
def test_it_is_what_all_changes_add_up_to(
    told: list[BalanceFill], entries: list[BalanceEvent]
) -> None:
    stated = [BalanceEvent(moment(3), AccountId(1), "BTC", None, (("", Decimal(7)),))]
    found = run(sorted(told, key=lambda one: one[0]), [*entries, *stated])
    changes = legs(told, entries)
    assert {coin for _, coin in found} == {one[1] for one in changes} | {"BTC"}
    for (_, coin), one in found.items():
        own = [change for change in changes if change[1] == coin]
        assert one.balance == sum((change[2] for change in own), Decimal(0))
        assert one.balance == one.fills + one.fees + one.entries
        assert one.derived == sum(change[3] for change in own)
        assert one.last == max((change[0] for change in own), default=None)
        assert one.below == below(own)
    [point] = found[AccountId(1), "BTC"].checkpoints
    until = [one for one in changes if one[1] == "BTC" and one[0] <= moment(3)]
    assert point.balance == sum((one[2] for one in until), Decimal(0))
    assert point.derived == sum(one[3] for one in until)


def test_what_was_only_stated_is_a_coin_too() -> None:
    stated = BalanceEvent(START, AccountId(1), "BTC", None, (("spot", Decimal(2)),))
    found = run([], [stated])
    assert found.keys() == {(AccountId(1), "BTC")}
    assert found[AccountId(1), "BTC"].checkpoints[0].stated == (("spot", Decimal(2)),)
