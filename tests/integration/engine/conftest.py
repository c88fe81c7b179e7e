"""A desk over a fresh database, and statements written as a reader would write them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.engine.api.desk import Desk
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.outbox import partitions
from coach.engine.store import accounts
from coach.engine.store.connect import connect
from coach.model.accounts import Run
from coach.model.home import Home

HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)

Importer = Callable[..., Run]


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    folders = Home(*(tmp_path / name for name in ("config", "data", "state", "cache")))
    with connect(database_url) as connection:
        partitions.ensure(connection, NOW)
        user = accounts.user_named(connection, "local", "UTC")
        yield Desk(connection, lambda: connect(database_url), user, lambda: NOW, folders)


@pytest.fixture
def imported(desk: Desk, tmp_path: Path) -> Importer:
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
        return import_statement(desk, file, request)

    return bring


def row(day: str, line: str) -> str:
    """Return the statement row of one line."""
    words = line.split()
    clock, side, symbol, quantity, _, price = words[:6]
    rest = dict(zip(words[6::2], words[7::2], strict=False))
    number = next((word[1:] for word in words if word.startswith("#")), "")
    time = clock if clock.count(":") == 2 else f"{clock}:00"
    return f"{day}T{time}Z,{symbol},{side},{quantity},{price},{rest.get('fee', '0')},,{number}"
