"""A transaction of a Coinbase wallet in our words: an entry, or what else it is.

`amount` is what the wallet's balance changed by, the fee of the network included; Coinbase's own
word for the transaction (`type`) is kept with blanks. A convert and a fill stand in the lists of
both wallets, each with an id of its own. What a type means is never guessed: beside those that
Coinbase documents, or that several programs met, a transaction is named and not read.
"""

import re
from decimal import Decimal
from typing import Literal, NamedTuple

from coach.brokers.base import LONGEST_ID, kind_of
from coach.brokers.bounds import read_number
from coach.brokers.coinbase.reading import BrokerTime, read_moment
from coach.brokers.entries import RawTransaction
from coach.model.coins import coin_name
from coach.model.movements import Movement

TransactionSense = Literal["entry", "fill", "trade", "pending", "void", "unknown", "unreadable"]
"""entry: it moved coins · fill: it stands among the fills · trade: a buy or a sell of the app
pending: not in force yet, or in a status unheard of · void: never in force
unknown: of a type unheard of."""

FILLS = frozenset({"advanced_trade_fill"})
TRADES = frozenset({"buy", "sell", "fcm_futures_usdc_sell"})
AS_WRITTEN = frozenset(
    {
        *("fiat_deposit", "fiat_withdrawal", "send", "receive", "transfer", "vault_withdrawal"),
        *("exchange_deposit", "exchange_withdrawal", "pro_deposit", "pro_withdrawal"),
        *("intx_deposit", "intx_withdrawal", "staking_transfer", "unstaking_transfer"),
        *("staking_reward", "inflation_reward", "interest", "earn_payout", "subscription"),
        *("incentives_rewards_payout", "subscription_rebate", "wrap_asset", "unwrap_asset"),
        *("retail_simple_dust", "clawback", "incentives_shared_clawback"),
        *("derivatives_settlement", "unsupported_asset_recovery"),
    }
)
OTHERWISE = {"trade": "convert", "cardspend": "card spend", "cardbuyback": "card buy back"}
"""Types that go by the words of the transaction history."""
IN_FORCE = "completed"
NOT_YET = frozenset({"pending", "waiting_for_clearing", "waiting_for_signature"})
NEVER = frozenset({"canceled", "cancelled", "expired", "failed"})
ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)
"""An id becomes a part of a path."""
KEPT = ("id", "type", "status", "created_at")
LONGEST_CELL = LONGEST_ID + 1
"""One sign more than is read: what was cut off is too long all the same."""


class ReadTransaction(NamedTuple):
    """A transaction as it was read; `word` names its type, or the field that cannot be read.

    `movement` is there where the transaction can be read, in force or not.
    """

    id: str
    sense: TransactionSense
    word: str
    at: BrokerTime | None
    movement: Movement | None = None


def trimmed(raw: RawTransaction) -> RawTransaction:
    """Return what is read of a transaction: no address, no name and no note is kept."""
    found: RawTransaction = {name: str(raw.get(name) or "")[:LONGEST_CELL] for name in KEPT}
    found["amount"] = _money(raw.get("amount"))
    network = raw.get("network")
    if isinstance(network, dict) and network.get("transaction_fee") is not None:
        found["network"] = {"transaction_fee": _money(network["transaction_fee"])}
    return found


def read_transaction(raw: RawTransaction) -> ReadTransaction:
    """Return what a transaction is; nothing is raised for a bad one."""
    name, kind, status = (_word(raw.get(field)) for field in ("id", "type", "status"))
    at = read_moment(raw.get("created_at"))
    if not ID.fullmatch(name):
        return ReadTransaction("", "unreadable", "id", at)
    if kind in FILLS:
        return ReadTransaction(name, "fill", kind, at)
    if status in NEVER:
        return ReadTransaction(name, "void", kind_of(status), at)
    coin, quantity = _amount(raw.get("amount"))
    moved = None
    if at is not None and coin and quantity is not None:
        fee = _fee(raw.get("network"), coin, quantity)
        moved = Movement(coin, quantity, at.at, fee, name)
    if status in NOT_YET:
        return ReadTransaction(name, "pending", kind_of(kind.replace("_", " ")), at, moved)
    if status != IN_FORCE:
        return ReadTransaction(name, "pending", kind_of(f"status {status or '?'}"), at, moved)
    return _in_force(name, kind, at, moved)


def _in_force(
    name: str, kind: str, at: BrokerTime | None, moved: Movement | None
) -> ReadTransaction:
    if kind in TRADES:
        return ReadTransaction(name, "trade", kind_of(kind.replace("_", " ")), at, moved)
    if kind not in AS_WRITTEN and kind not in OTHERWISE:
        return ReadTransaction(name, "unknown", kind_of(kind or "?"), at, moved)
    if moved is None:
        return ReadTransaction(name, "unreadable", "amount" if at else "created_at", at)
    word = OTHERWISE.get(kind, kind.replace("_", " "))
    return ReadTransaction(name, "entry", word, at, moved)


def _word(value: object) -> str:
    return value if isinstance(value, str) and value.isprintable() else ""


def _amount(money: object) -> tuple[str, Decimal | None]:
    """Return the coin and the number of an amount."""
    if not isinstance(money, dict):
        return "", None
    return coin_name(str(money.get("currency") or "")), read_number(money.get("amount"))


def _fee(network: object, coin: str, quantity: Decimal) -> Decimal:
    """Return what the network took of a send, where it is a part of the amount."""
    charged = network.get("transaction_fee") if isinstance(network, dict) else None
    of_coin, fee = _amount(charged)
    is_part = of_coin == coin and fee is not None and quantity < 0 and 0 <= fee <= -quantity
    return fee if is_part and fee is not None else Decimal(0)


def _money(value: object) -> dict[str, object] | None:
    if not isinstance(value, dict):
        return None
    return {name: str(value.get(name))[:LONGEST_CELL] for name in ("amount", "currency")}
