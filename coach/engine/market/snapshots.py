"""Weeks of candles as objects that are named by their content.

The name is the SHA-256 of the canonical text; the object is that text, compressed. What is read is
hashed again: an object that was changed or cut short is an error, never a price.
"""

import gzip
import re
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

from coach.engine.market.objects import Objects
from coach.errors import SnapshotLost

FOLDER = "candles/sha256/"
LARGEST_TEXT = 1 << 24
LEVEL = 6
AT_ONCE = 8
SHA256 = re.compile("[0-9a-f]{64}")


def key_of(name: str) -> str:
    """Return where the text with this SHA-256 is kept."""
    return f"{FOLDER}{name[:2]}/{name}"


def name_of(key: str) -> str | None:
    """Return the SHA-256 of a key, None for a key of something else."""
    name = key.rpartition("/")[2]
    return name if SHA256.fullmatch(name) and key == key_of(name) else None


def name_of_text(text: bytes) -> str:
    """Return the SHA-256 of a text."""
    return sha256(text).hexdigest()


def store(objects: Objects, text: bytes) -> str:
    """Keep a text and return its name; to keep it twice is to keep it once."""
    if len(text) > LARGEST_TEXT:
        raise ValueError("too much for one week")
    name = name_of_text(text)
    objects.put(key_of(name), gzip.compress(text, LEVEL, mtime=0))
    return name


def fetch(objects: Objects, name: str) -> bytes:
    """Return the text of that name; raise SnapshotLost when it is gone or is another."""
    packed = objects.get(key_of(name))
    if packed is None:
        raise _lost(objects, name, "is gone")
    unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = unpack.decompress(packed, LARGEST_TEXT)
    except zlib.error as error:
        raise _lost(objects, name, "cannot be unpacked") from error
    if name_of_text(text) != name:
        raise _lost(objects, name, "is not what was stored")
    return text


def fetch_all(objects: Objects, names: Sequence[str]) -> list[bytes]:
    """Return the texts of these names, in their order; several are on their way at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda name: fetch(objects, name), names))


def _lost(objects: Objects, name: str, what: str) -> SnapshotLost:
    return SnapshotLost(
        "bring it back from a backup, or fetch the candles of that week again",
        place=objects.place,
        name=name[:12],
        what=what,
    )
