"""Bytes that are hashed stay what they were: hashes of them are stored in users' databases."""

import math

import pytest

from coach.model.canonical import JsonStyle, canonical_json

VALUE = {"b": [1, 2.5, None], "a": "caf\N{LATIN SMALL LETTER E WITH ACUTE}", "": {"y": 1, "x": 0}}


@pytest.mark.parametrize(
    ("style", "stored"),
    [
        ("compact", b'{"":{"x":0,"y":1},"a":"caf\xc3\xa9","b":[1,2.5,null]}'),
        ("ascii", b'{"":{"x":0,"y":1},"a":"caf\\u00e9","b":[1,2.5,null]}'),
        ("spaced", b'{"": {"x": 0, "y": 1}, "a": "caf\\u00e9", "b": [1, 2.5, null]}'),
    ],
)
def test_each_style_keeps_its_bytes(style: JsonStyle, stored: bytes) -> None:
    assert canonical_json(VALUE, style) == stored
    assert canonical_json(dict(reversed(VALUE.items())), style) == stored


@pytest.mark.parametrize("style", ["compact", "ascii"])
def test_what_json_does_not_have_is_refused(style: JsonStyle) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"p": math.nan}, style)


def test_half_of_a_surrogate_pair_is_escaped() -> None:
    assert canonical_json("\ud800") == b'"\\ud800"'
