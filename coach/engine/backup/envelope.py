"""Named pieces sealed for age recipients and read again, one after the other, in little memory.

The pieces are a tar, so that other programs can take them out. Nothing plain touches a disk.
"""

import tarfile
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

import pyrage

from coach.errors import NoAgeKey, TamperedSecrets
from coach.sops.age import AgeKeys

BLOCK = 512
END = bytes(2 * BLOCK)
LARGEST = 64_000_000
"""Of one piece, in bytes: what is larger was not written by us."""
NO_MATCH = "No matching keys found"

Piece = tuple[str, bytes]


def seal(pieces: Iterable[Piece], into: BinaryIO, recipients: Iterable[str]) -> None:
    """Write pieces sealed for these recipients, who have been checked.

    What making or writing a piece raises is raised as it is.
    """
    keys = [pyrage.x25519.Recipient.from_str(name) for name in recipients]
    chunks, written = _Chunks(_packed(pieces)), _Written(into)
    try:
        pyrage.encrypt_io(chunks, written, keys)
    except pyrage.EncryptError:
        if chunks.trouble is None and written.trouble is None:
            raise
    trouble = chunks.trouble or written.trouble  # of the last bytes pyrage says nothing
    if trouble is not None:
        raise trouble


def unseal(
    sealed: BinaryIO,
    keys: AgeKeys,
    recipients: Iterable[str],
    name: str,
    take: Callable[[Piece], None],
) -> None:
    """Hand every piece to `take`, in the order in which they were written.

    NoAgeKey where no key at hand opens the file, TamperedSecrets where it was changed or cut off;
    by then `take` may have got pieces, all of them as they were written.
    """
    pieces = _Pieces(take)
    _require_key(keys, tuple(recipients), name)
    try:
        pyrage.decrypt_io(sealed, pieces, list(keys.identities))
    except (pyrage.DecryptError, OSError, ValueError) as refused:
        if pieces.trouble is not None:
            raise pieces.trouble from None
        if str(refused) == NO_MATCH:
            raise TamperedSecrets(file=name, what="its first line names another key") from None
        raise TamperedSecrets(file=name, what="it was changed or cut off") from None
    if pieces.trouble is not None:
        raise pieces.trouble
    if not pieces.ended:
        raise TamperedSecrets(file=name, what="it was changed or cut off")


def _require_key(keys: AgeKeys, recipients: tuple[str, ...], name: str) -> None:
    if any(key in recipients for key in keys.recipients):
        return
    at_hand = ", ".join(keys.recipients)
    which = f"the key at hand is that of {at_hand}" if at_hand else "there is no key at hand"
    reason = f"it is sealed for {', '.join(recipients)}; {which}"
    raise NoAgeKey(remedy="name_age_key", file=name, reason=reason)


def _packed(pieces: Iterable[Piece]) -> Iterator[bytes]:
    for name, data in pieces:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(data), 0o600
        yield entry.tobuf(tarfile.USTAR_FORMAT)
        yield data
        yield bytes(-len(data) % BLOCK)
    yield END


class _Chunks:
    """What reads an iterator of bytes as a file; keeps what the iterator raised."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")
        self.trouble: BaseException | None = None

    def read(self, size: int) -> bytes:
        """Return some bytes, at most so many; none at the end."""
        while not self._rest:
            following = self._following()
            if following is None:
                return b""
            self._rest = memoryview(following)
        given, self._rest = self._rest[:size], self._rest[size:]
        return bytes(given)

    def _following(self) -> bytes | None:
        try:
            return next(self._chunks, None)
        except BaseException as reason:
            self.trouble = reason
            raise


class _Written:
    """What passes bytes on to a file; keeps what the file raised."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.trouble: BaseException | None = None

    def write(self, data: bytes) -> int:
        """Write some bytes."""
        try:
            return self._file.write(data)
        except BaseException as reason:
            self.trouble = reason
            raise

    def flush(self) -> None:
        """Have what was written with the system."""
        try:
            self._file.flush()
        except BaseException as reason:
            self.trouble = reason
            raise


class _Pieces:
    """What takes a tar as it comes and hands out its entries; keeps what `take` raised."""

    def __init__(self, take: Callable[[Piece], None]) -> None:
        self._take = take
        self._held = bytearray()
        self._entry: tarfile.TarInfo | None = None
        self.ended = False
        self.trouble: BaseException | None = None

    def write(self, data: bytes) -> int:
        """Take some more of the tar."""
        try:
            self._held += data
            while self._step():
                pass
        except BaseException as reason:
            self.trouble = reason
            raise
        return len(data)

    def _step(self) -> bool:
        if self.ended:
            return False
        if self._entry is None:
            return self._begin()
        size = self._entry.size
        padded = size + -size % BLOCK
        if len(self._held) < padded:
            return False
        piece = self._entry.name, bytes(self._held[:size])
        del self._held[:padded]
        self._entry = None
        self._take(piece)
        return True

    def _begin(self) -> bool:
        if len(self._held) < BLOCK:
            return False
        block = bytes(self._held[:BLOCK])
        del self._held[:BLOCK]
        if block == bytes(BLOCK):
            self.ended = True
            return False
        self._entry = tarfile.TarInfo.frombuf(block, "ascii", "strict")
        if self._entry.size > LARGEST:
            raise tarfile.HeaderError(f"a piece of {self._entry.size} bytes")
        return True
