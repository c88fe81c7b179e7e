"""CS1: the committed vectors by two implementations, and everything that must not open."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.vault.seal import OVERHEAD_BYTES, DataKey, SealContext, seal, unseal
from coach.errors import SealBroken
from tests.unit.vault import second

VECTORS = json.loads((Path(__file__).parent / "vectors" / "cs1.json").read_text())
HERE = SealContext("t", "u", "account:7", "coinbase", "key", 3)
KEY = DataKey(b"k" * 16, bytearray(b"d" * 32))
TEXT = b"-----BEGIN EC PRIVATE KEY-----"


def context_of(vector: dict[str, Any]) -> SealContext:
    tenant, user, connection, broker, field = vector["names"]
    return SealContext(tenant, user, connection, broker, field, vector["version"])


def key_of(vector: dict[str, Any]) -> DataKey:
    return DataKey(bytes.fromhex(vector["dek_id"]), bytearray.fromhex(vector["dek"]))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["comment"])
def test_the_committed_vectors_hold(vector: dict[str, Any]) -> None:
    chosen = iter((bytes.fromhex(vector["salt"]), bytes.fromhex(vector["nonce"])))
    plain, sealed = bytes.fromhex(vector["plain"]), bytes.fromhex(vector["sealed"])
    made = seal(key_of(vector), context_of(vector), plain, lambda _: next(chosen))
    assert made == sealed
    assert unseal(key_of(vector), context_of(vector), sealed) == plain


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["comment"])
def test_a_second_implementation_makes_the_same_bytes(vector: dict[str, Any]) -> None:
    assert second.seal(vector).hex() == vector["sealed"]


@given(st.binary(max_size=300))
def test_what_was_sealed_opens_and_is_112_bytes_longer(plain: bytes) -> None:
    sealed = seal(KEY, HERE, plain)
    assert len(sealed) == len(plain) + OVERHEAD_BYTES == len(plain) + 112
    assert unseal(KEY, HERE, sealed) == plain


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert len({seal(KEY, HERE, TEXT) for _ in range(20)}) == 20


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(HERE, tenant="v"),
        replace(HERE, user="v"),
        replace(HERE, connection="account:8"),
        replace(HERE, broker="binance"),
        replace(HERE, field="token"),
        replace(HERE, version=2),
        replace(HERE, tenant="tu", user=""),
        replace(HERE, broker="coinbasek", field="ey"),
    ],
    ids=repr,
)
def test_a_sealed_text_does_not_open_elsewhere(elsewhere: SealContext) -> None:
    sealed = seal(KEY, HERE, TEXT)
    with pytest.raises(SealBroken, match="changed, or moved"):
        unseal(KEY, elsewhere, sealed)


def test_no_flipped_bit_is_accepted() -> None:
    sealed = seal(KEY, HERE, TEXT)
    for bit in range(8 * len(sealed)):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            unseal(KEY, HERE, bytes(changed))


@given(st.integers(min_value=0, max_value=141))
def test_a_text_that_was_cut_short_does_not_open(length: int) -> None:
    with pytest.raises(SealBroken):
        unseal(KEY, HERE, seal(KEY, HERE, TEXT)[:length])


def test_a_wrong_key_is_told_from_a_changed_text() -> None:
    another = DataKey(KEY.id, bytearray(b"e" * 32))
    with pytest.raises(SealBroken, match="not the one that sealed it"):
        unseal(another, HERE, seal(KEY, HERE, TEXT))


def test_neither_the_key_nor_the_error_shows_a_secret() -> None:
    with pytest.raises(SealBroken) as caught:
        unseal(replace(KEY, id=b"l" * 16), HERE, seal(KEY, HERE, TEXT))
    shown = f"{KEY!r} {caught.value} {caught.value.facts}"
    assert TEXT.decode() not in shown
    assert "dddd" not in shown
