"""The states that commands are killed in, and the commands: one trader, his market, his broker."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from psycopg.conninfo import make_conninfo
from pyrage.x25519 import Identity

from coach.brokers.sandbox.entries import SandboxExecution
from coach.brokers.sandbox.world import SandboxWorld, demo_world, issue_key, issue_kraken_key
from coach.engine.backup.header import header_of
from coach.engine.postgres import embedded
from coach.engine.store import migrate
from coach.engine.store.connect import connect
from coach.files import write_private
from coach.model.machine.home import private_folder
from tests.e2e.faults.world import NOON, World

SEED = 3
DAYS = 21
IDENTITY = "kek-identity.txt"
KRAKEN = "connect kraken --key-file kraken.txt"
SYMBOLS = ("BTC-USD", "ETH-USD")
QUARTER_S = 900
HEADER = ["timestamp", "symbol", "side", "quantity", "price", "fee", "fee_currency", "trade_id"]
BARS = ["time", "symbol", "open", "high", "low", "close", "volume"]


@dataclass(frozen=True, slots=True)
class Command:
    """A command that writes, and the state that it finds.

    `once` says that it refuses to be done twice, or does it twice: then it is run again only where
    nothing was done, and there is nothing between undone and done. `resumes` says that it goes on
    where it was broken off, and begins anew where it was done. Without `empty_runs` an import
    that brings nothing is no difference.
    """

    name: str
    state: str
    line: str
    once: bool = False
    resumes: bool = False
    empty_runs: bool = True
    settings: dict[str, str] = field(default_factory=dict)


def small_world() -> SandboxWorld:
    """Return three weeks of a trader in two coins."""
    whole = demo_world(NOON, SEED)
    chosen = tuple(
        one
        for one in whole.executions
        if one.product_id in SYMBOLS and one.at > NOON - timedelta(days=DAYS)
    )
    return SandboxWorld(whole.end, chosen, whole.tapes, whole.products, whole.accounts)


def prepare(world: World, broker: SandboxWorld, url: str) -> list[Command]:
    """Make every state and return the commands."""
    folder = world.folder
    (folder / "key.json").write_text(issue_key(broker))
    (folder / "kraken.txt").write_text(issue_kraken_key(broker))
    write_statement(folder / "mine.csv", broker.executions)
    write_statement(folder / "more.csv", broker.executions[40:], fee="0.5")
    write_candles(folder / "candles.csv", broker)
    _new(world)
    _do(world, "candles import candles.csv --source file")
    world.keep("candled")
    world.set_back("new")
    _do(world, "import csv mine.csv")
    world.keep("traded")
    _do(world, f"connect coinbase --key-file key.json --base-url {url}")
    world.keep("connected")
    _unsealed(world)
    world.set_back("traded")
    _do(world, f"{KRAKEN} --base-url {url}")
    world.keep("krakened")
    _old(world)
    world.set_back("traded")
    _do(world, "candles import candles.csv --source file")
    world.keep("seen")
    run, trade, bias = _names(world)
    _do(world, f"label {trade} revenge yes")
    world.keep("labelled")
    _do(world, "export saved --format archive")
    _do(world, f"backup create --folder saved --age {_age_key(world)}")
    [backup] = folder.glob("saved/*.coachbackup")
    _do(world, "users add ann")
    world.keep("shared")
    return [
        *_commands(url, run, f"label {trade} {bias} yes"),
        *_ways_out(world.home / "state", backup),
    ]


def _age_key(world: World) -> str:
    """Write a key for backups beside the home, and return its public side."""
    made = Identity.generate()
    write_private(world.folder / "age.txt", f"{made}\n".encode())
    return str(made.to_public())


def _ways_out(into: Path, backup: Path) -> list[Command]:
    """Return what leaves a home, and what comes back into one; `into` is a folder of the home."""
    recipient = header_of(backup).recipients[0]
    make = f"backup create --folder {into}/backups --age {recipient}"
    restore = f"backup restore {backup} --key-file age.txt --yes"
    formats = "csv,ndjson,beancount,hledger,archive"
    archive = "import archive saved/local.coacharchive"
    return [
        Command("export", "seen", f"export {into}/out --format {formats}", resumes=True),
        Command("back up", "seen", make, resumes=True),
        Command("restore", "shared", restore, resumes=True),
        Command("restore into nothing", "empty", restore, resumes=True),
        Command("import an archive", "empty", archive, resumes=True),
        Command("purge", "shared", "purge ann --yes", resumes=True),
    ]


def _commands(url: str, run: str, label: str) -> list[Command]:
    connect = f"connect coinbase --key-file key.json --base-url {url}"
    own = "rules calibrate cooldown_after_loss --auto on"
    candles = {"COACH_CANDLES_AUTO": "on"}
    return [
        Command("migrate from nothing", "empty", "db upgrade"),
        Command("migrate", "old", "db upgrade"),
        Command("import", "candled", "import csv mine.csv"),
        Command("import more", "seen", "import csv more.csv"),
        Command("undo", "seen", f"import undo {run}", once=True),
        Command("import candles", "traded", "candles import candles.csv --source file"),
        Command("fetch candles", "connected", "candles fetch --granularity 1h"),
        Command("connect", "traded", connect, resumes=True),
        Command("connect kraken", "traded", f"{KRAKEN} --base-url {url}", resumes=True),
        Command("disconnect", "connected", "disconnect coinbase", once=True),
        Command("seal a key file", "unsealed", "status"),
        Command("rotate a data key", "connected", "keys rotate", resumes=True),
        Command("rotate after an incident", "connected", "keys rotate --incident", resumes=True),
        Command("rewrap", "connected", "keys rewrap", resumes=True),
        Command("sync", "connected", "import sync", empty_runs=False),
        Command("sync kraken", "krakened", "import sync", empty_runs=False),
        Command(
            "sync with candles", "connected", "import sync", empty_runs=False, settings=candles
        ),
        Command("add a rule", "seen", "rules add no_entry_after_spike z=2", once=True),
        Command("edit a rule", "seen", "rules edit max_trades_per_day limit=2", once=True),
        Command("remove a rule", "seen", "rules remove max_trades_per_day", once=True),
        Command("calibrate", "labelled", "rules calibrate"),
        Command("calibrate by itself", "seen", own),
        Command("label", "seen", label),
        Command("ask", "seen", "label questions"),
        Command("digest", "seen", "digest"),
        Command("simulate", "seen", "simulate --skip-after-loss 30"),
        Command("plan", "seen", "plans add dca --symbol BTC-USD", once=True),
        Command("declare money", "seen", "accounts set main --equity 5000"),
        Command("take shorts", "seen", "accounts set main --shorts"),
        Command("experiment", "seen", "experiments start max_trades_per_day --weeks 8", once=True),
    ]


def write_statement(file: Path, executions: Iterable[SandboxExecution], fee: str = "") -> None:
    """Write a statement; `fee` stands for the fee of every fill."""
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(HEADER)
        for one in executions:
            paid = fee or one.commission
            at, side = one.at.isoformat(), one.side.lower()
            rows.writerow(
                [at, one.product_id, side, one.size, one.price, paid, "USD", one.trade_id]
            )


def write_candles(file: Path, broker: SandboxWorld) -> None:
    """Write the quarters of an hour in which the trader traded, and two weeks before."""
    end_s = int(NOON.timestamp())
    start_s = end_s - (DAYS + 14) * 86_400
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(BARS)
        for symbol in SYMBOLS:
            tape = broker.tapes[symbol]
            for bar in reversed(tape.bars(QUARTER_S, start_s, end_s)):
                prices = [tape.price(one) for one in (bar.open, bar.high, bar.low, bar.close)]
                rows.writerow([bar.start_s, symbol, *prices, f"{bar.volume:.6f}"])


def _new(world: World) -> None:
    """Keep a database without tables, and one with a user and two rules."""
    url = embedded.ensure_running(world.place)
    with connect(make_conninfo(url, dbname="postgres")) as admin:
        admin.execute("drop database coach")
        admin.execute("create database coach template template0")
    world.keep("empty")
    _do(world, "rules add max_trades_per_day limit=4")
    _do(world, "rules add cooldown_after_loss minutes=30")
    world.keep("new")


def _old(world: World) -> None:
    """Keep what an older coach left, to be migrated."""
    migrate.downgrade(embedded.ensure_running(world.place), "0001")
    world.keep("old")


def _unsealed(world: World) -> None:
    """Keep what a coach left that knew no seal: a connection whose key lies in a private file."""
    file = private_folder(world.home / "state" / "keys") / "old.key"
    write_private(file, (world.folder / "key.json").read_bytes())
    for made in (world.home / "state" / "vault" / "kek.age", world.home / "config" / IDENTITY):
        made.unlink()
    with connect(embedded.ensure_running(world.place)) as connection:
        connection.execute("update connection set key_file = %s", [str(file)])
        connection.execute("delete from sealed_secret")
        connection.execute("delete from dek")
    world.keep("unsealed")


def _do(world: World, line: str) -> None:
    ended = world.run(line.split())
    assert ended.code == 0, ended.err


def _names(world: World) -> tuple[str, str, str]:
    """Return the import, and a tagged trade with its bias."""
    with connect(embedded.ensure_running(world.place)) as connection:
        run = connection.execute("select id from run").fetchone()
        tag = connection.execute(
            "select trade_id, bias from tag order by at, trade_id, bias limit 1"
        ).fetchone()
    assert run is not None
    assert tag is not None
    return str(run[0]), str(tag[0]), str(tag[1])
