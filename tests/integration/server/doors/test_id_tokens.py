"""What may be wrong with the ID token of a provider."""

from collections.abc import Callable

from tests.integration.server.doors import provider as providers
from tests.integration.server.doors.conftest import Building
from tests.integration.server.doors.provider import (
    SUBJECT,
    Claims,
    Provider,
    is_out,
    spoiled,
    tried,
)

WRONG: list[tuple[str, Claims]] = [
    ("its nonce", {"nonce": "x" * 43}),
    ("its nonce", {"nonce": None}),
    ("its iss", {"iss": "https://login.evil.test"}),
    ("its iss", {"iss": None}),
    ("its aud", {"aud": "another-client"}),
    ("its aud", {"aud": ["another-client"]}),
    ("its azp", {"aud": ["coach-at-home", "another-client"]}),
    ("its azp", {"aud": ["coach-at-home", "another-client"], "azp": "another-client"}),
    ("its aud", {"aud": None}),
    ("its exp", {"exp": 1_000_000_000}),
    ("its exp", {"exp": None}),
    ("its exp", {"exp": "never"}),
    ("its iat", {"iat": 32_503_680_000}),
    ("its nbf", {"nbf": 32_503_680_000}),
    ("its sub", {"sub": None}),
    ("its subject", {"sub": ""}),
    ("its sub", {"sub": 248289761001}),
    ("its subject", {"sub": f"{SUBJECT} "}),
    ("its at_hash", {"at_hash": "x" * 22}),
]


def test_a_token_that_says_something_else_lets_nobody_in(
    linked: Building, provider: Provider
) -> None:
    browser = linked.browser()
    for reason, claims in WRONG:
        provider.spoil = spoiled(**claims)
        answer = tried(browser, provider)
        assert (answer.status_code, reason in answer.text) == (401, True), (claims, answer.text)
        assert is_out(browser)


def test_a_token_for_several_counts_where_it_was_issued_to_us(
    linked: Building, provider: Provider
) -> None:
    provider.spoil = spoiled(aud=[providers.CLIENT, "another"], azp=providers.CLIENT)
    assert tried(linked.browser(), provider).status_code == 303


FORGED: list[tuple[str, Callable[[Claims], str]]] = [
    ("Algorithm", providers.unsigned),
    ("Algorithm", providers.signed_by_public_key),
    ("BadSignature", providers.signed_by_stranger),
    ("BadSignature", lambda claims: f"{providers.signed(claims)[:-8]}AAAAAAAA"),
    ("Decode", lambda _: "no token"),
    ("Decode", lambda _: ""),
]


def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(
    linked: Building, provider: Provider
) -> None:
    browser = linked.browser()
    for reason, sign in FORGED:
        provider.sign = sign
        answer = tried(browser, provider)
        assert (answer.status_code, reason in answer.text) == (401, True), answer.text
        assert is_out(browser)
