"""Commands against servers and files that mean harm, watched from outside while they run."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from coach.brokers.sandbox.keys import new_key
from coach.engine.postgres import embedded
from coach.engine.store.connect import connect
from tests.e2e.hostile.servers import HTTP_FAULTS, HostileServer, pages

VIEW_ONLY = '{"can_view": true, "can_trade": false, "can_transfer": false, "portfolio_uuid": "p"}'
KRAKEN_VIEW_ONLY = (
    '{"error": [], "result": {"permissions": ["query-closed-trades", "query-ledger"]}}'
)
KRAKEN_KEY = f"{'K' * 56}\n{'A' * 86}==\n"
BINANCE_VIEW_ONLY = (
    '{"enableReading": true, "enableWithdrawals": false, "enableSpotAndMarginTrading": false}'
)
BINANCE_KEY = f"{'K' * 64}\n{'S' * 64}\n"
BINANCE = {"COACH_FEATURES": "binance"}
BINANCE_LISTS = '[{"symbol": "BTCUSDT", "price": "1"}]'
WAITING = """
select coalesce(max(extract(epoch from clock_timestamp() - state_change)), 0)::float8
  from pg_stat_activity
 where state like 'idle in transaction%' and pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that ended, and what it took.

    `peak_mb` is the most memory it held at once, `in_transaction_s` the longest time that the
    database waited for it within a transaction.
    """

    code: int
    out: str
    err: str
    seconds: float
    peak_mb: float
    in_transaction_s: float

    @property
    def error(self) -> dict[str, Any]:
        """Return the error object of the answer, empty where there is none."""
        found: dict[str, Any] = json.loads(self.out).get("error", {}) if self.out else {}
        return found


Watched = Callable[..., Ended]


@pytest.fixture
def watched(home: Path, tmp_path: Path) -> Watched:
    """Return a function that runs a command line, or a Python script, and watches it.

    `until` is an event after which it gets SIGTERM; its time then counts from there.
    """

    def run(
        *words: str,
        until: Event | None = None,
        stdin: Path | None = None,
        script: str = "",
        patience_s: float = 400,
        **more: str,
    ) -> Ended:
        command = [sys.executable, "-c", script] if script else [sys.executable, "-m", "coach"]
        out, err = tmp_path / "out", tmp_path / "err"
        environment = {"PATH": os.environ["PATH"], "COACH_HOME": str(home), **more}
        with (
            out.open("w") as told,
            err.open("w") as talk,
            (stdin or Path(os.devnull)).open("rb") as given,
            transactions_watched(home) as waited,
        ):
            began = time.monotonic()
            streams = {"stdin": given, "stdout": told, "stderr": talk}
            process = subprocess.Popen([*command, *words], env=environment, **streams)  # type: ignore[call-overload]
            if until is not None:
                assert until.wait(60), "the fault was never met"
                time.sleep(0.3)
                began = time.monotonic()
                process.send_signal(signal.SIGTERM)
            peak_mb = watch_memory(process, patience_s)
        seconds = time.monotonic() - began
        return Ended(
            process.returncode, out.read_text(), err.read_text(), seconds, peak_mb, max(waited)
        )

    return run


@pytest.fixture(scope="module")
def broker(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileServer]:
    """A broker that gives a view-only key and otherwise does as `fault` says; it is connected."""
    faults = HTTP_FAULTS | {
        "endless cursor": pages(iter(range(1, 10**9)), fresh=True),
        "endless repetition": pages(iter(range(1, 10**9)), fresh=False),
    }
    signed = {"apiRestrictions": BINANCE_VIEW_ONLY, "ticker/price": BINANCE_LISTS}
    well = {"key_permissions": VIEW_ONLY, "GetApiKeyInfo": KRAKEN_VIEW_ONLY, **signed}
    empty = '{"error": [], "result": {"ledger": {}, "count": 0}}'
    server = HostileServer(faults, {**well, "Ledgers": empty, "time": "{}"})
    key = tmp_path_factory.mktemp("key") / "key.json"
    key.write_text(new_key("ES256", can_trade=False, can_transfer=False)[0])
    kraken_key = key.with_name("kraken.txt")
    kraken_key.write_text(KRAKEN_KEY)
    binance_key = key.with_name("binance.txt")
    binance_key.write_text(BINANCE_KEY)
    environment = {"PATH": os.environ["PATH"], "COACH_HOME": str(home), **BINANCE}
    for broker, account, file, *more in (
        ("coinbase", "hostile", key),
        ("kraken", "hostile kraken", kraken_key),
        ("binance", "hostile binance", binance_key, "--pair", "BTC-USDT"),
    ):
        where = ("--base-url", server.url, "--account", account, "--key-file", str(file), *more)
        command = [sys.executable, "-m", "coach", "connect", broker, *where]
        subprocess.run(command, env=environment, check=True, capture_output=True)
    yield server
    server.close()


@pytest.fixture
def forgotten(home: Path) -> None:
    """Forget what sources of candles did before: an ill one would not even be asked."""
    with connect(url(home)) as connection:
        connection.execute("truncate hot_value, hot_bucket")


def url(home: Path) -> str:
    return embedded.ensure_running(embedded.DatabaseHome(home / "data"))


def watch_memory(process: "subprocess.Popen[bytes]", patience_s: float) -> float:
    """Wait for a process to end and return the most memory it held, in megabytes."""
    peak_kb, deadline = 0, time.monotonic() + patience_s
    status = Path(f"/proc/{process.pid}/status")
    while process.poll() is None:
        if time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise AssertionError(f"still running after {patience_s} s")
        try:
            fields = dict(
                line.split(":", 1) for line in status.read_text().splitlines() if ":" in line
            )
        except OSError:
            continue
        peak_kb = max(peak_kb, int(fields.get("VmHWM", "0 kB").split()[0]))
        time.sleep(0.01)
    return peak_kb / 1024


@contextmanager
def transactions_watched(home: Path) -> Iterator[list[float]]:
    """Note how long transactions stay open without a statement, until the block ends."""
    seen, over = [0.0], Event()

    def watch() -> None:
        with connect(url(home)) as connection:
            while not over.wait(0.1):
                row = connection.execute(WAITING).fetchone()
                seen.append(row[0] if row else 0.0)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    yield seen
    over.set()
    watcher.join()
