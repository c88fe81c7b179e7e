"""Requests are signed as Kraken documents, and a key says nothing of its secret."""

import base64
import json

import pytest

from coach.brokers.kraken.auth import KrakenKey, read_key, sign
from coach.errors import Invalid

SECRET = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
"""The secret of the example in Kraken's documentation; no account has it."""
PUBLIC = "PUBLICHALFOFAKEYTHATISMADEUPFORTESTS0123456789abcdefghij"


def test_the_example_in_krakens_documentation_is_signed_as_it_says() -> None:
    key = KrakenKey(PUBLIC, base64.b64decode(SECRET))
    body = b"nonce=1616492376594&ordertype=limit&pair=XBTUSD&price=37500&type=buy&volume=1.25"
    assert sign(key, "/0/private/AddOrder", 1616492376594, body) == (
        "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ=="
    )


@pytest.mark.parametrize(
    "text",
    [
        f"{PUBLIC}\n{SECRET}\n",
        f"\ufeff{PUBLIC}\r\n\r\n  {SECRET}  ",
        json.dumps({"key": PUBLIC, "secret": SECRET}),
        json.dumps({"apiKey": PUBLIC, "privateKey": SECRET}),
    ],
)
def test_a_key_is_read_from_two_lines_or_from_json(text: str) -> None:
    key = read_key(text)
    assert (key.public, base64.b64encode(key.private).decode()) == (PUBLIC, SECRET)
    assert SECRET not in repr(key)
    assert PUBLIC not in repr(key)


@pytest.mark.parametrize(
    "text",
    [
        PUBLIC,
        f"{SECRET}\n{PUBLIC}",
        f"{PUBLIC}\n{SECRET[:-4]}",
        f"{PUBLIC}\n{SECRET}\nmore",
        json.dumps({"key": PUBLIC}),
        "[" * 100_000,
    ],
)
def test_what_is_no_key_is_refused_in_words_of_its_own(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_key(text)
    assert SECRET[:20] not in f"{refused.value} {refused.value.hint}"
