"""What coach seals with, held against the public vectors of ../shared/samples/vectors.

AES-GCM, HKDF-SHA512 and HMAC-SHA256 against Wycheproof, age against C2SP's test kit. Where age's
library differs from the specification the difference is pinned: a new version that changes one is
looked at before it seals anything.
"""

import hmac
import json
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyrage
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VECTORS = Path(__file__).parents[2].parent / "shared" / "samples" / "vectors"
NONCES = range(8, 129)  # bytes; the library takes no others, and coach's are 12
LONGEST_OKM = 255 * 64

pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="../shared/samples is not here")

ACCEPTED = {"stanza_missing_body", "stanza_missing_final_line"}
REFUSED = {"armor_whitespace_outside"}
NOT_RUN = {"scrypt_work_factor_23"}
"""To be refused, but taken on a machine that the library finds fast enough; it fills 8 GB then."""
HYBRID = 19
"""Vectors with a post-quantum identity, of which the library knows none."""


def wycheproof(name: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each test with its group."""
    whole = json.loads((VECTORS / "wycheproof" / f"{name}.json").read_text())
    for group in whole["testGroups"]:
        for test in group["tests"]:
            yield group, test


def part(test: dict[str, Any], name: str) -> bytes:
    return bytes.fromhex(test[name])


def opens(test: dict[str, Any]) -> bool:
    try:
        cipher = AESGCM(part(test, "key"))
        text = part(test, "ct") + part(test, "tag")
        return cipher.decrypt(part(test, "iv"), text, part(test, "aad")) == part(test, "msg")
    except (InvalidTag, ValueError):
        return False


def test_no_invalid_aes_gcm_opens_and_every_valid_one_does() -> None:
    tests = [test for _, test in wycheproof("aes_gcm_test")]
    accepted = {test["tcId"] for test in tests if opens(test)}
    usual = [test for test in tests if len(test["iv"]) // 2 in NONCES]
    assert accepted == {test["tcId"] for test in usual if test["result"] == "valid"}
    assert (len(tests), len(accepted)) == (316, 202)


def test_every_hkdf_sha512_is_derived_as_published() -> None:
    tests = [test for _, test in wycheproof("hkdf_sha512_test")]
    for test in tests:
        if test["size"] > LONGEST_OKM:
            with pytest.raises(ValueError, match="large"):
                HKDF(SHA512(), test["size"], part(test, "salt"), part(test, "info"))
            continue
        kdf = HKDF(SHA512(), test["size"], part(test, "salt"), part(test, "info"))
        assert (kdf.derive(part(test, "ikm")) == part(test, "okm")) == (test["result"] == "valid")
    assert len(tests) == 83


def test_every_hmac_sha256_is_told_valid_or_not() -> None:
    tests = list(wycheproof("hmac_sha256_test"))
    for group, test in tests:
        made = hmac.new(part(test, "key"), part(test, "msg"), sha256).digest()
        same = hmac.compare_digest(made[: group["tagSize"] // 8], part(test, "tag"))
        assert same == (test["result"] == "valid"), test
    assert len(tests) == 174


def age_vectors() -> Iterator[tuple[str, dict[str, list[str]], bytes]]:
    """Yield each vector's name, what stands before it, and the age file."""
    for path in sorted((VECTORS / "cctv_age").iterdir()):
        head, _, body = path.read_bytes().partition(b"\n\n")
        facts: dict[str, list[str]] = {}
        for line in head.decode().splitlines():
            name, _, value = line.partition(": ")
            facts.setdefault(name, []).append(value)
        yield path.name, facts, zlib.decompress(body) if "compressed" in facts else body


def decrypted(facts: dict[str, list[str]], body: bytes) -> bytes | None:
    """Return what the library makes of a file, None where it refuses it."""
    try:
        if "passphrase" in facts:
            return bytes(pyrage.passphrase.decrypt(body, facts["passphrase"][-1]))
        keys = [pyrage.x25519.Identity.from_str(one) for one in facts.get("identity", [])]
        return bytes(pyrage.decrypt(body, keys or [pyrage.x25519.Identity.generate()]))
    except pyrage.DecryptError:
        return None


def test_age_does_as_its_test_kit_says_but_for_four_known_differences() -> None:
    accepted, refused, hybrid = set(), set(), 0
    for name, facts, body in age_vectors():
        if any(one.startswith("AGE-SECRET-KEY-PQ") for one in facts.get("identity", [])):
            hybrid += 1
            continue
        if name in NOT_RUN:
            continue
        plain, wanted = decrypted(facts, body), facts["expect"] == ["success"]
        if wanted and (plain is None or sha256(plain).hexdigest() != facts["payload"][0]):
            refused.add(name)
        elif plain is not None and not wanted:
            accepted.add(name)
    assert (accepted, refused, hybrid) == (ACCEPTED, REFUSED, HYBRID)


def test_a_post_quantum_identity_is_refused_by_name() -> None:
    identities = [
        one
        for _, facts, _ in age_vectors()
        for one in facts.get("identity", [])
        if one.startswith("AGE-SECRET-KEY-PQ")
    ]
    assert identities
    for one in identities:
        with pytest.raises(pyrage.IdentityError):
            pyrage.x25519.Identity.from_str(one)
