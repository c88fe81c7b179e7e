"""A transaction of a wallet, as Coinbase documents it, becomes an entry or is named for what it is.

No answer here was recorded: all are made up after the fields that Coinbase's pages describe.
"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.brokers.coinbase.transactions import (
    AS_WRITTEN,
    OTHERWISE,
    ReadTransaction,
    read_transaction,
    trimmed,
)
from coach.model.entries.kinds import entry_kind
from coach.model.movements import Movement

AT = datetime(2026, 2, 3, 10, 15, tzinfo=UTC)


def made(**changes: object) -> dict[str, object]:
    return {
        "id": "0c8b6f1a-1111-5222-8333-444455556666",
        "type": "send",
        "status": "completed",
        "amount": {"amount": "-0.00530000", "currency": "BTC"},
        "native_amount": {"amount": "-318.00", "currency": "USD"},
        "description": None,
        "created_at": "2026-02-03T10:15:00Z",
        "resource": "transaction",
        "resource_path": "/v2/accounts/a/transactions/t",
        "to": {"resource": "bitcoin_address", "address": "bc1q-made-up"},
        **changes,
    }


def read(**changes: object) -> ReadTransaction:
    return read_transaction(trimmed(made(**changes)))


def test_a_send_is_what_the_balance_changed_by_with_the_fee_of_the_network_inside() -> None:
    network = {
        "status": "confirmed",
        "transaction_fee": {"amount": "0.00030000", "currency": "BTC"},
        "transaction_amount": {"amount": "0.00500000", "currency": "BTC"},
    }
    one = read(network=network)
    name = "0c8b6f1a-1111-5222-8333-444455556666"
    assert one.movement == Movement("BTC", Decimal("-0.0053"), AT, Decimal("0.0003"), name)
    assert (one.sense, one.word) == ("entry", "send")


@pytest.mark.parametrize(
    "fee",
    [
        {"amount": "0.1", "currency": "ETH"},
        {"amount": "0.0054", "currency": "BTC"},
        {"amount": "-0.1", "currency": "BTC"},
        {"amount": "x", "currency": "BTC"},
        "0.1",
        None,
    ],
)
def test_a_fee_that_is_no_part_of_the_amount_is_not_taken_out_of_it(fee: object) -> None:
    moved = read(network={"transaction_fee": fee}).movement
    assert moved is not None
    assert (moved.quantity, moved.fee) == (Decimal("-0.0053"), Decimal(0))


@pytest.mark.parametrize(
    ("kind", "amount", "meaning"),
    [
        ("fiat_deposit", "100", "deposit"),
        ("fiat_withdrawal", "-100", "withdrawal"),
        ("send", "0.5", "deposit"),
        ("send", "-0.5", "withdrawal"),
        ("receive", "0.5", "deposit"),
        ("exchange_deposit", "-1", "withdrawal"),
        ("pro_withdrawal", "1", "deposit"),
        ("intx_deposit", "-1", "withdrawal"),
        ("vault_withdrawal", "1", "deposit"),
        ("transfer", "1", "transfer"),
        ("staking_transfer", "-1", "transfer"),
        ("unstaking_transfer", "1", "transfer"),
        ("staking_reward", "0.1", "reward"),
        ("inflation_reward", "0.1", "reward"),
        ("earn_payout", "0.1", "reward"),
        ("incentives_rewards_payout", "5", "reward"),
        ("incentives_shared_clawback", "-5", "adjustment"),
        ("clawback", "-5", "adjustment"),
        ("subscription_rebate", "5", "reward"),
        ("subscription", "-29.99", "fee"),
        ("interest", "0.1", "interest"),
        ("trade", "-500", "convert"),
        ("wrap_asset", "-1", "rename"),
        ("unwrap_asset", "1", "rename"),
        ("retail_simple_dust", "-0.001", "dust"),
        ("derivatives_settlement", "-3", "settlement"),
        ("cardspend", "-3", "fee"),
    ],
)
def test_each_type_that_is_known_has_a_kind(kind: str, amount: str, meaning: str) -> None:
    one = read(type=kind, amount={"amount": amount, "currency": "ADA"})
    assert one.sense == "entry"
    assert one.movement is not None
    assert entry_kind(one.word, one.movement.quantity) == meaning


def test_every_word_can_be_stored_and_none_is_both_written_and_translated() -> None:
    assert not AS_WRITTEN & OTHERWISE.keys()
    assert all(one.replace("_", " ").isprintable() for one in (*AS_WRITTEN, *OTHERWISE.values()))


@pytest.mark.parametrize(
    ("changes", "sense", "word"),
    [
        ({"type": "advanced_trade_fill"}, "fill", "advanced_trade_fill"),
        ({"type": "advanced_trade_fill", "amount": None}, "fill", "advanced_trade_fill"),
        ({"type": "buy"}, "trade", "buy"),
        ({"type": "sell"}, "trade", "sell"),
        ({"type": "fcm_futures_usdc_sell"}, "trade", "fcm futures usdc sell"),
        ({"type": "tx"}, "unknown", "tx"),
        ({"type": "request"}, "unknown", "request"),
        ({"type": "lending_premium"}, "unknown", "lending_premium"),
        ({"type": ""}, "unknown", "?"),
        ({"type": None}, "unknown", "?"),
        ({"status": "pending"}, "pending", "send"),
        ({"status": "waiting_for_clearing"}, "pending", "send"),
        ({"status": "waiting_for_signature"}, "pending", "send"),
        ({"status": "reviewing"}, "pending", "status reviewing"),
        ({"status": None}, "pending", "status ?"),
        ({"status": "failed"}, "void", "failed"),
        ({"status": "canceled"}, "void", "canceled"),
        ({"status": "expired"}, "void", "expired"),
        ({"amount": None}, "unreadable", "amount"),
        ({"amount": {"amount": "1e99", "currency": "BTC"}}, "unreadable", "amount"),
        ({"amount": {"amount": "1", "currency": ""}}, "unreadable", "amount"),
        ({"amount": {"amount": "1" * 300, "currency": "BTC"}}, "unreadable", "amount"),
        ({"created_at": "yesterday"}, "unreadable", "created_at"),
        ({"id": ""}, "unreadable", "id"),
        ({"id": "../../key_permissions"}, "unreadable", "id"),
        ({"id": "7" * 300}, "unreadable", "id"),
    ],
)
def test_what_is_no_entry_is_told_for_what_it_is(
    changes: dict[str, object], sense: str, word: str
) -> None:
    one = read(**changes)
    assert (one.sense, one.word) == (sense, word)


def test_of_a_transaction_only_what_is_read_is_kept() -> None:
    kept = trimmed(
        made(network={"transaction_fee": {"amount": "1", "currency": "BTC"}, "hash": "h"})
    )
    assert {*kept} == {"id", "type", "status", "created_at", "amount", "network"}
    assert kept["network"] == {"transaction_fee": {"amount": "1", "currency": "BTC"}}
    assert "bc1q" not in repr(kept)


JUNK = st.recursive(
    st.none() | st.booleans() | st.text(max_size=8) | st.integers() | st.decimals(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["amount", "currency", "transaction_fee"]), inner)
    ),
    max_leaves=6,
)
NAMES = ["id", "type", "status", "amount", "created_at", "network"]


@given(st.dictionaries(st.sampled_from(NAMES), JUNK))
def test_no_answer_raises(raw: dict[str, object]) -> None:
    one = read_transaction(trimmed(made(**raw)))
    assert one.movement is None or one.movement.reference == one.id
