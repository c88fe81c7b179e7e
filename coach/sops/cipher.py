"""One sealed value: AES-256-GCM with an IV of 32 bytes, bound to the names that lead to it."""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from typing import cast

from coach.sops.document import KeyPath, Kind

IV_BYTES = 32
TAG_BYTES = 16
KEY_BYTES = 32
BEGINNING = "ENC["
CIPHER = "[AES256_GCM,"
TOKEN = re.compile(
    r"ENC\[AES256_GCM,data:(?P<data>[A-Za-z0-9+/]+={0,2}),iv:(?P<iv>[A-Za-z0-9+/]+={0,2}),"
    r"tag:(?P<tag>[A-Za-z0-9+/]+={0,2}),type:(?P<kind>str|int|float|bool|bytes|time|comment)\]"
)


class BrokenToken(ValueError):
    """What stands in the place of a sealed value does not open; the message says why."""


def context_of(path: KeyPath) -> str:
    """Return what a value is bound to: its names, each followed by a colon."""
    return ":".join(path) + ":"


def seal_text(text: str, kind: Kind, key: bytes, iv: bytes, context: str) -> str:
    """Return the token of a value."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    sealed = AESGCM(key).encrypt(iv, text.encode(), context.encode())
    data, tag = sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]
    parts = (b64encode(part).decode() for part in (data, iv, tag))
    return "ENC[AES256_GCM,data:{},iv:{},tag:{},type:{}]".format(*parts, kind)


def open_token(token: str, key: bytes, context: str) -> tuple[str, Kind]:
    """Return the value of a token and its kind; BrokenToken where its tag does not hold."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    data, iv, tag, kind = _parts(token)
    try:
        return AESGCM(key).decrypt(iv, data + tag, context.encode()).decode(), kind
    except InvalidTag:
        raise BrokenToken("was changed, renamed or moved") from None
    except UnicodeDecodeError:
        raise BrokenToken("holds bytes that are not UTF-8") from None


def _parts(token: str) -> tuple[bytes, bytes, bytes, Kind]:
    found = TOKEN.fullmatch(token)
    if found is None:
        raise BrokenToken("is not sealed")
    try:
        data, iv, tag = (b64decode(found[name], validate=True) for name in ("data", "iv", "tag"))
    except NotBase64:
        raise BrokenToken("is damaged") from None
    if len(iv) != IV_BYTES or len(tag) != TAG_BYTES:
        raise BrokenToken("is damaged")
    return data, iv, tag, cast("Kind", found["kind"])
