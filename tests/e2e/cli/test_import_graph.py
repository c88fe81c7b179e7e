"""Start-up is a feature: what a fast command may import, read off a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from coach.engine.postgres import embedded
from coach.engine.store import migrate

HEAVY = frozenset(
    {
        "alembic",
        "boto3",
        "cryptography",
        "fastapi",
        "httpx2",
        "jsonschema",
        "keyring",
        "procrastinate",
        "psycopg_pool",
        "numpy",
        "pandas",
        "pydantic",
        "pydantic_core",
        "pyrage",
        "rich",
        "sqlalchemy",
        "stamina",
        "starlette",
        "textual",
        "tomlkit",
        "uvicorn",
        "yaml",
    }
)
NOTHING_BUT_PARSING = HEAVY | {"psycopg", "asyncio", "coach.engine", "coach.brokers", "zoneinfo"}


def imported(home: Path, *words: str) -> set[str]:
    """Return every module a command line imports, and each package above it."""
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "coach", *words],
        env={"COACH_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    names = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}
    return (
        names | {name.rpartition(".")[0] for name in names} | {name.split(".")[0] for name in names}
    )


def test_the_version_needs_nothing_but_the_door(tmp_path: Path) -> None:
    ours = {name for name in imported(tmp_path, "--version") if name.startswith("coach")}
    assert ours == {"coach", "coach._version"}


def test_the_first_page_of_help_reads_no_settings(tmp_path: Path) -> None:
    settings = {"coach.settings.reading", "coach.settings.values", "coach.model.events"}
    assert not imported(tmp_path, "--help") & settings


def test_the_version_needs_no_parser(tmp_path: Path) -> None:
    assert not imported(tmp_path, "--version") & {"typer", "json", "decimal", "tomllib"}


@pytest.mark.parametrize(
    "line",
    [
        "--help",
        "help",
        "help exit codes",
        "help import csv",
        "import --help",
        "pnl --help",
        "config path",
        "completion bash",
    ],
)
def test_help_needs_no_engine(tmp_path: Path, line: str) -> None:
    assert not imported(tmp_path, *line.split()) & NOTHING_BUT_PARSING


def test_telling_where_to_start_needs_nothing_heavy(tmp_path: Path) -> None:
    assert not imported(tmp_path) & HEAVY


@pytest.mark.parametrize(
    "line",
    ["status", "status --json", "pnl", "trades", "tags", "accounts", "import list", "events"],
)
def test_looking_something_up_needs_nothing_heavy(home: Path, line: str) -> None:
    migrate.upgrade(embedded.ensure_running(embedded.DatabaseHome(home / "data")))
    assert not imported(home, *line.split()) & HEAVY


def test_reading_back_what_was_found_needs_nothing_heavy(home: Path, tmp_path: Path) -> None:
    """The import keeps the findings, the first digest its pack; a further look computes nothing."""
    file = tmp_path / "fills.csv"
    file.write_text(
        "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"
        "2026-03-02T09:00:00Z,BTC-USD,buy,1,100,0.1,USD,a\n"
        "2026-03-02T10:00:00Z,BTC-USD,sell,1,90,0.1,USD,b\n"
    )
    migrate.upgrade(embedded.ensure_running(embedded.DatabaseHome(home / "data")))
    imported(home, "import", "csv", str(file))
    for line in ("biases", "why revenge", "biases --json"):
        assert not imported(home, *line.split()) & HEAVY
    assert "numpy" in imported(home, "digest")
    assert not imported(home, "digest") & HEAVY
