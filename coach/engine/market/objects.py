"""Bytes under a name, in a folder or in a bucket: written whole, read whole, listed, deleted.

One error for whatever is wrong behind: ObjectTrouble, which says what and where and never a key.
A folder's objects are on the disk when `put` returns, as a bucket's are in the bucket.

A bucket is a server that nobody vouches for: each call has a time limit, each answer a size limit,
and a listing a limit on its length.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

import obstore
from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore

from coach.brokers.net.deadline import DeadlineExceeded, run_within
from coach.engine.market.address import Folder, Keys, S3Bucket
from coach.engine.market.bucket import ANSWER_S, OpenBucket
from coach.engine.market.copies import LocalCopies
from coach.errors import ObjectTrouble
from coach.model.machine.home import private_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from obstore.store import ObjectStore

T = TypeVar("T")

CALL_S = 60.0
"""For one call, the library's own retries included."""
COMMAND_S = 3_600.0
"""For all that one command asks of a bucket, from its first call on."""
LISTED_AT_ONCE = 1000
MOST_LISTED = 1_000_000
REFUSED = re.compile("status code: 40[13]")  # a listing has no error of its own for it
NO_BUCKET = "NoSuchBucket"
TRY_AGAIN = "no partial changes were made; try again when it answers"
EXPLAINED = (
    (re.compile(NO_BUCKET), "{place}: there is no such bucket", "make it first"),
    (
        re.compile(r"No space left on device|Disk quota exceeded|os error (28|122)\b"),
        "{place}: no space left on the disk",
        "make room there, then try again; no partial changes were made",
    ),
    (
        re.compile("error following redirect|status code: 30[0-9]"),
        "{place} redirects to elsewhere, which is not followed",
        "name the server and the region that hold the bucket: endpoint=…&region=…",
    ),
    (
        re.compile(r"after (?P<times>\d+) retries,.*? - (?P<why>[^\n]{1,80})"),
        "{place} does not answer, tried again {times} times: {why}",
        TRY_AGAIN,
    ),
    (
        re.compile(r"HTTP error: (?P<why>error sending request|error trying to connect)"),
        "{place} does not answer: {why}",
        TRY_AGAIN,
    ),
    (
        re.compile("request or response body error"),
        f"{{place}}: {{key}}: the answer broke off, or took more than {ANSWER_S} s (limit)",
        TRY_AGAIN,
    ),
)
"""What the library says, what that means, and what to do."""
DRAFT = re.compile(r"#\d+$")
"""What a folder's objects are called while they are written; no object of ours is."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object that is there, and when it was last written, by the clock of the store."""

    key: str
    size: int
    written_at: datetime


class Objects:
    """An object store. Keys are ASCII, with / between folders.

    `copies` is where objects of a bucket that never change are kept at hand, and `trouble` why the
    last ones that were wanted there could not be brought.
    """

    def __init__(
        self,
        behind: "LocalStore | OpenBucket",
        place: str,
        folder: Path | None = None,
        copies: LocalCopies | None = None,
        ticks: "Callable[[], float]" = monotonic,
    ) -> None:
        self._behind = behind
        self._written: set[str] = set()
        self._folder = folder
        self._ticks = ticks
        self._first_call: float | None = None
        self.copies = copies
        self.trouble: ObjectTrouble | None = None
        self.place = place

    @property
    def is_remote(self) -> bool:
        """Whether a network lies between us and the objects."""
        return isinstance(self._behind, OpenBucket)

    def put(self, key: str, data: bytes) -> None:
        """Write an object whole, over one that is there."""
        self.put_all({key: data})

    def put_all(self, contents: Mapping[str, bytes]) -> None:
        """Write objects whole, over those that are there.

        In a folder all are written before the first is forced to the disk: the disk then has them
        in one go, and a folder of several is forced once.
        """
        for key, data in contents.items():
            with self._one_error(key):
                self._call(partial(_put, key, data))
        if self._folder is not None:
            with self._one_error(next(iter(contents), "")):
                _to_disk([self._folder / key for key in contents])

    def put_once(self, key: str, data: bytes) -> None:
        """Write an object that says the same for ever, unless it was written here before."""
        if key not in self._written:
            self.put(key, data)
            self._written.add(key)

    def get(self, key: str) -> bytes | None:
        """Return an object's bytes, None when there is none."""
        with self._one_error(key):
            try:
                return self._call(lambda store: bytes(obstore.get(store, key).bytes()))
            except (NotFoundError, FileNotFoundError) as error:
                if NO_BUCKET in str(error):
                    raise
                return None

    def listed(self, prefix: str) -> Iterator[StoredObject]:
        """Yield what is there under a folder."""
        count = 0
        with self._one_error(prefix):
            chunks = self._call(
                lambda store: iter(obstore.list(store, prefix, chunk_size=LISTED_AT_ONCE))
            )
            while chunk := self._call(lambda _: next(chunks, None)):
                count += len(chunk)
                if count > MOST_LISTED:
                    what = f"{self.place}: more than {MOST_LISTED} objects are listed (limit)"
                    raise ObjectTrouble("see what is kept there beside candles", what=what)
                for one in chunk:
                    yield StoredObject(one["path"], one["size"], one["last_modified"])

    def drafts(self) -> Iterator[StoredObject]:
        """Yield what was left by those who were killed while they wrote to a folder."""
        with self._one_error(""):
            for path in [] if self._folder is None else self._folder.rglob("*#*"):
                if self._folder is not None and DRAFT.search(path.name) and path.is_file():
                    found = path.stat()
                    key = path.relative_to(self._folder).as_posix()
                    written_at = datetime.fromtimestamp(found.st_mtime, UTC)
                    yield StoredObject(key, found.st_size, written_at)

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects; one that is gone already is no error."""
        for key in keys:
            with self._one_error(key):
                if self._folder is not None and DRAFT.search(key):
                    (self._folder / key).unlink(missing_ok=True)
                    continue
                try:
                    self._call(partial(_delete, key))
                except (NotFoundError, FileNotFoundError) as error:
                    if NO_BUCKET in str(error):
                        raise

    def forget_copies(self, keys: Sequence[str]) -> None:
        """Remove what is at hand of these objects."""
        if self.copies is not None:
            self.copies.forget(keys)

    def _call(self, use: "Callable[[ObjectStore], T]") -> T:
        behind = self._behind
        if not isinstance(behind, OpenBucket):
            return use(behind)
        store, began = behind.store(), self._ticks()
        self._first_call = self._first_call or began
        if began - self._first_call > COMMAND_S:
            what = f"{self.place}: the hour of one command is over ({COMMAND_S:.0f} s, limit)"
            raise ObjectTrouble("what is done stays done; run the same command again", what=what)
        return run_within(CALL_S, lambda: use(store))

    @contextmanager
    def _one_error(self, key: str) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError, DeadlineExceeded) as error:
            raise self._trouble(key, error) from error

    def _trouble(self, key: str, error: Exception) -> ObjectTrouble:
        beyond = self._behind.limit_broken if isinstance(self._behind, OpenBucket) else ""
        if beyond:
            return ObjectTrouble(TRY_AGAIN, what=f"{self.place} sends {beyond}")
        if isinstance(error, DeadlineExceeded):
            what = f"{self.place} does not answer within {CALL_S:.0f} s (limit)"
            return ObjectTrouble(TRY_AGAIN, what=what)
        return _explained(self.place, key, error)


def open_objects(
    address: Folder | S3Bucket, keys: Keys | None = None, copies: Path | None = None
) -> Objects:
    """Open a store; a folder is made, for the owner alone. Nothing is asked of a bucket yet.

    `copies` is the folder where objects of a bucket are kept at hand.
    """
    if isinstance(address, Folder):
        folder = private_folder(address.path)
        return Objects(LocalStore(folder), str(folder), folder)
    place = f"s3://{address.name}/{address.prefix}".rstrip("/")
    if keys is None:
        raise ObjectTrouble(
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", what=f"{place}: there are no keys"
        )
    at_hand = None if copies is None else LocalCopies(copies)
    return Objects(OpenBucket(address, keys), place, copies=at_hand)


def _explained(place: str, key: str, error: Exception) -> ObjectTrouble:
    message = str(error)
    refused = isinstance(error, PermissionDeniedError | UnauthenticatedError)
    if refused or REFUSED.search(message):
        return ObjectTrouble(
            "see that the keys in the environment may read, write, list and delete there",
            what=f"{place} does not let us in ({key})",
        )
    for pattern, what, hint in EXPLAINED:
        if found := pattern.search(message):
            facts = {"place": place, "key": key, **found.groupdict()}
            return ObjectTrouble(hint, what=what.format(**facts))
    return ObjectTrouble(TRY_AGAIN, what=f"{place}: {key}: {_shortly(error)}")


def _put(key: str, data: bytes, store: "ObjectStore") -> None:
    obstore.put(store, key, data, use_multipart=False)


def _delete(key: str, store: "ObjectStore") -> None:
    obstore.delete(store, key)


def _to_disk(files: Sequence[Path]) -> None:
    """Force files to the disk, and the folders that may be new with them."""
    folders = {folder for file in files for folder in (file.parent, file.parent.parent)}
    for path in (*files, *sorted(folders)):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _shortly(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200]
