"""Grants of brokers (OAuth): begun, checked, and renewed by one process at a time.

A refresh token counts once. Whoever renews a grant holds the lock of its row until the new pair is
stored, and uses it only then; whoever waited meanwhile finds that pair.
"""

import time
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.brokers.oauth.grant import OAuthGrant, read_grant
from coach.engine.imports.connect import CheckedKey, Clock, nonces_by, secret_place
from coach.engine.keyring.succession import replace_secret
from coach.engine.store.accounts import BrokerConnection
from coach.errors import CoachError, ConfigError, NotFound
from coach.model.accounts import UserId
from coach.model.machine.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.brokers.oauth.service import TokenService
    from coach.engine.keyring.keyring import Keyring
    from coach.engine.store.connect import CoachConnection
    from coach.model.machine.broker_clients import BrokerClient


def token_service(broker: str, client: "BrokerClient | None", clock: Clock) -> "TokenService":
    """Return who hands out the tokens of a broker.

    NotFound for a broker without a page to allow it on, ConfigError where coach is no client there.
    """
    from coach.brokers.oauth.service import TokenService
    from coach.brokers.registry import adapter_of

    adapter = adapter_of(broker)
    if not adapter.login_url or client is None:
        raise NotFound(kind="page to allow coach to read", name=broker)
    if not client.client_id:
        raise ConfigError(
            remedy="register_client",
            name=f"{broker}_client_id",
            what=f"it is empty, so {broker} does not know who asks",
            broker=broker,
            client=broker.upper(),
        )
    return TokenService(broker, client, adapter.login_scopes, clock)


def check_grant(service: "TokenService", grant: OAuthGrant, base_url: str) -> CheckedKey:
    """Ask a broker what a grant may do; one that may not be kept is ended there.

    A token that has ended already is renewed: nobody else knows this grant yet.
    """
    from coach.brokers.adapter import BrokerPlace, refuse_if_too_strong
    from coach.brokers.registry import adapter_of

    adapter, newest = adapter_of(service.broker), [grant]

    def renew(former: OAuthGrant) -> OAuthGrant:
        newest.append(service.renew(former))
        return newest[-1]

    clock = service.now
    at = base_url or adapter.base_url
    place = BrokerPlace(at, clock, time.sleep, nonces_by(clock), service.transport, renew=renew)
    with closing(adapter.open(grant.text().reveal(), place)) as broker:
        try:
            scopes = broker.scopes()
            refuse_if_too_strong(scopes, adapter)
        except CoachError:
            with suppress(CoachError):
                broker.revoke()
            raise
    text, name = newest[-1].text(), service.client.client_id
    return CheckedKey(service.broker, text, name, scopes.record(), clock())


@dataclass(frozen=True, slots=True)
class GrantRenewal:
    """Renews the grant of one connection; a call returns the grant that follows one."""

    keyring: "Callable[[], Keyring] | None"
    connection: "CoachConnection"
    user_id: UserId
    connected: BrokerConnection
    service: "Callable[[], TokenService]"

    def __call__(self, former: OAuthGrant) -> OAuthGrant:
        """Return the pair after the one that ended, once it is stored.

        Where another process was first, its pair is returned and nobody is asked. NotFound where
        the account was disconnected meanwhile, Locked where somebody else renews for too long.
        """
        assert self.keyring is not None
        service = self.service()

        def following(sealed: Secret) -> Secret | None:
            kept = read_grant(sealed.reveal())
            if kept is None or not kept.is_same(former):
                return None
            return service.renew(kept).text()

        place = secret_place(self.user_id, self.connected)
        found = replace_secret(self.keyring(), self.connection, place, following)
        grant = read_grant(found.reveal())
        if grant is None:
            raise NotFound(kind="grant of account", name=self.connected.account)
        return grant
