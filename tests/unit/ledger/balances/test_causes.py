"""A gap is named by the fault that would make the balances part just so."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from coach.engine.ledger.balances.causes import gaps_of
from coach.model.accounts import RunId
from coach.model.entries.entry import AccountEntry
from coach.model.entries.reconciliation import BalanceGap, BalanceJump, CoinFill
from coach.model.fills import Symbol

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
NUMBERS = (Decimal("0.1"), Decimal(50_000), Decimal(5))
BOUGHT = CoinFill("aa", Symbol("BTC-USD"), "buy", *NUMBERS, "USD", START + HOUR, 0)


def jump(coin: str, amount: str, after: int | None = 0, before: int = 2) -> BalanceJump:
    since = None if after is None else START + after * HOUR
    return BalanceJump(coin, Decimal(amount), since, START + before * HOUR, Decimal(0))


def entry(account: str, quantity: str, coin: str = "BTC") -> AccountEntry:
    amount, at = Decimal(quantity), START + HOUR
    return AccountEntry(
        *("e1", account, "withdrawal", "send", coin, amount), Decimal(0), at, "", RunId("r")
    )


def named(
    *jumps: BalanceJump, fills: Sequence[CoinFill] = (), entries: Sequence[AccountEntry] = ()
) -> list[BalanceGap]:
    return gaps_of("one", jumps, lambda *_: fills, entries)


def cause(
    *jumps: BalanceJump, fills: Sequence[CoinFill] = (), entries: Sequence[AccountEntry] = ()
) -> str:
    (gap,) = named(*jumps, fills=fills, entries=entries)
    return gap.cause


def test_one_coin_for_another_is_a_missing_trade() -> None:
    assert cause(jump("BTC", "0.1"), jump("USD", "-5005")) == "missing_trade"
    fee_in_bnb = jump("BNB", "-0.01")
    assert cause(jump("BTC", "0.1"), jump("USD", "-5000"), fee_in_bnb) == "missing_trade"


def test_coins_that_no_trade_explains_are_missing_rows() -> None:
    assert cause(jump("BTC", "0.1"), jump("USD", "5005")) == "missing_rows"


def test_jumps_at_different_times_are_gaps_of_their_own() -> None:
    found = named(jump("BTC", "0.1", 0, 2), jump("USD", "-5005", 2, 4))
    assert [gap.before for gap in found] == [START + 2 * HOUR, START + 4 * HOUR]


def test_what_would_agree_without_a_fill_is_that_fill() -> None:
    without = (jump("BTC", "-0.1"), jump("USD", "5005"))
    assert cause(*without, fills=[BOUGHT]) == "extra_fill"
    assert cause(*without, fills=[replace(BOUGHT, twins=1)]) == "doubled_fill"
    assert cause(jump("BTC", "-0.1"), jump("USD", "5004"), fills=[BOUGHT]) == "missing_trade"


def test_a_little_of_the_fee_s_coin_is_a_wrong_fee() -> None:
    assert cause(jump("USD", "-2"), fills=[BOUGHT]) == "wrong_fee"
    assert cause(jump("USD", "-500"), fills=[BOUGHT]) == "missing_entry"
    assert cause(jump("USD", "7"), fills=[BOUGHT]) == "missing_entry"
    assert cause(jump("BTC", "-0.00001"), fills=[BOUGHT]) == "missing_entry"


def test_what_another_account_sent_is_a_lost_transfer() -> None:
    assert cause(jump("BTC", "0.3"), entries=[entry("two", "-0.3005")]) == "lost_transfer"
    assert cause(jump("BTC", "-0.3005"), entries=[entry("two", "0.3")]) == "lost_transfer"
    assert cause(jump("BTC", "0.3"), entries=[entry("two", "-0.2")]) == "missing_entry"
    assert cause(jump("BTC", "0.3"), entries=[entry("one", "-0.3")]) == "doubled_entry"
    assert cause(jump("BTC", "0.3"), entries=[entry("two", "-0.3", "ETH")]) == "missing_entry"


def test_what_never_agreed_is_what_was_there_before() -> None:
    assert cause(jump("BTC", "0.3", None)) == "opening"
    found = named(jump("BTC", "0.3", None), jump("USD", "-100", None))
    assert [(gap.cause, len(gap.amounts)) for gap in found] == [("opening", 1), ("opening", 1)]
    assert found[0].after is None


def test_the_first_coins_of_a_kind_go_with_what_was_paid_for_them() -> None:
    (gap,) = named(jump("BTC", "0.1", None), jump("USD", "-5005"))
    assert (gap.cause, gap.after) == ("missing_trade", START)
    assert len(named(jump("BTC", "0.1", None), jump("USD", "5005"))) == 2


def test_of_several_fills_the_fee_is_wrong_that_is_right_at_the_rate_of_others() -> None:
    """Half of 0.1 % was counted for the second; the first is so large that it could be about it."""
    large = replace(BOUGHT, key="large", quantity=Decimal(10), fee=Decimal(500))
    small = replace(BOUGHT, key="small", fee=Decimal("2.5"))
    other = replace(BOUGHT, key="other", quantity=Decimal(1), fee=Decimal(50))
    for fills in ([large, small, other], [other, large, small]):
        (gap,) = named(jump("USD", "-2.5"), fills=fills)
        assert (gap.cause, gap.fill) == ("wrong_fee", small)


def test_next_to_nothing_is_no_fee_of_one_who_paid_nothing_elsewhere() -> None:
    free = replace(BOUGHT, key="free", quantity=Decimal(10), fee=Decimal(0))
    halved = replace(BOUGHT, key="halved", fee=Decimal("2.5"))
    gift = replace(BOUGHT, key="gift", quantity=Decimal("0.001"), fee=Decimal(0))
    (gap,) = named(
        jump("USD", "-2.5"), fills=[free, halved, gift, replace(BOUGHT, fee=Decimal(13))]
    )
    assert gap.fill == halved


def test_fills_before_the_span_tell_what_is_paid() -> None:
    """Both in the span could be it: only what was paid before says which."""
    large = replace(BOUGHT, key="large", quantity=Decimal(10), fee=Decimal(0))
    small = replace(BOUGHT, key="small", fee=Decimal("2.5"))
    before = replace(BOUGHT, key="other", quantity=Decimal(1), fee=Decimal(50), at=START - HOUR)

    def near(_: object, span: tuple[datetime, datetime]) -> list[CoinFill]:
        return [one for one in (large, small, before) if span[0] < one.at <= span[1]]

    (gap,) = gaps_of("one", [jump("USD", "-2.5")], near, ())
    assert gap.fill == small


def test_the_rate_of_a_third_coin_is_compared_too() -> None:
    """Fees in BNB: one of 0.001 for 5000 USD, one of 0.002 for 10000, and one too small by half."""
    paid = [("0.1", "0.001"), ("0.2", "0.002"), ("0.4", "0.002")]
    fills = [
        replace(BOUGHT, key=q, quantity=Decimal(q), fee=Decimal(fee), fee_currency="BNB")
        for q, fee in paid
    ]
    (gap,) = named(jump("BNB", "-0.002"), fills=fills)
    assert (gap.cause, gap.fill) == ("wrong_fee", fills[2])


def test_a_trade_that_was_there_twice_is_named_where_balances_are_stated_once() -> None:
    without = (jump("BTC", "-0.1", None), jump("USD", "5005", None), jump("SOL", "3", None))
    found = named(*without, fills=[BOUGHT])
    assert [(gap.cause, len(gap.amounts), gap.after) for gap in found] == [
        ("extra_fill", 2, None),
        ("opening", 1, None),
    ]


def test_a_fee_in_a_third_coin_belongs_to_it() -> None:
    in_bnb = replace(BOUGHT, fee=Decimal("0.01"), fee_currency="BNB")
    without = (jump("BTC", "-0.1", None), jump("USD", "5000", None), jump("BNB", "0.01", None))
    assert cause(*without, fills=[in_bnb]) == "extra_fill"


def test_a_missing_trade_is_named_where_its_price_fits_others() -> None:
    """At 50,000, as the other: 0.3 BTC for 15,020 USD may be one, for 1,000 or 30,000 not."""
    lacking = jump("BTC", "0.3", None)
    assert cause(lacking, jump("USD", "-15020", None), fills=[BOUGHT]) == "missing_trade"
    assert cause(jump("BTC", "-0.3", None), jump("USD", "15020", None), fills=[BOUGHT]) == (
        "missing_trade"
    )
    for amount in ("-1000", "-30000", "15020"):
        found = named(lacking, jump("USD", amount, None), fills=[BOUGHT])
        assert [gap.cause for gap in found] == ["opening", "opening"]


def test_coins_that_are_first_stated_at_different_times_may_be_of_one_trade() -> None:
    (gap,) = named(jump("BTC", "0.3", None), jump("USD", "-15020", None, 3), fills=[BOUGHT])
    assert (gap.cause, gap.before) == ("missing_trade", START + 2 * HOUR)
    late = replace(BOUGHT, at=START + 3 * HOUR)
    without = (jump("BTC", "-0.1", None), jump("USD", "5005", None, 4))
    assert cause(*without, fills=[BOUGHT]) == "extra_fill"
    assert [gap.cause for gap in named(*without, fills=[late])] == ["missing_trade"]


def test_a_price_of_other_coins_fits_nothing() -> None:
    eth = replace(BOUGHT, symbol=Symbol("ETH-USD"))
    found = named(jump("BTC", "0.3", None), jump("USD", "-15020", None), fills=[eth])
    assert [gap.cause for gap in found] == ["opening", "opening"]


def test_a_doubled_fill_is_named_beside_an_entry_that_is_there_twice() -> None:
    """Both between the same two balances."""
    without = (jump("BTC", "-0.1"), jump("USD", "5005"), jump("ETH", "-2"))
    found = named(*without, fills=[BOUGHT], entries=[entry("one", "2", "ETH")])
    assert [gap.cause for gap in found] == ["extra_fill", "doubled_entry"]


def test_a_wrong_fee_is_named_beside_an_entry_that_is_there_twice() -> None:
    without = (jump("USD", "-2"), jump("ETH", "-2"))
    found = named(*without, fills=[BOUGHT], entries=[entry("one", "2", "ETH")])
    assert {gap.cause for gap in found} == {"wrong_fee", "doubled_entry"}


def test_what_was_sent_away_as_it_was_bought_leaves_a_missing_trade() -> None:
    lacking = (jump("BTC", "0.3"), jump("USD", "-15020"))
    assert cause(*lacking, entries=[entry("one", "-0.3")]) == "missing_trade"


def test_an_entry_that_fits_to_the_last_digit_is_named_before_a_fee_that_may_be_wrong() -> None:
    doubled = [entry("one", "2", "USD")]
    assert cause(jump("USD", "-2"), fills=[BOUGHT], entries=doubled) == "doubled_entry"
    lost = [entry("two", "-2", "USD")]
    assert cause(jump("USD", "2"), fills=[BOUGHT], entries=lost) == "lost_transfer"
