"""Connecting an account to its broker, and reading from it.

Until keys are sealed, a key stands in a file of the state folder that its owner alone may read.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from coach.brokers.base import Row, Source, SourceInfo
from coach.engine.store.accounts import Connected
from coach.errors import ConfigError
from coach.model.accounts import Account
from coach.model.home import private_folder

ROWS_A_WORD = 250
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A source read to its end, so that no transaction waits for the network."""

    info: SourceInfo
    read: tuple[Row, ...]
    said: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        """Yield the rows that were read."""
        return iter(self.read)

    def warnings(self) -> tuple[str, ...]:
        """Return what the source had to say."""
        return self.said


def connect_coinbase(
    key_text: str, base_url: str, account: Account, folder: Path, clock: Clock
) -> Connected:
    """Check a key at Coinbase, refuse one that can do more than view, and keep it."""
    from coach.brokers.coinbase.adapter import permissions, refuse_if_too_strong
    from coach.brokers.coinbase.auth import read_key
    from coach.brokers.coinbase.client import CoinbaseClient

    key = read_key(key_text)
    with CoinbaseClient(key, base_url, clock, time.sleep) as client:
        allowed = permissions(client)
    refuse_if_too_strong(allowed)
    return Connected(
        account_id=account.id,
        account=account.name,
        broker="coinbase",
        base_url=base_url,
        key_name=key.name,
        key_file=str(keep_key(key_text, account, folder)),
        permissions=asdict(allowed),
        checked_at=clock(),
    )


def keep_key(key_text: str, account: Account, folder: Path) -> Path:
    """Write the key where only its owner may read it, all of it or nothing."""
    place = private_folder(folder) / f"{sha256(account.name.encode()).hexdigest()[:16]}.key"
    draft = place.with_suffix(f".{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(key_text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(place)
    return place


def forget_key(connected: Connected) -> None:
    """Delete the file of a connection's key; one that is gone already is no trouble."""
    Path(connected.key_file).unlink(missing_ok=True)


def fetch(
    connected: Connected,
    since: datetime | None,
    until: datetime,
    clock: Clock,
    progress: Callable[[int, int | None], None] | None,
) -> Fetched:
    """Read what the connected broker holds from `since` (None: ever) to `until`, to its end."""
    from coach.brokers.coinbase.adapter import INFO, CoinbaseSource
    from coach.brokers.coinbase.auth import read_key
    from coach.brokers.coinbase.client import CoinbaseClient

    try:
        key = read_key(Path(connected.key_file).read_text(encoding="utf-8"))
    except OSError as trouble:
        raise ConfigError(
            "connect the account again: coach connect coinbase --key-file FILE",
            name=f"key of account {connected.account}",
            what=f"cannot read {connected.key_file}: {trouble.strerror}",
        ) from trouble
    with CoinbaseClient(key, connected.base_url, clock, time.sleep) as client:
        return read_through(CoinbaseSource(client, INFO, since, until), progress)


def read_through(
    source: Source, progress: Callable[[int, int | None], None] | None = None
) -> Fetched:
    """Read a source to its end."""
    read = []
    for count, row in enumerate(source.rows(), 1):
        read.append(row)
        if progress is not None and count % ROWS_A_WORD == 0:
            progress(count, None)
    return Fetched(source.info, tuple(read), source.warnings())
