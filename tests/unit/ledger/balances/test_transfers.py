"""Transfers between accounts of one owner are matched, and nothing else is."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from coach.engine.ledger.balances.transfers import match
from coach.model.accounts import RunId
from coach.model.entries.entry import AccountEntry
from coach.model.entries.kinds import entry_kind

START = datetime(2026, 1, 1, tzinfo=UTC)


def entry(account: str, quantity: str, hours: float = 0, fee: str = "0") -> AccountEntry:
    amount = Decimal(quantity)
    word = "deposit" if amount > 0 else "withdrawal"
    name = f"{account}{quantity}@{hours}"
    at = START + timedelta(hours=hours)
    kind = entry_kind(word, amount)
    return AccountEntry(name, account, kind, word, "BTC", amount, Decimal(fee), at, "", RunId("r"))


def test_what_left_and_arrived_less_the_network_fee_is_a_transfer() -> None:
    found = match([entry("one", "-1.0005", fee="0.0005"), entry("two", "1", 2)])
    (transfer,) = found.transfers
    assert (transfer.sender, transfer.receiver) == ("one", "two")
    assert transfer.sent - transfer.received == Decimal("0.0005")
    assert found.lone == ()


@pytest.mark.parametrize(
    "arrived",
    [
        entry("two", "1.1", 1),
        entry("two", "0.97", 1),
        entry("two", "1", 73),
        entry("two", "1", -2),
        entry("one", "1", 1),
    ],
    ids=["more", "too little", "too late", "before it left", "the same account"],
)
def test_what_cannot_be_the_other_side_is_not_matched(arrived: AccountEntry) -> None:
    left = entry("one", "-1")
    found = match([left, arrived])
    assert found.transfers == ()
    assert set(found.lone) == {left, arrived}


def test_the_pair_that_loses_least_counts_first() -> None:
    sent = [entry("one", "-1"), entry("one", "-0.995", 1)]
    found = match([*sent, entry("two", "0.995", 2), entry("two", "0.999", 3)])
    pairs = [(str(one.sent), str(one.received)) for one in found.transfers]
    assert pairs == [("1", "0.999"), ("0.995", "0.995")]


def test_an_entry_is_the_side_of_one_transfer_alone() -> None:
    found = match([entry("one", "-1"), entry("two", "1", 1), entry("three", "1", 2)])
    assert [one.receiver for one in found.transfers] == ["two"]
    assert [one.account for one in found.lone] == ["three"]
