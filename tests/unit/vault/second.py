"""CS1 written a second time, from its description alone, on nothing but hashlib and integers.

AES by its tables' definition and GHASH bit by bit (FIPS 197, SP 800-38D). Slow on purpose: it
shares no code with coach or with the library that coach seals with.
"""

import hashlib
import hmac
from typing import Any

POLYNOMIAL = 0xE1 << 120
BLOCK = 16


def doubled(value: int) -> int:
    return (value << 1 ^ (0x11B if value & 0x80 else 0)) & 0xFF


def product(left: int, right: int) -> int:
    found = 0
    while right:
        found, left, right = found ^ (left if right & 1 else 0), doubled(left), right >> 1
    return found


def substitute(value: int) -> int:
    inverse = next((one for one in range(256) if product(value, one) == 1), 0)
    turned = [((inverse << shift) | (inverse >> (8 - shift))) & 0xFF for shift in range(5)]
    return turned[0] ^ turned[1] ^ turned[2] ^ turned[3] ^ turned[4] ^ 0x63


S_BOX = [substitute(value) for value in range(256)]


def round_keys(key: bytes) -> list[bytes]:
    words, constant = [key[at : at + 4] for at in range(0, 32, 4)], 1
    for number in range(8, 60):
        word = words[-1]
        if number % 8 == 0:
            word = bytes(S_BOX[one] for one in word[1:] + word[:1])
            word, constant = bytes([word[0] ^ constant]) + word[1:], doubled(constant)
        elif number % 8 == 4:
            word = bytes(S_BOX[one] for one in word)
        words.append(xor(word, words[-8]))
    return [b"".join(words[at : at + 4]) for at in range(0, 60, 4)]


def encrypt_block(keys: list[bytes], block: bytes) -> bytes:
    state = xor(block, keys[0])
    for key in keys[1:]:
        mixed = [S_BOX[state[(at + 4 * (at % 4)) % BLOCK]] for at in range(BLOCK)]
        if key is not keys[-1]:
            mixed = [one for column in range(4) for one in mix(mixed[4 * column : 4 * column + 4])]
        state = xor(bytes(mixed), key)
    return state


def mix(column: list[int]) -> list[int]:
    return [
        product(column[at], 2)
        ^ product(column[(at + 1) % 4], 3)
        ^ column[(at + 2) % 4]
        ^ column[(at + 3) % 4]
        for at in range(4)
    ]


def xor(left: bytes, right: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(left, right, strict=False))


def times(left: int, right: int) -> int:
    found = 0
    for bit in range(127, -1, -1):
        if right >> bit & 1:
            found ^= left
        left = left >> 1 ^ (POLYNOMIAL if left & 1 else 0)
    return found


def ghash(subkey: int, data: bytes) -> int:
    found = 0
    for at in range(0, len(data), BLOCK):
        found = times(found ^ int.from_bytes(data[at : at + BLOCK].ljust(BLOCK, b"\0")), subkey)
    return found


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % BLOCK)


def aes_gcm(key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
    keys = round_keys(key)
    count = range(2, 2 + -(-len(plain) // BLOCK))
    stream = b"".join(encrypt_block(keys, nonce + number.to_bytes(4)) for number in count)
    text = xor(plain, stream)
    lengths = (8 * len(bound)).to_bytes(8) + (8 * len(text)).to_bytes(8)
    subkey = int.from_bytes(encrypt_block(keys, bytes(BLOCK)))
    hashed = ghash(subkey, padded(bound) + padded(text) + lengths).to_bytes(BLOCK)
    return text + xor(hashed, encrypt_block(keys, nonce + (1).to_bytes(4)))


def hkdf_sha512(secret: bytes, salt: bytes, info: bytes) -> bytes:
    extracted = hmac.new(salt, secret, hashlib.sha512).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha512).digest()


def seal(vector: dict[str, Any]) -> bytes:
    """Return the sealed form that a vector describes."""
    names = ("dek", "dek_id", "salt", "nonce", "plain")
    dek, dek_id, salt, nonce, plain = (bytes.fromhex(vector[name]) for name in names)
    both = hkdf_sha512(dek, salt, b"coach/seal/v1|" + dek_id)
    header = b"CS1\x01" + dek_id + salt + both[32:] + nonce
    belongs = [*(name.encode() for name in vector["names"]), vector["version"].to_bytes(8)]
    bound = b"".join(len(part).to_bytes(4) + part for part in [header, *belongs])
    return header + aes_gcm(both[:32], nonce, plain, bound)
