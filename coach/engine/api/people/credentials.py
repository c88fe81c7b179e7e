"""Random texts that let somebody in. Only their SHA-256 is kept: none can be guessed.

A token names what it is, and ends with a checksum, so that scanners for leaked secrets find it and
a mistyped one is refused without asking the database.
"""

import re
import string
from hashlib import sha256
from secrets import choice, token_hex, token_urlsafe
from zlib import crc32

from coach.model.machine.secrets import Secret

BYTES = 32
ID_BYTES = 4
SESSION_ID_BYTES = 12
RANDOM_LETTERS = 43
CHECK_LETTERS = 6
DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
TOKEN = re.compile(r"coach_pat_([0-9a-f]{8})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})")
SESSION = re.compile(r"[\w-]{43}", re.ASCII)


def new_secret() -> Secret:
    """Return 256 random bits that fit into a cookie and into a URL."""
    return Secret(token_urlsafe(BYTES))


def new_session_id() -> str:
    """Return the id of a session, which lets nobody in."""
    return token_hex(SESSION_ID_BYTES)


def new_token() -> tuple[str, Secret]:
    """Return the id of a new token, and the token."""
    token_id = token_hex(ID_BYTES)
    body = "".join(choice(DIGITS) for _ in range(RANDOM_LETTERS))
    text = f"coach_pat_{token_id}_{body}"
    return token_id, Secret(f"{text}_{_checksum(text)}")


def hashed(secret: Secret) -> bytes:
    """Return what is kept of a secret."""
    return sha256(secret.reveal().encode(errors="replace")).digest()


def is_token(text: str) -> bool:
    """Say whether a text is written as a token is, its checksum included."""
    return bool(TOKEN.fullmatch(text)) and text.endswith(f"_{_checksum(text.rpartition('_')[0])}")


def is_session(text: str) -> bool:
    """Say whether a text is written as the secret of a session is."""
    return bool(SESSION.fullmatch(text))


def _checksum(text: str) -> str:
    """Return the CRC-32 of a text in six digits to the base of 62."""
    left, digits = crc32(text.encode()), ""
    for _ in range(CHECK_LETTERS):
        left, digit = divmod(left, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits
