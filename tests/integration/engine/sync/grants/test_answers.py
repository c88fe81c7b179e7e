"""What comes back from the broker's page, and what coach takes of it."""

from dataclasses import replace

import pytest

from coach.brokers.oauth.flow import new_flow
from coach.brokers.sandbox.oauth.books import CLIENT_ID, TokenBooks
from coach.brokers.sandbox.server import SandboxServer
from coach.engine.api.broker import allow
from coach.engine.api.broker.sync import sync
from coach.engine.api.session import Session
from coach.errors import (
    AuthenticationFailed,
    BrokerTrouble,
    CoachError,
    ConfigError,
    KeyCanDoTooMuch,
    NotFound,
    Refused,
)
from coach.model.machine.broker_clients import BrokerClient
from coach.model.machine.secrets import Secret
from tests.integration.engine.sync.conftest import SharedClock, Spoil
from tests.integration.engine.sync.grants.conftest import (
    BACK,
    allowed,
    connected,
    nothing_kept,
    only,
    shown,
)


def test_more_than_reading_is_refused_and_ended_there(
    session: Session, request_: allow.GrantRequest, tokens: TokenBooks, spoil: Spoil
) -> None:
    spoil(login=["more_scopes"])
    with pytest.raises(KeyCanDoTooMuch, match="trade"):
        connected(session, request_)
    assert nothing_kept(session)
    assert only(tokens).ended


def test_powers_that_come_later_stop_the_reading(
    session: Session, request_: allow.GrantRequest, tokens: TokenBooks
) -> None:
    connected(session, request_)
    only(tokens).scopes += ("wallet:withdrawals:create",)
    with pytest.raises(KeyCanDoTooMuch, match="move money"):
        sync(session)
    assert shown(session)[0] == "key_too_strong"


def test_less_than_reading_names_what_is_missing(
    session: Session, request_: allow.GrantRequest, tokens: TokenBooks, spoil: Spoil
) -> None:
    spoil(login=["fewer_scopes"])
    with pytest.raises(AuthenticationFailed, match="wallet:transactions:read is missing"):
        connected(session, request_)
    assert nothing_kept(session)
    assert only(tokens).ended


NOTHING_ALLOWED: list[tuple[str, type[CoachError], str]] = [
    ("denied", Refused, "access_denied"),
    ("wrong_state", Refused, "another attempt"),
    ("other_issuer", Refused, "somebody else"),
    ("used_code", AuthenticationFailed, "invalid_grant"),
    ("no_refresh_token", BrokerTrouble, "no refresh token"),
]


@pytest.mark.parametrize("case", NOTHING_ALLOWED)
def test_an_answer_that_allows_nothing_connects_nothing(
    session: Session,
    request_: allow.GrantRequest,
    tokens: TokenBooks,
    spoil: Spoil,
    case: tuple[str, type[CoachError], str],
) -> None:
    fault, error, words = case
    spoil(login=[fault])
    with pytest.raises(error, match=words):
        connected(session, request_)
    assert nothing_kept(session)
    assert tokens.refreshes == 0


def test_a_code_counts_once_and_its_second_use_ends_what_came_of_it(
    session: Session, request_: allow.GrantRequest, tokens: TokenBooks
) -> None:
    answer = allowed(session, request_)
    allow.connect(session, request_, *answer)
    with pytest.raises(AuthenticationFailed):
        allow.connect(session, request_, *answer)
    assert only(tokens).ended


def test_a_code_counts_only_with_the_verifier_that_stayed_here(
    session: Session, request_: allow.GrantRequest, tokens: TokenBooks
) -> None:
    flow, query = allowed(session, request_)
    with pytest.raises(AuthenticationFailed):
        allow.connect(session, request_, replace(flow, verifier=new_flow(BACK).verifier), query)
    assert tokens.permits == []


def test_a_secret_that_the_broker_does_not_know_is_a_setting_to_correct(
    session: Session, request_: allow.GrantRequest, sandbox: SandboxServer
) -> None:
    client = BrokerClient(CLIENT_ID, sandbox.url, lambda: Secret("another"))
    wrong = replace(session, broker_clients={"coinbase": client})
    with pytest.raises(ConfigError, match="COACH_COINBASE_CLIENT_SECRET"):
        connected(wrong, request_)


def test_another_client_in_the_settings_is_not_shown_the_tokens_of_the_former(
    session: Session, request_: allow.GrantRequest, tokens: TokenBooks, clock: SharedClock
) -> None:
    connected(session, request_)
    other = BrokerClient("another", "http://127.0.0.1:9", lambda: Secret("x"))
    clock.forward(session, hours=2)
    with pytest.raises(AuthenticationFailed, match="another client"):
        sync(replace(session, broker_clients={"coinbase": other}))
    assert tokens.refreshes == 0


def test_without_a_registered_client_there_is_no_page(
    session: Session, request_: allow.GrantRequest
) -> None:
    unknown = BrokerClient("", "https://login.coinbase.com", lambda: Secret(""))
    with pytest.raises(ConfigError) as refused:
        allow.authorization_url(
            replace(session, broker_clients={"coinbase": unknown}), request_, new_flow(BACK)
        )
    assert refused.value.remedy == "register_client"
    with pytest.raises(NotFound, match="kraken"):
        allow.authorization_url(session, allow.GrantRequest("kraken"), new_flow(BACK))
