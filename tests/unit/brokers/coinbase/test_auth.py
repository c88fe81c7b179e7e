"""Every form a key comes in is read, and what it holds never leaves it."""

import base64
import json
import traceback
from datetime import UTC, datetime

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from coach.brokers.coinbase.auth import CdpKey, PrivateKey, read_key, sign
from coach.errors import UsageError
from tests import clock

NAME = "organizations/0b7c/apiKeys/51fe"
CURVE = ec.derive_private_key(20260315, ec.SECP256R1())
EDWARDS = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SEED = EDWARDS.private_bytes_raw()
PUBLIC = EDWARDS.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def pem(private: PrivateKey, form: PrivateFormat) -> str:
    return private.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


EC_PEM = pem(CURVE, PrivateFormat.TraditionalOpenSSL)
FORMS = {
    "an EC key": EC_PEM,
    "an EC key in PKCS8": pem(CURVE, PrivateFormat.PKCS8),
    "an EC key with literal line ends": EC_PEM.replace("\n", "\\n"),
    "an Ed25519 key in PKCS8": pem(EDWARDS, PrivateFormat.PKCS8),
    "32 bytes": base64.b64encode(SEED).decode(),
    "64 bytes and a line end": base64.b64encode(SEED + PUBLIC).decode() + "\n",
}


@pytest.mark.parametrize("secret", FORMS.values(), ids=FORMS.keys())
def test_a_signature_of_every_form_is_verified_by_pyjwt(secret: str) -> None:
    key = read_key(json.dumps({"name": NAME, "privateKey": secret}))
    token = sign(key, "GET", "api.coinbase.com", "/api/v3/brokerage/accounts", clock.now())
    claims = jwt.decode(token, key.private.public_key(), algorithms=[key.algorithm])
    assert claims["uri"] == "GET api.coinbase.com/api/v3/brokerage/accounts"
    assert claims["sub"] == NAME


def test_a_token_says_who_for_two_minutes_and_only_once(key: CdpKey) -> None:
    moment = datetime(2026, 3, 15, 12, 0, 0, 999_000, tzinfo=UTC)
    tokens = [sign(key, "GET", "localhost:1", "/x", moment) for _ in range(2)]
    claims = jwt.decode(tokens[0], options={"verify_signature": False})
    assert claims == {
        "sub": key.name,
        "iss": "cdp",
        "nbf": 1773576000,
        "exp": 1773576120,
        "uri": "GET localhost:1/x",
    }
    headers = [jwt.get_unverified_header(token) for token in tokens]
    assert headers[0]["kid"] == key.name
    assert headers[0]["typ"] == "JWT"
    assert headers[0]["nonce"] != headers[1]["nonce"]


def test_the_id_of_a_newer_file_is_the_keys_name() -> None:
    assert read_key(json.dumps({"id": "51fe", "privateKey": EC_PEM})).name == "51fe"


def test_a_byte_order_mark_before_the_file_is_no_obstacle() -> None:
    text = "\ufeff" + json.dumps({"name": NAME, "privateKey": EC_PEM})
    assert read_key(text).algorithm == "ES256"


CANARY = "c4n4ry"
OTHER_CURVE = pem(ec.derive_private_key(7, ec.SECP384R1()), PrivateFormat.PKCS8)
OTHER_KIND = (
    ed448.Ed448PrivateKey.from_private_bytes(bytes(57))
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode()
)
BROKEN = {
    "a PEM alone": (EC_PEM, "without the key's name"),
    "no JSON": (f'{{"name": "{CANARY}", "privateKey": ', "not other text"),
    "a list": (f'["{CANARY}"]', "not other text"),
    "a legacy key": (
        f'{{"apiKey": "{CANARY}", "apiSecret": "{CANARY}"}}',
        r"with a name \(or id\)",
    ),
    "a number for a name": ('{"name": 5, "privateKey": "x"}', r"with a name \(or id\)"),
    "another curve": (
        json.dumps({"name": NAME, "privateKey": OTHER_CURVE}),
        "whose privateKey is a P-256",
    ),
    "another kind": (
        json.dumps({"name": NAME, "privateKey": OTHER_KIND}),
        "whose privateKey is a P-256",
    ),
    "a cut PEM": (
        json.dumps({"name": NAME, "privateKey": EC_PEM[:90]}),
        "whose privateKey is a P-256",
    ),
    "31 bytes": (
        json.dumps({"name": NAME, "privateKey": "A" * 42 + "=="}),
        "whose privateKey is a P-256",
    ),
    "no base64": (
        json.dumps({"name": NAME, "privateKey": f"{CANARY} !"}),
        "whose privateKey is a P-256",
    ),
}


@pytest.mark.parametrize(("text", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_key_is_refused_without_a_word_of_it(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as refused:
        read_key(text)
    told = "".join(traceback.format_exception(refused.value)) + repr(refused.value.facts)
    assert refused.value.__context__ is None
    assert CANARY not in told
    assert "BEGIN" not in told


def test_neither_a_keys_repr_nor_its_text_shows_the_secret(key: CdpKey, key_text: str) -> None:
    secret = json.loads(key_text)["privateKey"].splitlines()[1]
    assert secret not in f"{key!r} {key!s} {[key]}"
    assert key.name in repr(key)
