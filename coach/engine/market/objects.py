"""Bytes under a name, in a folder or in a bucket: written whole, read whole, listed, deleted.

One error for whatever is wrong behind: ObjectTrouble, which says what and where and never a key.
A folder's objects are on the disk when `put` returns, as a bucket's are in the bucket.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore, S3Store

from coach.engine.market.address import Bucket, Folder, Keys
from coach.errors import ObjectTrouble
from coach.model.home import private_folder

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

RETRIES: "RetryConfig" = {
    "max_retries": 6,
    "retry_timeout": timedelta(seconds=20),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=3)},
}
CONNECT_S = 5
ANSWER_S = 30
LISTED_AT_ONCE = 1000
REFUSED = re.compile("status code: 40[13]")  # a listing has no error of its own for it
TRIED = re.compile(r"after (?P<times>\d+) retries,.*? - (?P<why>[^\n]{1,80})")
NO_BUCKET = "NoSuchBucket"


@dataclass(frozen=True, slots=True)
class Listed:
    """An object that is there, and when it was last written, by the clock of the store."""

    key: str
    size: int
    written_at: datetime


class Objects:
    """An object store. Keys are ASCII, with / between folders."""

    def __init__(self, behind: "ObjectStore", place: str, folder: Path | None = None) -> None:
        self._behind = behind
        self._written: set[str] = set()
        self._folder = folder
        self.place = place

    def put(self, key: str, data: bytes) -> None:
        """Write an object whole, over one that is there."""
        with self._one_error(key):
            obstore.put(self._behind, key, data, use_multipart=False)
            if self._folder is not None:
                _to_disk(self._folder / key)

    def put_once(self, key: str, data: bytes) -> None:
        """Write an object that says the same for ever, unless it was written here before."""
        if key not in self._written:
            self.put(key, data)
            self._written.add(key)

    def get(self, key: str) -> bytes | None:
        """Return an object's bytes, None when there is none."""
        with self._one_error(key):
            try:
                return bytes(obstore.get(self._behind, key).bytes())
            except (NotFoundError, FileNotFoundError) as error:
                if NO_BUCKET in str(error):
                    raise
                return None

    def listed(self, prefix: str) -> Iterator[Listed]:
        """Yield what is there under a folder."""
        with self._one_error(prefix):
            for chunk in obstore.list(self._behind, prefix, chunk_size=LISTED_AT_ONCE):
                for one in chunk:
                    yield Listed(one["path"], one["size"], one["last_modified"])

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects; one that is gone already is no error."""
        for key in keys:
            with self._one_error(key):
                try:
                    obstore.delete(self._behind, key)
                except (NotFoundError, FileNotFoundError) as error:
                    if NO_BUCKET in str(error):
                        raise

    @contextmanager
    def _one_error(self, key: str) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError) as error:
            raise self._trouble(key, error) from error

    def _trouble(self, key: str, error: Exception) -> ObjectTrouble:
        refused = isinstance(error, PermissionDeniedError | UnauthenticatedError)
        if refused or REFUSED.search(str(error)):
            return ObjectTrouble(
                "see that the keys in the environment may read, write, list and delete there",
                what=f"{self.place} does not let us in ({key})",
            )
        if NO_BUCKET in str(error):
            return ObjectTrouble("make it first", what=f"{self.place}: there is no such bucket")
        if found := TRIED.search(str(error)):
            return ObjectTrouble(
                "nothing is half done; try again when it answers",
                what=f"{self.place} does not answer, asked {found['times']} times: {found['why']}",
            )
        return ObjectTrouble(
            "nothing is half done; try again when it answers",
            what=f"{self.place}: {key}: {_shortly(error)}",
        )


def open_objects(address: Folder | Bucket, keys: Keys | None = None) -> Objects:
    """Open a store; a folder is made, for the owner alone. Nothing is asked of a bucket yet."""
    if isinstance(address, Folder):
        folder = private_folder(address.path)
        return Objects(LocalStore(folder), str(folder), folder)
    place = f"s3://{address.name}/{address.prefix}".rstrip("/")
    if keys is None:
        raise ObjectTrouble(
            "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", what=f"{place}: there are no keys"
        )
    return Objects(_s3(address, keys), place)


def _s3(address: Bucket, keys: Keys) -> S3Store:
    client: ClientConfig = {
        "allow_http": address.allow_http,
        "connect_timeout": timedelta(seconds=CONNECT_S),
        "timeout": timedelta(seconds=ANSWER_S),
    }
    more: dict[str, Any] = {"endpoint": address.endpoint} if address.endpoint else {}
    if keys.token:
        more["session_token"] = keys.token
    return S3Store(
        address.name,
        prefix=address.prefix or None,
        region=address.region,
        access_key_id=keys.key_id,
        secret_access_key=keys.secret,
        client_options=client,
        retry_config=RETRIES,
        **more,
    )


def _to_disk(file: Path) -> None:
    """Force a file to the disk, and the folders that may be new with it."""
    for path in (file, file.parent, file.parent.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _shortly(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200]
