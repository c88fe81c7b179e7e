"""One suite over every outside source: whatever a server does ends soon, small and in clear words.

A seeded sample runs always, all pairs of source and fault with --slow.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.hostile.conftest import BINANCE, BINANCE_KEY, KRAKEN_KEY, Ended, Watched
from tests.e2e.hostile.servers import (
    HTTP_FAULTS,
    LENGTHY,
    QUICK,
    REDIS_FAULTS,
    HostileServer,
    RawServer,
)

SEED = 9
SAMPLED = 8
MOST_MB = 200
LONGEST_S = 200
SOONEST_S = 1.5
"""A second, and what a machine that is busy with tests takes to end a process."""
LONGEST_IN_TRANSACTION_S = 1.0
UNDERSTOOD = {
    *("E_BROKER", "E_TRY_LATER", "E_NO_CANDLES", "E_NOT_FOUND", "E_OBJECTS", "E_AUTH"),
    "E_KEY_TOO_STRONG",
}
FETCH = ("candles", "fetch", "--symbol", "BTC-USDC=crypto", "--granularity", "1h")
SPAN = ("--since", "2026-03-02", "--until", "2026-03-04")
CANDLES = "time,open,high,low,close,volume\n" + "".join(
    f"2026-03-02T{hour:02d}:00:00Z,1,1,1,1,1\n" for hour in range(24)
)
VENDORS = """
import json, sys
from coach.brokers.market.{module} import {adapter}
from coach.brokers.market.base import Ask
from coach.model.machine.secrets import Secret
source = {adapter}(Secret("k"), "{url}")
answer = source.fetch(Ask("BTC-USD", 86400, 0, 86400000000 * 7, 86400000000 * 9))
kind = getattr(answer, "kind", "bars")
code = {{"down": "E_TRY_LATER", "busy": "E_TRY_LATER"}}.get(kind, "E_BROKER")
print(json.dumps({{"error": {{"code": code, "message": getattr(answer, "reason", "")}}}}))
sys.exit(1)
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the servers are, and files to give to commands."""

    broker: HostileServer
    bucket: HostileServer
    folder: Path


Ask = Callable[[Watched, Place, dict[str, object]], Ended]
SOURCES = (
    *("connect", "sync", "connect kraken", "sync kraken", "connect binance", "sync binance"),
    *("coinbase", "binance", "coinapi", "alphavantage", "bucket"),
)
ASKED_AT = {
    "connect": "key_permissions",
    "sync": "fills",
    "connect kraken": "GetApiKeyInfo",
    "sync kraken": "TradesHistory",
    "connect binance": "apiRestrictions",
    "sync binance": "myTrades",
    "bucket": "",
}
PAIRS = [(source, fault) for source in SOURCES for fault in HTTP_FAULTS]


def sampled(pairs: list[tuple[str, str]]) -> list[object]:
    """Return all pairs; those that are not in the sample are slow."""
    quick = sorted(pair for pair in pairs if pair[1] in QUICK)
    chosen = random.Random(SEED).sample(quick, SAMPLED)
    return [
        pytest.param(*pair, marks=[] if pair in chosen else [pytest.mark.slow]) for pair in pairs
    ]


@pytest.fixture(scope="module")
def bucket() -> Iterator[HostileServer]:
    server = HostileServer(HTTP_FAULTS)
    yield server
    server.close()


@pytest.fixture
def place(broker: HostileServer, bucket: HostileServer, tmp_path: Path) -> Place:
    (tmp_path / "candles.csv").write_text(CANDLES)
    return Place(broker, bucket, tmp_path)


def ask(source: str, fault: str, place: Place, watched: Watched, **more: object) -> Ended:
    """Run the command that asks this source, with this fault in its answers."""
    server = place.bucket if source == "bucket" else place.broker
    server.set(fault, ASKED_AT.get(source, ""))
    match source:
        case "connect" | "connect kraken" | "connect binance":
            broker = source.removeprefix("connect").strip() or "coinbase"
            key = place.folder / "key"
            key.write_text({"kraken": KRAKEN_KEY, "binance": BINANCE_KEY}.get(broker) or view_key())
            at = ("--base-url", server.url, "--account", "other", "--key-file", str(key))
            pairs = ("--pair", "BTC-USDT") if broker == "binance" else ()
            return watched("connect", broker, *at, *pairs, "--json", **BINANCE, **more)
        case "sync" | "sync kraken" | "sync binance":
            account = f"hostile{source.removeprefix('sync')}"
            return watched("import", "sync", "--account", account, "--json", **BINANCE, **more)
        case "coinbase" | "binance":
            return watched(*FETCH, *SPAN, "--source", source, "--json", **more)
        case "coinapi" | "alphavantage":
            adapter = f"{source.capitalize()}Candles"
            script = VENDORS.format(module=source, adapter=adapter, url=server.url)
            return watched(script=script, **more)
        case _:
            words = ("candles", "import", str(place.folder / "candles.csv"), "--symbol", "BTC-USD")
            store = f"s3://bars/x?endpoint={server.url}&allow_http=true"
            keys = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "hunter2"}
            name = f"s{fault.replace(' ', '-')}"
            known = {"COACH_OBJECT_STORE": store, **keys}
            return watched(*words, "--source", name, "--json", **known, **more)


def view_key() -> str:
    from coach.brokers.sandbox.keys import new_key

    return new_key("ES256", can_trade=False, can_transfer=False)[0]


def check(ended: Ended) -> None:
    """Hold an end against what every end has to be."""
    assert ended.error.get("code") in UNDERSTOOD, (ended.out, ended.err)
    assert ended.code not in {0, 2}
    assert ended.peak_mb < MOST_MB
    assert ended.seconds < LONGEST_S
    assert ended.in_transaction_s < LONGEST_IN_TRANSACTION_S
    assert "Traceback" not in ended.err
    assert "hunter2" not in ended.out + ended.err


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize(("source", "fault"), sampled(PAIRS))
def test_what_a_server_does_ends_in_a_clear_error(
    source: str, fault: str, place: Place, watched: Watched
) -> None:
    check(ask(source, fault, place, watched))


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("flood", "more than 4 MB (limit)"),
        ("bomb", "more than 4 MB (limit)"),
        ("endless repetition", "200 pages of fills in a row without a new one"),
    ],
)
def test_a_sync_names_the_limit_that_was_broken(
    fault: str, reason: str, place: Place, watched: Watched
) -> None:
    ended = ask("sync", fault, place, watched)
    check(ended)
    assert reason in ended.error["message"]


@pytest.mark.slow
def test_a_cursor_without_end_is_ended_by_the_number_of_pages(
    place: Place, watched: Watched
) -> None:
    """Ten thousand pages at 25 a second take 400 seconds, so this one has a longer limit."""
    server = place.broker
    server.set("endless cursor", "fills")
    ended = watched("import", "sync", "--account", "hostile", "--json", patience_s=1_500)
    assert "more than 10000 pages of fills (limit)" in ended.error["message"]
    assert ended.peak_mb < MOST_MB


@pytest.mark.usefixtures("forgotten")
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("fault", ["silence", pytest.param("drip", marks=pytest.mark.slow)])
def test_sigterm_is_obeyed_within_a_second(
    source: str, fault: str, place: Place, watched: Watched
) -> None:
    server = place.bucket if source == "bucket" else place.broker
    ended = ask(source, fault, place, watched, until=server.begun)
    vendor = source in {"coinapi", "alphavantage"}
    assert ended.code == (-15 if vendor else 143)
    assert ended.seconds < SOONEST_S


@pytest.mark.usefixtures("forgotten", "broker")
@pytest.mark.parametrize("fault", REDIS_FAULTS)
def test_a_redis_that_means_harm_costs_speed_and_nothing_else(fault: str, watched: Watched) -> None:
    server = RawServer(REDIS_FAULTS)
    server.set(fault)
    try:
        redis = f"redis://127.0.0.1:{server.port}/0"
        ended = watched("candles", "sources", "--json", COACH_REDIS_URL=redis)
    finally:
        server.close()
    assert (ended.code, ended.err) == (0, "")
    assert server.begun.is_set()
    assert ended.peak_mb < MOST_MB
    assert ended.seconds < 30


@pytest.fixture(scope="module")
def candles_kept(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep a week of candles in a folder: in a bucket it is looked for in vain."""
    file = tmp_path_factory.mktemp("candles") / "candles.csv"
    file.write_text(CANDLES)
    words = ("candles", "import", str(file), "--source", "kept", "--symbol", "BTC-USD")
    environment = {"PATH": os.environ["PATH"], "COACH_HOME": str(home)}
    command = [sys.executable, "-m", "coach", *words]
    subprocess.run(command, env=environment, check=True, capture_output=True)


def import_beside(
    server: HostileServer, fault: str, watched: Watched, folder: Path, **more: object
) -> Ended:
    """Import two fills while the candles lie in a bucket with this fault."""
    server.set(fault)
    statement = folder / "fills.csv"
    row = "2026-03-02T{0}:00:00Z,BTC-USD,{1},1,1,0,USD,{2}-{0}\n"
    rows = (row.format("09", "buy", fault), row.format("10", "sell", fault))
    head = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"
    statement.write_text(head + "".join(rows))
    store = f"s3://bars/x?endpoint={server.url}&allow_http=true"
    keys = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "hunter2"}
    words = ("import", "csv", str(statement), "--account", fault, "--json")
    return watched(*words, COACH_OBJECT_STORE=store, **keys, **more)


@pytest.mark.usefixtures("candles_kept")
@pytest.mark.parametrize("fault", ["flood", "redirects", "hang up"])
def test_an_import_beside_a_bucket_that_means_harm_is_still_an_import(
    fault: str, bucket: HostileServer, watched: Watched, tmp_path: Path
) -> None:
    ended = import_beside(bucket, fault, watched, tmp_path)
    assert ended.code == 0
    answer = json.loads(ended.out)
    assert answer["data"]["new"] == 2
    assert any("candles could not be read" in warning for warning in answer["warnings"])
    assert ended.peak_mb < MOST_MB
    assert ended.in_transaction_s < LONGEST_IN_TRANSACTION_S


@pytest.mark.usefixtures("candles_kept")
def test_an_import_that_waits_for_a_bucket_holds_no_transaction_and_obeys_sigterm(
    bucket: HostileServer, watched: Watched, tmp_path: Path
) -> None:
    ended = import_beside(bucket, "silence", watched, tmp_path, until=bucket.begun)
    assert ended.code == 143
    assert ended.seconds < SOONEST_S
    assert ended.in_transaction_s < LONGEST_IN_TRANSACTION_S


def test_the_lengthy_faults_are_all_slow() -> None:
    assert not {pair[1] for pair in PAIRS} - set(QUICK) - set(LENGTHY)
