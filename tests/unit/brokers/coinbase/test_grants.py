"""Asking Coinbase with a token: when another one is fetched, and when no other helps."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from coach.brokers.coinbase.client import CoinbaseClient
from coach.brokers.coinbase.grants import GrantTokens
from coach.brokers.oauth.grant import OAuthGrant
from coach.errors import AuthenticationFailed
from coach.model.machine.secrets import Secret

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
LOGIN = "https://login.example.org"


@dataclass
class Coinbase:
    """A Coinbase that takes some tokens, and a coach that fetches the next ones."""

    taken: set[str]
    moment: datetime = NOW
    life: timedelta = timedelta(hours=1)
    asked: list[str] = field(default_factory=list)
    renewals: int = 0

    def now(self) -> datetime:
        return self.moment

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        token = request.headers["authorization"].removeprefix("Bearer ")
        self.asked.append(token)
        body = iter([b'{"ok": true}'])
        return httpx2.Response(200 if token in self.taken else 401, content=body)

    def grant(self) -> OAuthGrant:
        access, refresh = Secret(f"access-{self.renewals}"), Secret(f"refresh-{self.renewals}")
        return OAuthGrant("coach", LOGIN, access, refresh, self.moment + self.life, ())

    def renew(self, former: OAuthGrant) -> OAuthGrant:
        assert former.refresh.reveal() == f"refresh-{self.renewals}"
        self.renewals += 1
        return self.grant()


def client(coinbase: Coinbase, *, renews: bool = True) -> CoinbaseClient:
    tokens = GrantTokens(coinbase.grant(), coinbase.renew if renews else None)
    transport = httpx2.MockTransport(coinbase.answer)
    return CoinbaseClient(
        tokens, "https://api.example.org", coinbase.now, lambda _: None, transport
    )


def test_a_token_is_used_until_a_minute_before_its_end() -> None:
    coinbase = Coinbase({"access-0", "access-1"})
    with client(coinbase) as asking:
        asking.get("/time")
        coinbase.moment += timedelta(minutes=58)
        asking.get("/time")
        coinbase.moment += timedelta(minutes=1)
        asking.get("/time")
    assert coinbase.asked == ["access-0", "access-0", "access-1"]


def test_a_token_that_is_refused_before_its_time_is_renewed_and_the_question_repeated() -> None:
    coinbase = Coinbase({"access-1"})
    with client(coinbase) as asking:
        assert asking.get("/time") == {"ok": True}
    assert coinbase.asked == ["access-0", "access-1"]


def test_a_fresh_token_that_is_refused_too_ends_it_after_one_renewal() -> None:
    coinbase = Coinbase(set())
    with client(coinbase) as asking, pytest.raises(AuthenticationFailed) as refused:
        asking.get("/time")
    assert refused.value.remedy == "allow_again"
    assert coinbase.renewals == 1
    assert "access-" not in f"{refused.value!s}{refused.value.facts}"


def test_a_token_that_counted_may_be_renewed_early_again() -> None:
    """Tokens that live for less than they promise cost a renewal each, and no question."""
    coinbase = Coinbase({"access-1"})
    with client(coinbase) as asking:
        asking.get("/time")
        coinbase.taken = {"access-2"}
        asking.get("/time")
    assert coinbase.asked == ["access-0", "access-1", "access-1", "access-2"]


def test_who_cannot_renew_says_that_it_is_over() -> None:
    coinbase = Coinbase(set())
    with client(coinbase, renews=False) as asking, pytest.raises(AuthenticationFailed) as refused:
        asking.get("/time")
    assert refused.value.remedy == "allow_again"
    assert coinbase.asked == ["access-0"]
