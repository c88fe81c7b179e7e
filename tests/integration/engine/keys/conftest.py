"""Accounts with sealed keys, and the keyring that sealed them."""

from collections.abc import Callable

import pytest

from coach.engine.api import sight
from coach.engine.api.session import Session
from coach.engine.keyring.keyring import Keyring
from coach.engine.keyring.secrets import seal_secret
from coach.engine.store import accounts
from coach.engine.store.accounts import BrokerConnection
from coach.engine.store.vault.sealed_secrets import SecretPlace, account_owner
from coach.model.accounts import AccountId, UserId
from coach.model.machine.secrets import Secret

Sealer = Callable[..., SecretPlace]
VIEW = {"view": True, "trade": False, "transfer": False}


@pytest.fixture
def keyring(session: Session) -> Keyring:
    return sight.keyring(session)


@pytest.fixture
def sealed(session: Session, keyring: Keyring) -> Sealer:
    """Return a function that makes a connected account with a sealed text, and its place."""

    def seal(name: str, text: str, user_id: UserId | None = None) -> SecretPlace:
        whose = user_id or session.user.id
        with session.connection.transaction():
            account_id = connect(session, name, "", whose)
            place = SecretPlace(whose, account_owner(account_id), "key", "coinbase")
            seal_secret(keyring, session.connection, place, Secret(text))
        return place

    return seal


def connect(session: Session, name: str, key_file: str, user_id: UserId) -> AccountId:
    """Connect an account whose key lies in a file, or is sealed where none is named."""
    account = accounts.ensure_account(session.connection, user_id, name, "coinbase", shorts=False)
    made = BrokerConnection(
        account.id, name, "coinbase", "http://127.0.0.1:1", "k", key_file, VIEW, session.clock()
    )
    accounts.connect_broker(session.connection, user_id, made)
    return account.id
