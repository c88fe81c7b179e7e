"""What coach reconcile says below its table, and what its other tables hold."""

from datetime import UTC, datetime
from decimal import Decimal

from coach.cli.entries.reconcile import answer
from coach.model.accounts import AccountId
from coach.model.entries.reconciliation import (
    BalanceGap,
    CoinBalance,
    CoinFill,
    CoinSums,
    OwnTransfer,
    Reconciliation,
)
from coach.model.fills import Symbol

NINE, TEN = datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC)
NUMBERS = (Decimal("0.1"), Decimal(50_000), Decimal(5))
FILL = CoinFill("aa", Symbol("BTC-USD"), "buy", *NUMBERS, "USD", TEN, 1)
LACKS = (("BTC", Decimal("-0.1")), ("USD", Decimal(5005)))
DOUBLED = BalanceGap("one", "doubled_fill", LACKS, NINE, TEN, FILL)
NO_SHORTS = False
FEE = BalanceGap("one", "wrong_fee", (("USD", Decimal("-1.5")),), None, TEN, FILL)
TRANSFER = OwnTransfer("BTC", "one", "two", Decimal("1.0005"), Decimal(1), NINE, TEN)


def balance(status: str = "gap") -> CoinBalance:
    figures = (Decimal(-5), Decimal(-5), Decimal(0), Decimal(0))
    sums = CoinSums(AccountId(1), "one", NO_SHORTS, "USD", *figures, TEN)
    if status == "trades_only":
        return CoinBalance(sums, None, None, None, "trades_only")
    return CoinBalance(sums, Decimal(3), TEN, Decimal(8), "gap")


def test_a_gap_is_told_with_both_its_dates_and_what_it_looks_like() -> None:
    found = answer(Reconciliation((balance(),), (DOUBLED, FEE), (), ()), "Asia/Tokyo")
    doubled, fee = found.below
    assert doubled == (
        "one  2026-03-02 18:00 to 2026-03-02 19:00  a fill is counted twice: buy 0.1 BTC-USD @"
        " 50000 (-0.1 BTC, +5005 USD)"
    )
    assert fee == (
        "one  by 2026-03-02 19:00  the fee of a fill is not what was charged: buy 0.1 BTC-USD @"
        " 50000, fee 5 USD (-1.5 USD)"
    )


def test_the_table_of_gaps_has_what_json_has() -> None:
    found = answer(Reconciliation((), (DOUBLED,), (), ()), table="gaps")
    assert found.table is not None
    (row,) = found.table.rows
    assert (row["cause"], row["fill_id"]) == ("doubled_fill", "aa")
    assert row["amounts"] == {"BTC": "-0.1", "USD": "5005"}
    assert isinstance(found.data, dict)
    assert (found.data["complete"], found.data["gaps"]) == (False, [row])


def test_a_transfer_is_shown_with_its_network_fee() -> None:
    found = answer(Reconciliation((), (), (TRANSFER,), ()), table="transfers")
    assert found.table is not None
    assert found.table.rows[0]["network_fee"] == "0.0005"
    assert answer(Reconciliation((), (), (TRANSFER,), ())).below == (
        "transfers between your accounts: 1 (--transfers)",
    )


def test_an_account_of_which_only_trades_are_known_says_so() -> None:
    found = answer(Reconciliation((balance("trades_only"),), (), (), ()))
    assert found.below == ("one: only trades are known; import its deposits and withdrawals, too",)


def test_what_was_stated_is_shown_with_its_time() -> None:
    found = answer(Reconciliation((balance(),), (), (), ()))
    assert found.table is not None
    titles = [one.title for one in found.table.columns if one.title]
    assert titles[titles.index("stated") + 1] == "as of"
