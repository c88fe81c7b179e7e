"""One user, one zone: a look from elsewhere changes nothing, a move is told and judged."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any
from uuid import uuid4

import pytest
from psycopg import sql

from coach.engine.store.connect import CoachConnection, connect
from tests import clock
from tests.e2e.cli.conftest import environment
from tests.e2e.conftest import WarmPython

Coach = Callable[..., CompletedProcess[str]]
HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
DAY = clock.now().date() - timedelta(days=10)
TABLES = """
select relname from pg_class
where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname
"""
READS = (
    "status",
    "accounts",
    "trades",
    "trades --since 2026-01-01",
    "trades --open",
    "pnl",
    "tags",
    "biases",
    "rules list",
    "rules breaches",
    "rules history",
    "plans list",
    "events",
    "import list",
    "experiments list",
    "candles list",
    "doctor",
    "users list",
    "config list",
)


def data(ended: CompletedProcess[str]) -> Any:  # noqa: ANN401 -- JSON
    """Return what a command said in JSON; it succeeded and said nothing else."""
    assert (ended.returncode, ended.stderr) == (0, "")
    return json.loads(ended.stdout)["data"]


def row(hour: int, side: str) -> str:
    return f"{DAY}T{hour:02d}:00:00Z,BTC-USD,{side},1,100,0.1,USD,{side}{hour}"


@pytest.fixture
def name() -> str:
    return f"t{uuid4().hex}"


@pytest.fixture
def coach(coach: Coach, name: str, tmp_path: Path) -> Coach:
    """
    Six entries of one UTC day, from 01:00 to 21:00, and a rule that allows five. In Tokyo the
    last two are of the next day.
    """
    return made(coach, name, tmp_path)


@pytest.fixture(scope="module")
def looker(home: Path, warm_python: WarmPython, tmp_path_factory: pytest.TempPathFactory) -> Coach:
    """The same trader, for looks that change nothing."""

    def run(*words: str, **more: str) -> CompletedProcess[str]:
        return warm_python.run(words, environment(home, **more), Path.cwd())

    return made(run, "looker", tmp_path_factory.mktemp("looker"))


def made(coach: Coach, name: str, folder: Path) -> Coach:
    assert coach("users", "add", name, "--zone", "UTC").returncode == 0
    mine = partial(coach, COACH_USER=name)
    rows = [row(hour + ended, side) for hour in range(1, 22, 4) for ended, side in enumerate(SIDES)]
    file = folder / "mine.csv"
    file.write_text("\n".join([HEADER, *rows]) + "\n")
    assert mine("rules", "add", "max_trades_per_day", "limit=5").returncode == 0
    assert mine("import", "csv", str(file), "--account", "main").returncode == 0
    return mine


SIDES = ("buy", "sell")


@pytest.fixture
def database(coach: Coach) -> Iterator[CoachConnection]:
    with connect(coach("db", "url").stdout.strip()) as connection:
        yield connection


def contents(connection: CoachConnection) -> dict[str, tuple[object, ...]]:
    """Return how many rows each table has, and a hash of all of them."""
    names = [name for (name,) in connection.execute(TABLES).fetchall()]
    counted = "select count(*), md5(string_agg(one::text, chr(10) order by one::text)) from {} one"
    queries = {name: sql.SQL(counted).format(sql.Identifier(name)) for name in names}
    return {name: connection.execute(query).fetchone() or () for name, query in queries.items()}


def broken(coach: Coach) -> int:
    return len(data(coach("rules", "breaches", "--json")))


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Auckland"])
@pytest.mark.parametrize("line", READS)
def test_a_look_from_another_zone_changes_no_table(looker: Coach, line: str, zone: str) -> None:
    with connect(looker("db", "url").stdout.strip()) as database:
        before = contents(database)
        assert before["breach"][0]
        assert looker("--zone", zone, *line.split()).returncode == 0
        assert contents(database) == before


def test_a_look_from_another_zone_shows_the_same_breaches(coach: Coach) -> None:
    assert broken(coach) == 1
    assert broken(partial(coach, "--zone", "Asia/Tokyo")) == 1


@pytest.mark.usefixtures("coach")
def test_a_terminal_shows_times_in_the_zone_of_the_answer(on_terminal: Coach, name: str) -> None:
    """The last trade closes at 22:00 UTC."""
    here = on_terminal("trades", COACH_USER=name).stdout
    there = on_terminal("--zone", "Asia/Tokyo", "trades", COACH_USER=name).stdout
    tomorrow = str(DAY + timedelta(days=1))
    assert tomorrow not in here
    assert tomorrow in there


def test_the_variable_moves_nobody_who_is_there(
    coach: Coach, database: CoachConnection, name: str
) -> None:
    before = contents(database)
    assert data(coach("status", "--json", COACH_ZONE="Asia/Tokyo"))["zone"] == "UTC"
    assert contents(database) == before
    told = coach("config", "list", "--show-origin", COACH_ZONE="Asia/Tokyo").stdout
    assert f"zone\tUTC\tuser {name}\n" in told


def test_the_doctor_names_a_zone_that_moves_nobody(coach: Coach) -> None:
    checks = data(coach("doctor", "--json", COACH_ZONE="Asia/Tokyo"))["checks"]
    [said] = [check for check in checks if check["name"] == "zone of new users"]
    assert "Asia/Tokyo (env COACH_ZONE)" in said["detail"]
    assert said["hint"].startswith("coach config set zone Asia/Tokyo")
    checks = data(coach("doctor", "--json", COACH_ZONE="UTC"))["checks"]
    assert "zone of new users" not in {check["name"] for check in checks}


def test_config_set_moves_the_user_and_judges_at_once(coach: Coach) -> None:
    moved = data(coach("config", "set", "zone", "Asia/Tokyo", "--json"))
    assert moved["value"] == "Asia/Tokyo"
    assert broken(coach) == 0
    assert coach("config", "get", "zone").stdout == "Asia/Tokyo\n"
    told = [json.loads(line) for line in coach("events").stdout.splitlines()]
    assert told[-1]["type"] == "zone.changed"
    assert told[-1]["payload"] == {"was": "UTC", "now": "Asia/Tokyo"}


def test_a_user_that_nobody_made_is_an_error(coach: Coach, database: CoachConnection) -> None:
    before = contents(database)
    ended = coach("status", COACH_USER="nobody-ever")
    assert ended.returncode == 1
    assert "no user 'nobody-ever'" in ended.stderr
    assert "coach users add" in ended.stderr
    assert contents(database) == before


def test_a_new_user_begins_in_the_zone_of_the_variable(coach: Coach, name: str) -> None:
    made = data(coach("users", "add", f"{name}-b", "--json", COACH_ZONE="Asia/Tokyo"))
    assert (made["name"], made["zone"]) == (f"{name}-b", "Asia/Tokyo")
    assert data(coach("status", "--json", COACH_USER=f"{name}-b"))["zone"] == "Asia/Tokyo"
