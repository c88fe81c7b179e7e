"""A grant is ended at the broker, and forgotten here in any case."""

import pytest

from coach.brokers.sandbox.oauth.books import TokenBooks
from coach.engine.api.broker import allow
from coach.engine.api.broker.leave import disconnect
from coach.engine.api.session import Session
from tests.integration.engine.sync.conftest import SharedClock, Spoil
from tests.integration.engine.sync.grants.conftest import connected, nothing_kept, only


def test_leaving_ends_the_grant_and_a_refused_request_proves_it(
    session: Session, request_: allow.GrantRequest, tokens: TokenBooks, clock: SharedClock
) -> None:
    connected(session, request_)
    clock.forward(session, hours=2)
    left = disconnect(session, "allowed")
    assert (left.revoked, left.trouble, only(tokens).ended) == (True, "", True)
    assert nothing_kept(session)


@pytest.mark.parametrize(
    "plan",
    [
        {"login": ["deaf_revoke"]},
        {"path": "/v2/user/auth", "chance": {"unavailable": 1.0}},
        {"path": "/v2/user/auth", "at": {1: "unavailable"}},
    ],
)
def test_what_is_not_proved_to_be_over_is_said_and_wiped_here_all_the_same(
    session: Session, request_: allow.GrantRequest, spoil: Spoil, plan: dict[str, object]
) -> None:
    connected(session, request_)
    spoil(**plan)
    left = disconnect(session, "allowed")
    assert not left.revoked
    assert "settings of Coinbase" in left.how_to_check
    assert nothing_kept(session)


def test_a_grant_that_cannot_be_renewed_any_more_is_wiped_when_it_is_left(
    session: Session, request_: allow.GrantRequest, tokens: TokenBooks, clock: SharedClock
) -> None:
    connected(session, request_)
    only(tokens).ended = True
    clock.forward(session, hours=2)
    left = disconnect(session, "allowed")
    assert not left.revoked
    assert "invalid_grant" in left.trouble
    assert nothing_kept(session)
