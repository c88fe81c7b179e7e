"""What the tests read off sealed values."""

from base64 import b64decode

from coach.sops.cipher import TOKEN


def iv_of(token: str) -> bytes:
    """Return the IV of a sealed value."""
    found = TOKEN.fullmatch(token)
    assert found is not None
    return b64decode(found["iv"])
