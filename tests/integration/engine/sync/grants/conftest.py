"""A coach that is registered at the sandbox, and a person who allows what it asks for."""

from dataclasses import replace
from urllib.parse import urlsplit

import httpx2
import pytest

from coach.brokers.oauth.flow import AuthorizationFlow, new_flow
from coach.brokers.oauth.grant import OAuthGrant, read_grant
from coach.brokers.sandbox.oauth.books import CLIENT_ID, Permit, TokenBooks
from coach.brokers.sandbox.server import SandboxServer
from coach.brokers.sandbox.world import SandboxWorld
from coach.engine.api import accounts
from coach.engine.api.broker import allow
from coach.engine.api.session import Session
from coach.engine.imports.connect import secret_place
from coach.engine.keyring.secrets import open_secret
from coach.engine.store import accounts as store
from coach.engine.store.vault import sealed_secrets
from coach.model.machine.broker_clients import BrokerClient
from coach.model.machine.secrets import Secret
from coach.views.accounts import account

BACK = "http://127.0.0.1:8749/oauth/callback/coinbase"


@pytest.fixture(scope="module")
def world(world: SandboxWorld) -> SandboxWorld:
    """A broker with the newest fills alone."""
    return replace(world, executions=world.executions[-40:])


@pytest.fixture
def session(session: Session, world: SandboxWorld, sandbox: SandboxServer) -> Session:
    """A session of a coach that is registered at the sandbox."""
    client = BrokerClient(CLIENT_ID, sandbox.url, lambda: Secret(world.tokens.secret))
    return replace(session, broker_clients={"coinbase": client})


@pytest.fixture
def tokens(world: SandboxWorld) -> TokenBooks:
    """The books of the server of tokens, empty at first: the world is that of all tests here."""
    books = world.tokens
    books.codes.clear()
    books.permits.clear()
    books.refreshes = books.replays = 0
    return books


@pytest.fixture
def request_(sandbox: SandboxServer) -> allow.GrantRequest:
    return allow.GrantRequest("coinbase", "allowed", sandbox.url)


def allowed(session: Session, request: allow.GrantRequest) -> tuple[AuthorizationFlow, str]:
    """Go to the page, allow what it asks for, and return the flow and the query that came back."""
    flow = new_flow(BACK)
    answer = httpx2.get(allow.authorization_url(session, request, flow), follow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(f"{BACK}?")
    return flow, urlsplit(answer.headers["location"]).query


def connected(session: Session, request: allow.GrantRequest) -> str:
    return allow.connect(session, request, *allowed(session, request)).name


def kept(session: Session) -> OAuthGrant:
    """Return the grant that is sealed."""
    assert session.keyring is not None
    (found,) = store.connected(session.connection, session.user.id)
    place = secret_place(session.user.id, found)
    grant = read_grant(open_secret(session.keyring(), session.connection, place).reveal())
    assert grant is not None
    return grant


def shown(session: Session) -> tuple[object, ...]:
    row = account(accounts.summary(session, "allowed"))
    return row["health"], row["credential"], row["key_can"]


def only(tokens: TokenBooks) -> Permit:
    (permit,) = tokens.permits
    return permit


def nothing_kept(session: Session) -> bool:
    secrets = sealed_secrets.every(session.connection, session.user.id)
    return not secrets and not store.connected(session.connection, session.user.id)
