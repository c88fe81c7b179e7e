"""A connected broker, opened under what the account's connection holds: a key or a grant."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from coach.engine.store.imports import connections

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.brokers.adapter import OpenBroker
    from coach.engine.api.session import Session
    from coach.engine.store.accounts import BrokerConnection


@contextmanager
def open_account_broker(session: Session, found: BrokerConnection) -> Iterator[OpenBroker]:
    """Yield the broker of a connection; a grant is renewed, and stored, where its token ends."""
    from coach.engine.imports.connect import BrokerLimits, broker_key, opened_broker
    from coach.engine.imports.grants import GrantRenewal, token_service

    connection, user_id, clock = session.connection, session.user.id, session.clock

    def next_nonce(least: int) -> int:
        return connections.next_nonce(connection, user_id, found.account_id, least)

    renew = GrantRenewal(
        keyring=session.keyring,
        connection=connection,
        user_id=user_id,
        connected=found,
        service=lambda: token_service(
            found.broker, session.broker_clients.get(found.broker), clock
        ),
    )
    keyring = None if session.keyring is None else session.keyring()
    key = broker_key(keyring, connection, user_id, found)
    limits = BrokerLimits(session.hot, session.broker_patience_s)
    with opened_broker(found, key, clock, next_nonce, renew, limits) as opened:
        yield opened
