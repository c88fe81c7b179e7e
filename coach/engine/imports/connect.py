"""Connecting an account to its broker, and reading from it.

Until keys are sealed, a key stands in a file of the state folder that its owner alone may read.
Nothing here holds a database transaction: a broker may take its time.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from coach.brokers.base import Row, Source, SourceInfo
from coach.engine.imports.spool import RowSpool
from coach.engine.store.accounts import BrokerConnection
from coach.errors import ConfigError
from coach.files import write_private
from coach.model.accounts import Account
from coach.model.machine.home import private_folder
from coach.model.machine.inputs import read_small_text

if TYPE_CHECKING:
    from coach.brokers.coinbase.client import CoinbaseClient

BROKER = "coinbase"
ROWS_A_WORD = 250
Clock = Callable[[], datetime]
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class FetchedSource:
    """A source read to its end, so that no transaction waits for the network."""

    info: SourceInfo
    read: Iterable[Row]
    notes: tuple[str, ...]

    def rows(self) -> Iterator[Row]:
        """Yield the rows that were read."""
        return iter(self.read)

    def warnings(self) -> tuple[str, ...]:
        """Return the warnings of the source."""
        return self.notes


@dataclass(frozen=True, slots=True)
class CheckedKey:
    """A view-only key, and when the broker confirmed that it is one."""

    text: str
    name: str
    permissions: dict[str, object]
    checked_at: datetime


def check_coinbase_key(key_text: str, base_url: str, clock: Clock) -> CheckedKey:
    """Ask Coinbase what a key may do; raise KeyCanDoTooMuch for one that can do more than view."""
    from coach.brokers.coinbase.adapter import permissions, refuse_if_too_strong
    from coach.brokers.coinbase.auth import read_key
    from coach.brokers.coinbase.client import CoinbaseClient

    key = read_key(key_text)
    with CoinbaseClient(key, base_url, clock, time.sleep) as client:
        allowed = permissions(client)
    refuse_if_too_strong(allowed)
    return CheckedKey(key_text, key.name, asdict(allowed), clock())


def connection_of(
    checked: CheckedKey, base_url: str, account: Account, folder: Path
) -> BrokerConnection:
    """Keep a checked key in a private file and return the account's connection by it."""
    return BrokerConnection(
        account_id=account.id,
        account=account.name,
        broker=BROKER,
        base_url=base_url,
        key_name=checked.name,
        key_file=str(keep_key(checked.text, account, folder)),
        permissions=checked.permissions,
        checked_at=checked.checked_at,
    )


def keep_key(key_text: str, account: Account, folder: Path) -> Path:
    """Write the key where only its owner may read it, all of it or nothing."""
    place = private_folder(folder) / f"{sha256(account.name.encode()).hexdigest()[:16]}.key"
    return write_private(place, key_text.encode())


def forget_key(connected: BrokerConnection) -> None:
    """Delete the file of a connection's key; one that is gone already is no trouble."""
    Path(connected.key_file).unlink(missing_ok=True)


@contextmanager
def connected_client(connected: BrokerConnection, clock: Clock) -> Iterator["CoinbaseClient"]:
    """Yield a client under the account's key; ConfigError where the key cannot be read."""
    from coach.brokers.coinbase.auth import read_key
    from coach.brokers.coinbase.client import CoinbaseClient

    try:
        text = read_small_text(Path(connected.key_file))
    except (OSError, UnicodeDecodeError) as trouble:
        reason = getattr(trouble, "strerror", None) or "it is not text"
        raise ConfigError(
            remedy="connect_again",
            name=f"key of account {connected.account}",
            what=f"cannot read {connected.key_file}: {reason}",
        ) from trouble
    with CoinbaseClient(read_key(text), connected.base_url, clock, time.sleep) as client:
        yield client


def check_powers(client: "CoinbaseClient", record: Callable[[dict[str, object]], None]) -> None:
    """Ask what the key may do now and record it; raise KeyCanDoTooMuch for more than view."""
    from coach.brokers.coinbase.adapter import permissions, refuse_if_too_strong

    allowed = permissions(client)
    record(asdict(allowed))
    refuse_if_too_strong(allowed)


@contextmanager
def fetched(
    client: "CoinbaseClient",
    since: datetime | None,
    until: datetime,
    folder: Path,
    progress: Progress | None,
) -> Iterator[FetchedSource]:
    """Yield what the broker holds from `since` (None: ever) to `until`, read to its end."""
    from coach.brokers.coinbase.adapter import INFO, CoinbaseSource

    source = CoinbaseSource(client, INFO, since, until)
    spool = RowSpool(folder)
    try:
        spool.write(_counted(source, progress))
        yield FetchedSource(source.info, spool, source.warnings())
    finally:
        spool.close()


def _counted(source: Source, progress: Progress | None) -> Iterator[Row]:
    for count, row in enumerate(source.rows(), 1):
        yield row
        if progress is not None and count % ROWS_A_WORD == 0:
            progress(count, None)
