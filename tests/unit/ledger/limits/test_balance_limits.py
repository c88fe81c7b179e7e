"""Where a gap ends to be about a fee, a transfer or rounding: at the limit, and just beyond it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from coach.engine.ledger.balances.causes import changes_of, gaps_of, is_unread
from coach.engine.ledger.balances.gaps import Checkpoint, ComparedCoin, compare
from coach.engine.ledger.balances.transfers import loss, lost, match
from coach.model.accounts import RunId
from coach.model.entries.entry import AccountEntry
from coach.model.entries.reconciliation import BalanceGap, BalanceJump, CoinFill
from coach.model.fills import Symbol

if TYPE_CHECKING:
    from coach.model.entries.kinds import EntryKind

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
BOUGHT = CoinFill(
    *("aa", Symbol("BTC-USD"), "buy", Decimal("0.1"), Decimal(50_000), Decimal(5), "USD"),
    START + HOUR,
    0,
)


def jump(coin: str, amount: str, after: float | None = 0, before: float = 2) -> BalanceJump:
    since = None if after is None else START + after * HOUR
    return BalanceJump(coin, Decimal(amount), since, START + before * HOUR, Decimal(0))


def entry(account: str, quantity: str, at: datetime = START + HOUR, fee: str = "0") -> AccountEntry:
    amount = Decimal(quantity)
    kind: EntryKind = "withdrawal" if amount < 0 else "deposit"
    name = f"{account} {quantity} {at}"
    return AccountEntry(
        name, account, kind, "send", "BTC", amount, Decimal(fee), at, "", RunId("r")
    )


def gap_of(
    *jumps: BalanceJump, fills: Sequence[CoinFill] = (), entries: Sequence[AccountEntry] = ()
) -> BalanceGap:
    (gap,) = gaps_of("one", jumps, lambda *_: fills, entries)
    return gap


@pytest.mark.parametrize(
    ("coin", "amount", "cause"),
    [
        ("USD", "-150", "wrong_fee"),  # three hundredths of 0.1 x 50,000
        ("USD", "-150.01", "missing_entry"),
        ("USD", "5", "wrong_fee"),  # all of the fee was too much
        ("USD", "5.01", "missing_entry"),
    ],
)
def test_a_fee_may_be_wrong_by_three_hundredths_of_the_trade(
    coin: str, amount: str, cause: str
) -> None:
    assert gap_of(jump(coin, amount), fills=[BOUGHT]).cause == cause


@pytest.mark.parametrize(
    ("fee_coin", "amount", "cause"),
    [
        ("BTC", "-0.003", "wrong_fee"),
        ("BTC", "-0.00301", "missing_entry"),
        ("BNB", "-0.02", "wrong_fee"),  # twenty times a fee of 0.001
        ("BNB", "-0.0201", "missing_entry"),
    ],
)
def test_a_fee_in_a_coin_is_measured_in_that_coin(fee_coin: str, amount: str, cause: str) -> None:
    fill = replace(BOUGHT, fee=Decimal("0.001"), fee_currency=fee_coin)
    assert gap_of(jump(fee_coin, amount), fills=[fill]).cause == cause


def test_a_fill_changes_both_coins_and_that_of_its_fee() -> None:
    assert changes_of(BOUGHT) == {"BTC": Decimal("0.1"), "USD": Decimal(-5005)}
    sold = replace(BOUGHT, side="sell", fee=Decimal(2), fee_currency="BNB")
    assert changes_of(sold) == {"BTC": Decimal("-0.1"), "USD": 5000, "BNB": -2}


def test_a_fill_undoes_what_rounding_allows() -> None:
    rounded = jump("USD", "5004")._replace(allowance=Decimal(1))
    assert gap_of(jump("BTC", "-0.1"), rounded, fills=[BOUGHT]).cause == "extra_fill"
    too_far = rounded._replace(amount=Decimal("5003.99"))
    assert gap_of(jump("BTC", "-0.1"), too_far, fills=[BOUGHT]).cause == "missing_trade"


def test_three_coins_are_a_trade_with_its_fee_and_four_are_not() -> None:
    three = jump("BTC", "1"), jump("USD", "-9"), jump("BNB", "-1")
    assert gap_of(*three).cause == "missing_trade"
    assert gap_of(*three, jump("ETH", "-1")).cause == "missing_rows"


def test_jumps_of_neighbouring_spans_are_two_gaps() -> None:
    found = gaps_of("one", [jump("BTC", "1", 0, 2), jump("USD", "-9", 2, 4)], lambda *_: (), ())
    assert [(gap.after, gap.before) for gap in found] == [
        (START, START + 2 * HOUR),
        (START + 2 * HOUR, START + 4 * HOUR),
    ]


def test_gaps_are_told_by_when_each_showed_first() -> None:
    """The first shows at 3, although its other coin was stated at 9; then the same coin at 5."""
    wide = jump("BTC", "1", 0, 3), jump("USD", "-9", 0, 9)
    found = gaps_of("one", [jump("BTC", "1", 3, 5), *wide], lambda *_: (), ())
    assert [gap.before for gap in found] == [START + 3 * HOUR, START + 5 * HOUR]


def test_what_never_agreed_is_no_part_of_a_gap_that_begins_where_it_was_stated() -> None:
    jumps = [jump("BTC", "0.1", 2, 4), jump("USD", "-5005", None, 2)]
    assert len(gaps_of("one", jumps, lambda *_: (), ())) == 2


def test_a_gap_lies_where_its_jumps_overlap() -> None:
    asked: list[tuple[datetime, datetime]] = []

    def fills_near(_: Sequence[BalanceJump], span: tuple[datetime, datetime]) -> Sequence[CoinFill]:
        asked.append(span)
        return ()

    (gap,) = gaps_of("one", [jump("BTC", "1", 0, 3), jump("USD", "-9", 1, 4)], fills_near, ())
    assert (gap.after, gap.before) == (START + HOUR, START + 3 * HOUR)
    assert {*asked} == {(START + HOUR, START + 4 * HOUR)}


@pytest.mark.parametrize(
    ("at", "cause"),
    [
        (START, "missing_entry"),
        (START + TICK, "doubled_entry"),
        (START + 2 * HOUR, "doubled_entry"),
        (START + 2 * HOUR + TICK, "missing_entry"),
    ],
)
def test_an_entry_is_doubled_within_the_span_alone(at: datetime, cause: str) -> None:
    assert gap_of(jump("BTC", "0.3"), entries=[entry("one", "-0.3", at)]).cause == cause


@pytest.mark.parametrize(
    ("amount", "sent", "cause"),
    [
        ("0.29", entry("two", "-0.3", fee="0.01"), "lost_transfer"),  # the fee was on the way
        ("-0.31", entry("two", "0.3", fee="0.01"), "missing_entry"),  # of an arrival it was not
        ("0.3", entry("two", "0.3"), "missing_entry"),
        ("0.3", entry("two", "0"), "missing_entry"),
    ],
)
def test_a_stated_fee_belongs_to_the_withdrawal(
    amount: str, sent: AccountEntry, cause: str
) -> None:
    assert gap_of(jump("BTC", amount), entries=[sent]).cause == cause


@pytest.mark.parametrize(
    ("sent_at", "cause"),
    [
        (START - 72 * HOUR, "lost_transfer"),
        (START - 72 * HOUR - TICK, "missing_entry"),
        (START + 74 * HOUR, "lost_transfer"),
        (START + 74 * HOUR + TICK, "missing_entry"),
    ],
)
def test_what_was_sent_arrives_within_three_days(sent_at: datetime, cause: str) -> None:
    assert gap_of(jump("BTC", "0.3"), entries=[entry("two", "-0.3", sent_at)]).cause == cause


@pytest.mark.parametrize(
    ("at", "unread"),
    [
        (START, True),
        (START + TICK, False),
        (START + 2 * HOUR, False),
        (START + 2 * HOUR + TICK, True),
    ],
)
def test_a_gap_in_which_entries_were_told_was_read(at: datetime, unread: bool) -> None:
    assert is_unread(gap_of(jump("BTC", "0.3")), [entry("one", "1", at)]) is unread
    others = [entry("two", "1", START + HOUR), entry("one", "1", START - HOUR)]
    assert is_unread(gap_of(jump("BTC", "0.3")), [*others, entry("one", "1", at)]) is unread


def test_a_gap_with_a_named_cause_was_read_and_one_from_the_beginning_takes_every_entry() -> None:
    assert not is_unread(gap_of(jump("USD", "-2"), fills=[BOUGHT]), [])
    first = gap_of(jump("BTC", "0.3", None))
    assert is_unread(first, [])
    assert not is_unread(first, [entry("one", "1", datetime(1970, 2, 1, tzinfo=UTC))])


@pytest.mark.parametrize(
    ("fee", "arrived", "missing"),
    [
        ("0", "1", "0"),
        ("0", "0.98", "0.02"),
        ("0", "0.9799", None),
        ("0", "1.0001", None),
        ("0.1", "0.88", "0.02"),
        ("0.1", "0.8799", None),
        ("0.1", "1", "0.1"),  # the sender's broker paid the fee
    ],
)
def test_a_transfer_loses_two_hundredths_beyond_its_fee(
    fee: str, arrived: str, missing: str | None
) -> None:
    found = lost(Decimal(-1), Decimal(fee), Decimal(arrived))
    assert found == (None if missing is None else Decimal(missing))


@pytest.mark.parametrize(
    ("later", "is_pair"),
    [
        (-HOUR, True),
        (-HOUR - TICK, False),
        (72 * HOUR, True),
        (72 * HOUR + TICK, False),
    ],
)
def test_an_arrival_is_an_hour_early_or_three_days_late_at_most(
    later: timedelta, is_pair: bool
) -> None:
    found = loss(entry("one", "-1", START), entry("two", "1", START + later))
    assert found == (Decimal(0) if is_pair else None)


def test_what_loses_least_is_the_pair_and_then_what_was_quickest() -> None:
    left = entry("one", "-1", START)
    found = match([left, entry("two", "0.99", START), entry("three", "1", START + 2 * HOUR)])
    assert [one.receiver for one in found.transfers] == ["three"]
    early, late = entry("two", "1", START - HOUR / 2), entry("three", "1", START + HOUR)
    found = match([left, late, early])
    [pair] = found.transfers
    assert (pair.receiver, pair.sent, pair.received) == ("two", Decimal(1), Decimal(1))
    assert found.lone == (late,)


def point(hour: int, books: str, *stated: str, derived: int = 0) -> Checkpoint:
    told = tuple(("", Decimal(one)) for one in stated)
    return Checkpoint(START + hour * HOUR, Decimal(books), derived, told)


def compared(*points: Checkpoint) -> ComparedCoin:
    found = compare("USD", points)
    assert found is not None
    return found


def amounts(*points: Checkpoint) -> list[str]:
    return [str(one.amount) for one in compared(*points).jumps]


def test_half_a_unit_for_each_derived_side_since_the_last_balance_is_rounding() -> None:
    assert amounts(point(1, "1.005", "1.00", derived=1)) == []
    assert amounts(point(1, "1.0051", "1.00", derived=1)) == ["-0.0051"]
    before = point(1, "1", "1.00", derived=3)
    assert amounts(before, point(2, "2.005", "2.00", derived=4)) == []
    (one,) = compared(before, point(2, "2.006", "2.00", derived=4)).jumps
    assert (one.amount, one.allowance, one.after) == (
        Decimal("-0.006"),
        Decimal("0.005"),
        START + HOUR,
    )


def test_the_unit_is_that_of_the_most_precise_balance() -> None:
    points = point(1, "1.004", "1", derived=1), point(2, "2.000", "2.000", derived=1)
    assert [one.allowance for one in compared(*points).jumps] == [Decimal("0.0005"), 0]


def test_of_two_balances_as_near_the_first_counts() -> None:
    assert amounts(point(1, "5", "4", "6")) == ["-1"]


@pytest.mark.parametrize(("wallets", "stated"), [(6, 12), (7, 7)])
def test_of_many_wallets_at_one_time_the_last_balance_of_each_counts(
    wallets: int, stated: int
) -> None:
    """Each states 3, then 2, then 1, and the books hold 2 of each."""
    told = tuple((f"w{n}", Decimal(one)) for n in range(wallets) for one in (3, 2, 1))
    found = compared(Checkpoint(START, Decimal(2 * wallets), 0, told))
    assert found.stated == stated


def test_a_balance_of_every_wallet_stands_beside_that_of_each() -> None:
    both = Checkpoint(
        START, Decimal(5), 0, (("*", Decimal(5)), ("S", Decimal(2)), ("", Decimal(3)))
    )
    later = Checkpoint(START + HOUR, Decimal(4), 0, (("S", Decimal(1)),))
    assert [one.amount for one in compared(both, later).jumps] == []
