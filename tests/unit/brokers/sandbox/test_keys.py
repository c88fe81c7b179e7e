"""The sandbox takes the tokens that Coinbase takes, and no other."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Literal

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from coach.brokers.coinbase.auth import PrivateKey, read_key
from coach.brokers.sandbox.world import SandboxWorld, issue_key

AskWith = Callable[[object, dict[str, object], dict[str, str]], httpx2.Response]
Kind = Literal["ES256", "EdDSA"]
URI = "GET testserver/api/v3/brokerage/accounts"


def claims(name: str, now: datetime, **changes: object) -> dict[str, object]:
    moment = int(now.timestamp())
    usual: dict[str, object] = {
        "sub": name,
        "iss": "cdp",
        "nbf": moment,
        "exp": moment + 120,
        "uri": URI,
    }
    return {**usual, **changes}


def header(name: str, alg: str) -> dict[str, str]:
    return {"alg": alg, "kid": name, "nonce": "00ff"}


@pytest.mark.parametrize("kind", ["ES256", "EdDSA"])
def test_both_kinds_of_key_open_the_door(
    world: SandboxWorld, ask_with: AskWith, now: datetime, kind: Kind
) -> None:
    key = read_key(issue_key(world, kind))
    answer = ask_with(key.private, claims(key.name, now), header(key.name, kind))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "form",
    [
        {"iss": "coinbase-cloud", "aud": ["retail_rest_api_proxy"]},
        {"iss": "coinbase-cloud"},
        {"aud": ["cdp_service"], "uris": [URI], "uri": None},
        {"aud": "cdp_service"},
        {"iat": 1773577820},
    ],
)
def test_the_claims_of_other_clients_are_taken(
    world: SandboxWorld, ask_with: AskWith, now: datetime, form: dict[str, object]
) -> None:
    key = read_key(issue_key(world))
    answer = ask_with(key.private, claims(key.name, now, **form), header(key.name, "ES256"))
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"sub": "someone else"},
        {"iss": "me"},
        {"iss": "cdp", "aud": ["retail_rest_api_proxy"]},
        {"aud": ["cdp_service", "another"]},
        {"uri": URI + "?limit=1"},
        {"uri": URI.replace("testserver", "https://testserver")},
        {"uri": URI.replace("GET", "POST")},
        {"uri": URI.replace("accounts", "products")},
        {"uri": None},
        {"uris": ["GET testserver/elsewhere"]},
        {"exp": None},
        {"nbf": None},
    ],
)
def test_a_token_for_something_else_is_refused(
    world: SandboxWorld, ask_with: AskWith, now: datetime, wrong: dict[str, object]
) -> None:
    key = read_key(issue_key(world))
    given = {name: value for name, value in claims(key.name, now, **wrong).items() if value}
    answer = ask_with(key.private, given, header(key.name, "ES256"))
    assert (answer.status_code, answer.text) == (401, "Unauthorized\n")


@pytest.mark.parametrize(
    ("not_before", "expires", "status"),
    [(-119, 1, 200), (-120, 0, 401), (9, 129, 200), (11, 131, 401), (0, 121, 401)],
)
def test_a_token_lives_two_minutes_and_clocks_may_differ_by_ten_seconds(
    world: SandboxWorld,
    ask_with: AskWith,
    now: datetime,
    not_before: int,
    expires: int,
    status: int,
) -> None:
    key = read_key(issue_key(world))
    moment = int(now.timestamp())
    given = claims(key.name, now, nbf=moment + not_before, exp=moment + expires)
    assert ask_with(key.private, given, header(key.name, "ES256")).status_code == status


@pytest.mark.parametrize(
    ("stranger", "alg"),
    [
        (ec.derive_private_key(5, ec.SECP256R1()), "ES256"),
        (ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)), "EdDSA"),
    ],
)
def test_a_strangers_signature_under_a_known_name_is_refused(
    world: SandboxWorld, ask_with: AskWith, now: datetime, stranger: PrivateKey, alg: str
) -> None:
    name = json.loads(issue_key(world))["name"]
    assert ask_with(stranger, claims(name, now), header(name, alg)).status_code == 401


def test_an_unknown_key_and_a_missing_nonce_are_refused(
    world: SandboxWorld, ask_with: AskWith, now: datetime
) -> None:
    key = read_key(issue_key(world))
    unknown = ask_with(key.private, claims("x", now), header("x", "ES256"))
    without = {"alg": "ES256", "kid": key.name}
    assert unknown.status_code == 401
    assert ask_with(key.private, claims(key.name, now), without).status_code == 401


def test_a_key_signed_by_nobody_is_refused(
    world: SandboxWorld, ask_with: AskWith, now: datetime
) -> None:
    key = read_key(issue_key(world))
    assert ask_with(None, claims(key.name, now), header(key.name, "none")).status_code == 401


def test_the_download_looks_like_coinbases(world: SandboxWorld) -> None:
    curve = json.loads(issue_key(world, "ES256"))
    assert curve["name"].startswith("organizations/")
    assert curve["privateKey"].startswith("-----BEGIN EC PRIVATE KEY-----\n")
    assert json.loads(issue_key(world, "EdDSA")).keys() == {"id", "privateKey"}
