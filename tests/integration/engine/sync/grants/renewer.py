"""A process that renews the grant of the one connection, as often as it is told to.

python renewer.py URL FOLDER LOGIN SECRET. On each line of its input it reads the grant and answers
`ready`, on the next it renews that grant and answers with the access token, or with the name of an
error.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coach.brokers.oauth.grant import read_grant
from coach.brokers.oauth.service import TokenService
from coach.brokers.sandbox.oauth.books import CLIENT_ID
from coach.engine.api import users
from coach.engine.imports.connect import secret_place
from coach.engine.imports.grants import GrantRenewal
from coach.engine.keyring.keyring import Keyring
from coach.engine.keyring.secrets import open_secret
from coach.engine.store import accounts
from coach.engine.store.connect import CoachConnection, connect
from coach.errors import CoachError
from coach.model.machine.broker_clients import BrokerClient
from coach.model.machine.secrets import Secret
from tests.keyrings import keyring_in

if TYPE_CHECKING:
    from coach.brokers.oauth.grant import OAuthGrant

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)


def main(url: str, folder: str, login: str, secret: str) -> None:
    """Renew until the input ends."""
    keyring = keyring_in(Path(folder), lambda: NOW)
    client = BrokerClient(CLIENT_ID, login, lambda: Secret(secret))
    service = TokenService("coinbase", client, (), lambda: NOW)
    with connect(url) as connection:
        for answer in answers(keyring, connection, service):
            print(answer, flush=True)  # noqa: T201 -- to the test


def answers(keyring: Keyring, connection: CoachConnection, service: TokenService) -> Iterator[str]:
    """Yield `ready` once a grant was read, and what came of its renewal."""
    user = users.find(connection, "local")
    assert user is not None
    (found,) = accounts.connected(connection, user.id)
    renew = GrantRenewal(lambda: keyring, connection, user.id, found, lambda: service)
    former: OAuthGrant | None = None
    for _ in sys.stdin:
        if former is None:
            sealed = open_secret(keyring, connection, secret_place(user.id, found))
            former = read_grant(sealed.reveal())
            yield "ready"
            continue
        try:
            yield renew(former).access.reveal()
        except CoachError as trouble:
            yield type(trouble).__name__
        former = None


if __name__ == "__main__":
    main(*sys.argv[1:])
