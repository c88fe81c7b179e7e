"""A session over a fresh database, and statements written as a reader would write them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, partial
from itertools import count
from pathlib import Path

import pytest

from coach.brokers.base import SourceInfo
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.session import Session
from coach.engine.imports import undo as undoing
from coach.engine.imports.match import IncrementalMatching
from coach.engine.imports.read import ImportTally, read_in
from coach.engine.imports.sync.fetch import FetchedSource
from coach.engine.imports.twins import count_once
from coach.engine.outbox import partitions
from coach.engine.store import accounts, users
from coach.engine.store.connect import connect
from coach.engine.store.fills import RunTarget
from coach.engine.store.imports import runs
from coach.engine.store.imports.runs import RunOrigin
from coach.model.accounts import Run
from coach.model.fills import Fill
from coach.model.machine.home import Home
from tests.databases import DatabasePool
from tests.keyrings import keyring_in

HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 1, 12, tzinfo=UTC)

Importer = Callable[..., Run]


@pytest.fixture(scope="session")
def database_pool(server: str) -> Iterator[DatabasePool]:
    """Return databases whose months are open from a month before the session's present on."""
    pool = DatabasePool(server, MARCH, NOW)
    yield pool
    pool.close()


@pytest.fixture
def session(database_url: str, tmp_path: Path) -> Iterator[Session]:
    folders = Home(*(tmp_path / name for name in ("config", "data", "state", "cache")))
    with connect(database_url) as connection:
        user = users.add(connection, "local", "UTC")
        assert user is not None
        keys = cache(lambda: keyring_in(tmp_path / "keys", lambda: NOW))
        again = partial(connect, database_url)
        yield Session(connection, again, user, lambda: NOW, folders, keyring=keys)


@pytest.fixture
def autumn(session: Session) -> Session:
    """A session in November 2026, after the last trade of ../shared/cases/analytics."""
    partitions.ensure(session.connection, NOVEMBER)
    return replace(session, clock=lambda: NOVEMBER)


class FillStore:
    """Imports of fills and their undoing, without the trades: for examples by the hundred."""

    def __init__(self, session: Session) -> None:
        self.connection = session.connection
        self._user = session.user
        self._clock = session.clock
        self._numbers = count(1)
        self.clear()

    def clear(self) -> None:
        """Forget all imports."""
        for table in ("fill", "fill_version", "row_order", "run"):
            self.connection.execute(f"truncate {table}")
        self.account = accounts.ensure_account(
            self.connection, self._user.id, "coinbase", "coinbase", shorts=False
        )

    def bring(self, info: SourceInfo, fills: Sequence[Fill]) -> tuple[Run, ImportTally]:
        """Import fills as this source tells them."""
        run_id = runs.run_id("test", str(next(self._numbers)))
        origin = RunOrigin(self.account.id, info.name, info.family, info.rank, "")
        started = runs.start(self.connection, self._user.id, run_id, origin, self._clock())
        shelf = RunTarget(self._user.id, self.account.id, started.n, info.rank)
        matching = IncrementalMatching(self._user.id, self.account)
        with self.connection.transaction():
            tally = read_in(
                self.connection, shelf, FetchedSource(info, fills, ()), lambda _: None, matching
            )
            if tally.new and tally.account_held_fills:
                twins = count_once(self.connection, shelf, "coinbase")
                tally.new -= twins.known
                tally.known += twins.known
        self.connection.execute("update run set state = 'done' where n = %s", [started.n])
        run = runs.find(self.connection, self._user.id, run_id)
        assert run is not None
        assert tally.new + tally.known + tally.changed == tally.fetched == len(fills)
        assert min(tally.new, tally.known, tally.changed) >= 0
        self._check_versions()
        return run, tally

    def undo(self, run: Run) -> None:
        """Take an import back."""
        with self.connection.transaction():
            undoing._take_back(self.connection, self._user, run, "coinbase", self._clock)
        self._check_versions()

    def standing(self) -> list[tuple[str, str, Decimal, Decimal]]:
        """Return key, id, quantity and price of every fill that stands."""
        return self.connection.execute(
            "select encode(key, 'hex'), native_id, quantity, price from fill order by key"
        ).fetchall()

    def _check_versions(self) -> None:
        orphans = self.connection.execute(
            "select count(*) from fill_version v where not exists (select from fill f"
            " where f.key = v.stands_for)"
        ).fetchone()
        assert orphans == (0,)


@pytest.fixture
def fill_store(session: Session) -> FillStore:
    return FillStore(session)


@pytest.fixture
def imported(session: Session, tmp_path: Path) -> Importer:
    """Import one day's lines, written `09:00 buy BTC-USD 1 @ 100 [fee 0.1] [#id]`."""

    def bring(
        *lines: str,
        account: str = "main",
        day: str = "2026-03-02",
        strict: bool = False,
        dry_run: bool = False,
        wait_s: float = 60,
        shorts: bool | None = None,
    ) -> Run:
        file = tmp_path / f"statement-{abs(hash(lines))}.csv"
        file.write_text("\n".join([HEADER, *(row(day, line) for line in lines)]) + "\n")
        request = ImportRequest(
            account=account, strict=strict, dry_run=dry_run, wait_s=wait_s, shorts=shorts
        )
        return import_statement(session, file, request)

    return bring


def row(day: str, line: str) -> str:
    """Return the statement row of one line."""
    words = line.split()
    clock, side, symbol, quantity, _, price = words[:6]
    rest = dict(zip(words[6::2], words[7::2], strict=False))
    number = next((word[1:] for word in words if word.startswith("#")), "")
    time = clock if clock.count(":") == 2 else f"{clock}:00"
    return f"{day}T{time}Z,{symbol},{side},{quantity},{price},{rest.get('fee', '0')},,{number}"
