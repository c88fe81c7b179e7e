"""Weeks of candles as objects that are named by their content.

The name is the SHA-256 of the canonical text; the object is that text, compressed. What is read is
hashed again: an object that was changed or cut short is an error, never a price.
"""

import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256

from coach.brokers.net.deadline import BackgroundCall
from coach.engine.market.objects import CALL_S, Objects
from coach.errors import ObjectTrouble, Refused, SnapshotLost

FOLDER = "candles/sha256/"
LARGEST_TEXT = 1 << 24
LEVEL = 4
"""Of compression: a level of 6 takes three times as long to save one byte in a hundred."""
AT_ONCE = 4
PIECE = 1 << 16
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


def store(objects: Objects, texts: Sequence[bytes]) -> list[str]:
    """Keep texts and return their names; to keep one twice is to keep it once.

    Refused: one is too large for a week; then none is kept.
    """
    for text in texts:
        _check_size(text)
    packed = {key_of(name_of_text(text)): gzip.compress(text, LEVEL, mtime=0) for text in texts}
    objects.put_all(packed)
    if objects.copies is not None:
        for key, content in packed.items():
            objects.copies.put(key, content)
    return [name_of_text(text) for text in texts]


def _check_size(text: bytes) -> None:
    if len(text) > LARGEST_TEXT:
        head = text[:200].decode(errors="replace").split("\n")[0].split("\t")
        raise Refused(
            "bars of a minute or longer always fit",
            what=f"a week of {' bars of '.join(head[1:3])} s takes {len(text) / 1e6:.1f} MB"
            f" (limit {LARGEST_TEXT / 1e6:.1f} MB)",
        )


def fetch(objects: Objects, name: str) -> bytes:
    """Return the text of that name; raise SnapshotLost when it is gone or is another.

    A copy at hand is read first; one that is spoiled is fetched anew.
    """
    at_hand = None if objects.copies is None else objects.copies.get(key_of(name))
    if at_hand is not None:
        try:
            return _text(objects, name, at_hand)
        except SnapshotLost:
            pass
    packed = objects.get(key_of(name))
    text = _text(objects, name, packed)
    if packed is not None and objects.copies is not None:
        objects.copies.put(key_of(name), packed)
    return text


def fetch_all(objects: Objects, names: Sequence[str]) -> list[bytes]:
    """Return the texts of these names, in their order; several are on their way at once."""
    if not objects.is_remote:
        return [fetch(objects, name) for name in names]
    return list(_together(partial(fetch, objects), names))


def fetch_at_hand(objects: Objects, names: Sequence[str]) -> list[bytes]:
    """Return the texts of these names without a network; ObjectTrouble where one is not here."""
    if not objects.is_remote:
        return [fetch(objects, name) for name in names]
    found = []
    for name in names:
        packed = None if objects.copies is None else objects.copies.get(key_of(name))
        if packed is None:
            raise objects.trouble or ObjectTrouble(
                "run the same command again",
                what=f"{objects.place}: the week of candles {name[:12]} is not at hand yet",
            )
        found.append(_text(objects, name, packed))
    return found


def bring_to_hand(objects: Objects, names: Sequence[str]) -> None:
    """Copy from a bucket what is not here; a folder of this machine is at hand already.

    What is lost stays lost: only reading it is an error.
    """
    copies = objects.copies
    if copies is not None:
        missing = sorted({name for name in names if not copies.has(key_of(name))})
        try:
            for _ in _together(partial(_copy, objects), missing):
                pass
        except ObjectTrouble as trouble:
            objects.trouble = trouble
            raise


def _copy(objects: Objects, name: str) -> bytes:
    try:
        return fetch(objects, name)
    except SnapshotLost:
        return b""


def _together(fetch_one: Callable[[str], bytes], names: Sequence[str]) -> Iterator[bytes]:
    """Yield what is fetched for each name, in their order, AT_ONCE at a time.

    No pool of threads: it would hold a process that was told to end until the last answer is here.
    """
    for start in range(0, len(names), AT_ONCE):
        batch = names[start : start + AT_ONCE]
        calls = [BackgroundCall(partial(fetch_one, name)) for name in batch]
        yield from [call.result(CALL_S + 30) for call in calls]


def _text(objects: Objects, name: str, packed: bytes | None) -> bytes:
    """Unpack an object that is what its name says; SnapshotLost for any other.

    It is unpacked once to be hashed, piece by piece, and kept only if the hash is right.
    """
    if packed is None:
        raise _lost(objects, name, "is gone")
    digest = sha256()
    try:
        for piece in _unpacked(packed):
            digest.update(piece)
        if digest.hexdigest() != name:
            raise _lost(objects, name, "is not what was stored")
        return b"".join(_unpacked(packed))
    except zlib.error as error:
        raise _lost(objects, name, "cannot be unpacked") from error


def _unpacked(packed: bytes) -> Iterator[bytes]:
    unpack, rest, length = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16), packed, 0
    while not unpack.eof and length <= LARGEST_TEXT:
        piece = unpack.decompress(rest, PIECE)
        rest = unpack.unconsumed_tail
        if not piece and not rest:
            return
        length += len(piece)
        yield piece


def _lost(objects: Objects, name: str, what: str) -> SnapshotLost:
    return SnapshotLost(
        "bring it back from a backup, or fetch the candles of that week again",
        place=objects.place,
        name=name[:12],
        what=what,
    )
