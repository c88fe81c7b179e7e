"""Connecting an account to its broker, and reading from it.

A key, or a grant, is sealed in the database. A key that an older coach left in a private file is
read from there until it is sealed, which the first command does that has the key of keys. Nothing
here holds a database transaction: a broker may take its time.
"""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coach.engine.store.accounts import BrokerConnection
from coach.engine.store.vault.sealed_secrets import SecretPlace, account_owner
from coach.errors import ConfigError
from coach.model.accounts import Account, UserId
from coach.model.machine.inputs import read_small_text
from coach.model.machine.secrets import Secret
from coach.model.times import microseconds

if TYPE_CHECKING:
    from coach.brokers.adapter import OpenBroker
    from coach.brokers.net.budget import RequestBudget
    from coach.brokers.oauth.grant import OAuthGrant
    from coach.engine.hot.base import HotStore
    from coach.engine.keyring.keyring import Keyring
    from coach.engine.store.connect import CoachConnection

KEY = "key"
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """A key that is to be tried at its broker, and the pairs that a person chose.

    `traded` are the symbols that statements of the broker named, to suggest pairs from.
    """

    broker: str
    key_text: str = field(repr=False)
    base_url: str
    pairs: Sequence[str] = ()
    traded: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CheckedKey:
    """A view-only key or grant of a broker, and when the broker confirmed that it is one."""

    broker: str
    secret: Secret = field(repr=False)
    name: str
    permissions: dict[str, object]
    checked_at: datetime
    pairs: tuple[str, ...] = ()


def check_key(request: KeyRequest, clock: Clock, budget: "RequestBudget") -> CheckedKey:
    """Ask a broker what a key may do; raise KeyCanDoTooMuch for one that can do more than view.

    UsageError where pairs have to be chosen and none was, or one that the broker does not list.
    """
    from coach.brokers.adapter import BrokerPlace, refuse_if_too_strong
    from coach.brokers.registry import adapter_of
    from coach.engine.imports.pairs import check_chosen

    adapter = adapter_of(request.broker)
    name = adapter.key_name(request.key_text)
    address = request.base_url or adapter.base_url
    place = BrokerPlace(address, clock, time.sleep, nonces_by(clock), budget=budget)
    with closing(adapter.open(request.key_text, place)) as opened:
        scopes = opened.scopes()
        refuse_if_too_strong(scopes, adapter)
        pairs = check_chosen(adapter, opened, request.pairs, request.traded)
    secret = Secret(request.key_text)
    return CheckedKey(request.broker, secret, name, scopes.record(), clock(), pairs)


def nonces_by(clock: Clock) -> Callable[[], int]:
    """Return a count that begins with the time in nanoseconds and goes up with every call."""
    count = itertools.count(_nanoseconds(clock))
    return lambda: next(count)


def _nanoseconds(clock: Clock) -> int:
    return microseconds(clock()) * 1000


def connection_of(checked: CheckedKey, base_url: str, account: Account) -> BrokerConnection:
    """Return the account's connection by a checked key, which is sealed beside it."""
    from coach.brokers.registry import adapter_of

    return BrokerConnection(
        account_id=account.id,
        account=account.name,
        broker=checked.broker,
        base_url=base_url or adapter_of(checked.broker).base_url,
        key_name=checked.name,
        key_file="",
        permissions=checked.permissions,
        checked_at=checked.checked_at,
        pairs=checked.pairs,
    )


def seal_key(
    keyring: "Keyring",
    connection: "CoachConnection",
    user_id: UserId,
    connected: BrokerConnection,
    secret: Secret,
) -> None:
    """Seal the key of a connection, in the transaction that makes it."""
    from coach.engine.keyring.secrets import seal_secret

    seal_secret(keyring, connection, secret_place(user_id, connected), secret)


def forget_key(connected: BrokerConnection) -> None:
    """Delete the file of a connection's key; one that is gone already is no trouble."""
    if connected.key_file:
        Path(connected.key_file).unlink(missing_ok=True)


def secret_place(user_id: UserId, connected: BrokerConnection) -> SecretPlace:
    """Return where the key of a connection is sealed."""
    return SecretPlace(user_id, account_owner(connected.account_id), KEY, connected.broker)


def broker_key(
    keyring: "Keyring | None",
    connection: "CoachConnection",
    user_id: UserId,
    connected: BrokerConnection,
) -> Secret:
    """Return the key of a connection, outside of any transaction.

    ConfigError where it lies in a file that cannot be read; SealBroken and KekUnavailable where
    it is sealed and does not open.
    """
    if connected.key_file:
        return _key_in_file(connected)
    from coach.engine.keyring.secrets import open_secret

    assert keyring is not None
    return open_secret(keyring, connection, secret_place(user_id, connected))


def _key_in_file(connected: BrokerConnection) -> Secret:
    try:
        return Secret(read_small_text(Path(connected.key_file)))
    except (OSError, UnicodeDecodeError) as trouble:
        reason = getattr(trouble, "strerror", None) or "it is not text"
        raise ConfigError(
            remedy="connect_again",
            name=f"key of account {connected.account}",
            what=f"cannot read {connected.key_file}: {reason}",
        ) from trouble


@dataclass(frozen=True, slots=True)
class BrokerLimits:
    """How much a broker is asked: `hot` opens where its own limits are kept, None where nowhere.

    `patience_s` is how long one question may take, with what is asked again.
    """

    hot: "Callable[[], HotStore] | None"
    patience_s: float


@contextmanager
def opened_broker(
    connected: BrokerConnection,
    secret: Secret,
    clock: Clock,
    next_nonce: Callable[[int], int],
    renew: "Callable[[OAuthGrant], OAuthGrant]",
    limits: BrokerLimits,
) -> Iterator["OpenBroker"]:
    """Yield the account's broker, opened under the account's key or grant.

    `next_nonce` returns a number above all before it that is not below the one it is given, `renew`
    the grant that follows one, which it has kept.
    """
    from coach.brokers.adapter import BrokerPlace
    from coach.brokers.registry import adapter_of
    from coach.engine.imports.sync.budget import budget_of

    def counted() -> int:
        return next_nonce(_nanoseconds(clock))

    adapter, pairs = adapter_of(connected.broker), tuple(connected.pairs)
    with budget_of(limits.hot, connected.broker, connected.base_url, clock) as budget:
        place = BrokerPlace(
            connected.base_url,
            clock,
            time.sleep,
            counted,
            pairs=pairs,
            budget=budget,
            renew=renew,
            patience_s=limits.patience_s,
        )
        with closing(adapter.open(secret.reveal(), place)) as opened:
            yield opened


def check_powers(
    broker: str, opened: "OpenBroker", record: Callable[[dict[str, object]], None]
) -> None:
    """Ask what the key may do now and record it; raise KeyCanDoTooMuch for more than view."""
    from coach.brokers.adapter import refuse_if_too_strong
    from coach.brokers.registry import adapter_of

    scopes = opened.scopes()
    record(scopes.record())
    refuse_if_too_strong(scopes, adapter_of(broker))
