"""Tokens that end, are refused or used up, and what becomes of the account."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from psycopg import sql

from coach.brokers.oauth.service import TokenService
from coach.brokers.sandbox.oauth.books import TokenBooks
from coach.brokers.sandbox.world import SandboxWorld
from coach.engine.api import accounts
from coach.engine.api.broker import allow
from coach.engine.api.broker.leave import disconnect
from coach.engine.api.broker.sync import sync, sync_due
from coach.engine.api.keys.checks import key_checks
from coach.engine.api.session import Session
from coach.engine.imports.grants import GrantRenewal
from coach.engine.store import accounts as store
from coach.engine.store.vault import sealed_secrets
from coach.errors import (
    AuthenticationFailed,
    NotFound,
    TryLater,
)
from coach.views.accounts import account
from tests.events_read import since
from tests.integration.engine.sync.conftest import SharedClock, Spoil
from tests.integration.engine.sync.grants.conftest import connected, kept, only, shown

BUSY = ["too_many_requests_html", "internal_error", "unavailable", "html", "malformed", "truncated"]


def test_what_is_allowed_on_the_page_is_read_and_its_tokens_are_sealed(
    session: Session, request_: allow.GrantRequest, tokens: TokenBooks, world: SandboxWorld
) -> None:
    connected(session, request_)
    assert shown(session) == ("not_read_yet", "oauth", "view")
    assert sync(session).new == len(world.executions)
    assert shown(session) == ("ok", "oauth", "view")
    assert kept(session).access.reveal() == only(tokens).access
    (sealed,) = sealed_secrets.every(session.connection, session.user.id)
    assert only(tokens).access.encode() not in sealed.sealed
    assert only(tokens).refresh.encode() not in sealed.sealed


def test_a_token_that_has_ended_is_renewed_once_and_stored(
    session: Session, request_: allow.GrantRequest, tokens: TokenBooks, clock: SharedClock
) -> None:
    connected(session, request_)
    first = kept(session)
    clock.forward(session, hours=2)
    sync(session)
    assert (tokens.refreshes, tokens.replays) == (1, 0)
    assert not kept(session).is_same(first)
    assert kept(session).refresh.reveal() == only(tokens).refresh


def test_a_run_that_is_kept_to_the_rows_of_its_user_renews_as_well(
    session: Session, request_: allow.GrantRequest, tokens: TokenBooks, clock: SharedClock
) -> None:
    connected(session, request_)
    clock.forward(session, hours=2)
    with session.connection.confined_to(session.user.id):
        assert session.connection.app_role, "the database itself keeps it to them"
        assert sync(session).state == "done"
    assert kept(session).refresh.reveal() == only(tokens).refresh
    assert (tokens.refreshes, tokens.replays) == (1, 0)


def test_a_clock_that_runs_ahead_at_the_broker_costs_renewals_and_no_fill(
    session: Session,
    request_: allow.GrantRequest,
    tokens: TokenBooks,
    clock: SharedClock,
    spoil: Spoil,
    world: SandboxWorld,
) -> None:
    """An hour is promised, and the token is refused after half a minute."""
    spoil(login=["clock_skew"])
    connected(session, request_)
    clock.forward(session, minutes=2)
    assert sync(session).new == len(world.executions)
    assert (tokens.refreshes, tokens.replays) == (1, 0)


@pytest.mark.parametrize("fault", BUSY)
def test_a_login_that_is_busy_or_broken_costs_no_grant(
    session: Session,
    request_: allow.GrantRequest,
    clock: SharedClock,
    spoil: Spoil,
    fault: str,
) -> None:
    """But for an answer that is spoiled on its way, after the token was used up."""
    connected(session, request_)
    clock.forward(session, hours=2)
    spoil(path="oauth2/token", at={1: fault})
    with pytest.raises(TryLater):
        sync(session)
    assert account(accounts.summary(session, "allowed"))["health"] == "failing"
    if fault in {"too_many_requests_html", "internal_error", "unavailable"}:
        assert sync(session).state == "done"
        assert shown(session)[0] == "ok"
    else:
        with pytest.raises(AuthenticationFailed):
            sync(session)
        assert shown(session)[0] == "reauth_required"


@pytest.mark.parametrize("fault", ["rotated_refresh", "lost_answer"])
def test_a_refresh_token_that_is_used_up_asks_to_be_allowed_again(
    session: Session,
    request_: allow.GrantRequest,
    clock: SharedClock,
    spoil: Spoil,
    tokens: TokenBooks,
    fault: str,
) -> None:
    connected(session, request_)
    clock.forward(session, hours=2)
    spoil(login=[fault])
    if fault == "lost_answer":
        with pytest.raises(TryLater):
            sync(session)
    else:
        sync(session)
    spoil()
    clock.forward(session, hours=2)
    with pytest.raises(AuthenticationFailed) as refused:
        sync(session)
    assert refused.value.remedy == "allow_again"
    assert shown(session)[0] == "reauth_required"
    before = tokens.replays
    assert sync_due(session).runs == ()
    assert tokens.replays == before, "nobody asks by itself any more"
    connected(session, request_)
    assert sync(session).state == "done"
    assert shown(session)[0] == "ok"


def test_what_was_ended_at_the_broker_asks_to_be_allowed_again(
    session: Session, request_: allow.GrantRequest, tokens: TokenBooks
) -> None:
    connected(session, request_)
    only(tokens).ended = True
    with pytest.raises(AuthenticationFailed) as refused:
        sync(session)
    assert refused.value.remedy == "allow_again"
    assert shown(session)[0] == "reauth_required"
    with pytest.raises(AuthenticationFailed):
        sync(session)
    told = since(session.connection, session.user.id, None, 100)
    changes = [one.payload["what"] for one in told if one.type == "account.changed"]
    assert changes == ["connected", "reauth_required"], "it is told when it begins, and once"
    (found,) = [one for one in key_checks(session) if one.name == "key of allowed"]
    assert (found.state, found.hint) == ("warning", "connect the account again")


def test_a_renewal_without_another_refresh_token_goes_on_with_the_one_before(
    session: Session, request_: allow.GrantRequest, clock: SharedClock, spoil: Spoil
) -> None:
    connected(session, request_)
    first = kept(session)
    spoil(login=["no_refresh_token"])
    clock.forward(session, hours=2)
    assert sync(session).state == "done"
    assert not kept(session).is_same(first)
    assert kept(session).refresh.reveal() == first.refresh.reveal()


def renewal(session: Session, service: TokenService) -> GrantRenewal:
    (found,) = store.connected(session.connection, session.user.id)
    return GrantRenewal(
        session.keyring, session.connection, session.user.id, found, lambda: service
    )


def test_a_renewal_within_a_transaction_is_a_mistake_and_one_of_no_account_finds_nothing(
    session: Session, request_: allow.GrantRequest, tokens: TokenBooks
) -> None:
    connected(session, request_)
    grant = kept(session)
    service = TokenService("coinbase", session.broker_clients["coinbase"], (), session.clock)
    renew = renewal(session, service)
    with pytest.raises(RuntimeError), session.connection.transaction():
        renew(grant)
    disconnect(session, "allowed")
    with pytest.raises(NotFound):
        renew(grant)
    assert tokens.refreshes == 0


def test_who_comes_second_takes_the_pair_that_is_there(
    session: Session, request_: allow.GrantRequest, tokens: TokenBooks
) -> None:
    connected(session, request_)
    former = kept(session)
    service = TokenService("coinbase", session.broker_clients["coinbase"], (), session.clock)
    renew = renewal(session, service)
    following = renew(former)
    assert renew(former).is_same(following)
    assert (tokens.refreshes, tokens.replays) == (1, 0)
    assert following.expires_at == session.clock() + timedelta(hours=1)


def test_no_table_holds_a_token_a_code_or_the_clients_secret(
    session: Session,
    request_: allow.GrantRequest,
    tokens: TokenBooks,
    clock: SharedClock,
    spoil: Spoil,
) -> None:
    """Neither of a pair that counts nor of one that did; an error about them is stored, too."""
    connected(session, request_)
    first = kept(session)
    clock.forward(session, hours=2)
    sync(session)
    spoil(path="oauth2/token", chance={"html": 1.0})
    clock.forward(session, hours=2)
    with pytest.raises(TryLater):
        sync(session)
    stored = list(everything(session))
    assert any("cannot be reached" in text for text in stored)
    pair = (only(tokens).access, only(tokens).refresh, *only(tokens).used)
    secrets = [*pair, first.access.reveal(), tokens.secret, *tokens.codes]
    assert len({*secrets}) >= 6
    assert [one for one in secrets if any(one in text for text in stored)] == []
    written = [one.encode().hex() for one in secrets]
    assert [one for one in written if any(one in text for text in stored)] == []


def everything(session: Session) -> Iterator[str]:
    """Yield every row of every table as text; bytes are written as hex."""
    tables = session.connection.execute(
        "select tablename from pg_tables where schemaname = 'public'"
    ).fetchall()
    for (table,) in tables:
        query = sql.SQL("select t::text from {} t").format(sql.Identifier(table))
        yield from (row[0] for row in session.connection.execute(query).fetchall())
