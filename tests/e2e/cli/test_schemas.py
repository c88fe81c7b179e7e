"""What commands print with --json is what docs/schemas publishes."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from coach.engine.store.connect import connect
from coach.views.nouns import COMMANDS
from tests import clock
from tests.e2e.cli.conftest import assert_published, environment, published
from tests.e2e.conftest import WarmPython

HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
DAY = clock.now().date() - timedelta(days=10)
MAPPING = """version = 1
name = "shared"
[columns]
time = "when"
symbol = "what"
side = "side"
quantity = "size"
price = "price"
"""
RULE = "max_trades_per_day"
DIGEST = "digest.weekly"
TRIED_ELSEWHERE = {
    *("keys abandon", "keys export-recovery", "keys restore"),  # test_keys.py loses a key
    *("keys rewrap", "keys rotate", "keys seal", "keys status"),
    *("candles fetch", "connect coinbase", "import sync"),  # test_candles.py has a server
    *(
        "connect kraken",
        "connect binance",
        "accounts pairs",
        "disconnect",
    ),  # test_connections.py has one, too
    "import sync --due",
    *(name for name in COMMANDS if name.startswith("schedule ")),  # test_schedule_runs.py runs them
    "import csv FILE",  # tests/integration/engine/imports/test_mappings.py has two accounts
    "watch",  # brokers/test_watching.py has a server
    "digest --send",  # test_notify.py has a receiver
    *(name for name in COMMANDS if name.split()[0] == "notify"),
    *("events devices", "events forget"),  # test_events.py has some
    *("rules accept", "rules dismiss"),  # test_calibration.py has proposals
    *("plans answer", "plans questions", "plans remove QUESTION"),  # test_questions.py is asked
    *(name for name in COMMANDS if name.startswith("backup ")),  # backup/test_backup.py
    "healthcheck",  # tests/unit/cli/test_healthcheck.py asks a server
    *("export", "import archive", "purge"),  # backup/test_exports.py
    *(name for name in COMMANDS if name.startswith("secrets ")),  # test_secrets.py has age keys
}
LINES = {
    "import csv": "import csv {statement} --account main --no-shorts",
    "candles import": "candles import {candles} --source mine",
    "candles list": "candles list",
    "candles sources": "candles sources --symbol BTC-USD",
    "candles prune": "candles prune --dry-run",
    "import list": "import list",
    "mappings": "mappings",
    "mappings list": "mappings list",
    "mappings show": "mappings show gate-spot",
    "mappings import": "mappings import {mapping}",
    "mappings contracts": "mappings contracts",
    "mappings remove": "mappings remove shared",
    "accounts": "accounts",
    "engine keys": "engine keys --new",
    "pki init": "pki init",
    "pki issue": "pki issue api",
    "pki renew": "pki renew api",
    "pki status": "pki status",
    "accounts set": "accounts set main --equity 5000",
    "status": "status",
    "watch --status": "watch --status",
    "users add": "users add ann --zone Europe/Berlin",
    "users list": "users list",
    "users password": "users password ann --password-file {password}",
    "users allow": "users allow ann binance",
    "users disallow": "users disallow ann binance",
    "users disable": "users disable ann",
    "users enable": "users enable ann",
    "users link": "users link ann --subject 248289761001",
    "users unlink": "users unlink ann",
    "token create": "token create script --scope import",
    "token list": "token list",
    "token revoke": "token revoke {token}",
    "doctor": "doctor",
    "pnl": "pnl",
    "pnl --in": "pnl --in EUR",
    "config set tone": "config set tone strict",
    "config set zone": "config set zone UTC",
    "trades": "trades",
    "trades --open": "trades --open",
    "tags": "tags",
    "coverage": "coverage",
    "fills": "fills",
    "fills list": "fills list --last 1",
    "fills show": "fills show {fill}",
    "fills leave-out": "fills leave-out {fill} --reason test",
    "fills take-back": "fills take-back {fill}",
    "biases": "biases",
    "plans add": "plans add stop --percent 2",
    "plans": "plans",
    "plans list": "plans list",
    "plans remove PLAN": "plans remove stop",
    "rules add": f"rules add {RULE} limit=3",
    "rules show": f"rules show {RULE}",
    "experiments start": f"experiments start {RULE} --weeks 8",
    "experiments list": "experiments list",
    "experiments show": "experiments show {experiment}",
    "experiments result": "experiments result {experiment}",
    "experiments stop": "experiments stop {experiment}",
    "rules edit": f"rules edit {RULE} limit=2 lock_hours=24",
    "rules rollback": f"rules rollback {RULE}",
    "rules list": "rules list",
    "rules breaches": "rules breaches",
    "rules history": "rules history",
    "rules diff": f"rules diff {RULE}",
    "rules status": "rules status",
    "rules dry-run": "rules dry-run cooldown_after_loss minutes=60",
    "rules presets": "rules presets",
    "rules calibrate": "rules calibrate",
    "rules proposals": "rules proposals --all",
    "check": "check BTC-USD buy 1 --price 100",
    "check --history": "check --history",
    "entries add": "entries add deposit USD 100 --at 2026-03-01 --account main",
    "entries convert": "entries convert USD 1 EUR 1 --at 2026-03-01 --account main",
    "entries rename": "entries rename EUR EURX --at 2026-03-02 --account main",
    "entries split": "entries split EURX 2 --at 2026-03-03 --account main",
    "entries balance": "entries balance USD 99 --at 2026-03-04 --account main",
    "entries": "entries",
    "reconcile": "reconcile",
    "confidence": "confidence {open} 60",
    "commit write": "commit write Walk first.",
    "commit": "commit",
    "commit list": "commit list",
    "commit search": "commit search walk",
    "commit show": "commit show 1",
    "commit remove": "commit remove 1",
    "commit restore": "commit restore 1",
    "label": "label {trade} revenge yes",
    "label --list": "label --list",
    "label questions": "label questions",
    "label --remove": "label {trade} revenge --remove",
    "note add": "note add {trade} waited for the target",
    "note": "note today slept badly",
    "note list": "note list",
    "note search": "note search TARGET",
    "note edit": "note edit 1 sold too early",
    "note remove": "note remove 1",
    "note restore": "note restore 1",
    "note share": "note share 1",
    "note unshare": "note unshare 1",
    "why TRADE": "why {trade}",
    "why BIAS": "why revenge",
    "simulate": "simulate --skip-after-loss 30",
    "digest --verify": "digest --verify",
    "reflect": "reflect why do I lose",
    "reflect --show-prompt": "reflect --show-prompt",
    "reflect list": "reflect list",
    "reflect usage": "reflect usage",
    "rules pause": f"rules pause {RULE}",
    "rules resume": f"rules resume {RULE}",
    "rules remove": f"rules remove {RULE}",
    "events": "events",
    "db epoch": "db epoch",
    "db partitions": "db partitions",
    "jobs": "jobs",
    "jobs list": "jobs list",
    "jobs show": "jobs show {job}",
    "jobs retry": "jobs retry {job}",
    "import undo": "import undo {run} --yes",
    "accounts remove": "accounts remove main --yes",
    "audit": "audit",
    "audit head": "audit head",
    "audit verify": "audit verify",
    "users remove": "users remove ann --yes",
}
"""Every command whose answer has a schema, in an order in which each has something to show."""


def row(hour: int, minute: int, side: str, quantity: int, price: int) -> str:
    at = f"{DAY}T{hour:02d}:{minute:02d}:00Z"
    return f"{at},BTC-USD,{side},{quantity},{price},0.1,USD,{side}{hour}{minute}"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Ten trades, a loss and a larger entry soon after, a position left open; and its candles."""
    folder = tmp_path_factory.mktemp("files")
    lines = [HEADER]
    for hour in range(6, 16):
        lines += [row(hour, 0, "buy", 1, 100), row(hour, 30, "sell", 1, 99)]
    lines += [row(16, 0, "buy", 1, 100), row(16, 5, "sell", 1, 90)]
    lines += [row(16, 7, "buy", 3, 90), row(16, 40, "sell", 2, 95)]
    statement, candles = folder / "mine.csv", folder / "candles.csv"
    password = folder / "password"
    password.write_text("four plain words here\n")
    statement.write_text("\n".join(lines) + "\n")
    bars = [
        f"{DAY}T{hour:02d}:{minute:02d}:00Z,BTC-USD,100,101,89,95,5"
        for hour in range(24)
        for minute in (0, 15, 30, 45)
    ]
    candles.write_text("\n".join(["time,symbol,open,high,low,close,volume", *bars]) + "\n")
    mapping = statement.with_name("shared.toml")
    mapping.write_text(MAPPING)
    return {
        "statement": str(statement),
        "candles": str(candles),
        "password": str(password),
        "mapping": str(mapping),
    }


def fail(home: Path, warm_python: WarmPython, job: str) -> None:
    """Let a job that is done count as failed, so that it can be tried again."""
    url = warm_python.run(("db", "url"), environment(home), home).stdout.strip()
    with connect(url) as connection:
        connection.execute("update run set state = 'failed' where id = %s", [job])


@pytest.fixture(scope="module")
def printed(home: Path, warm_python: WarmPython, files: dict[str, str]) -> dict[str, list[Any]]:
    """What each command printed: of most one answer, of `events` each."""
    names, found = dict(files), dict[str, list[Any]]()
    for command, line in LINES.items():
        words = [word.format(**names) for word in line.split()]
        told = environment(home, COACH_OIDC_ISSUER="https://login.example.org")
        done = warm_python.run((*words, "--json"), told, home)
        assert done.returncode in {0, 5}, (command, done.stdout, done.stderr)
        answers = [json.loads(one) for one in done.stdout.splitlines()]
        found[command] = answers if command == "events" else [one["data"] for one in answers]
        match command:
            case "import csv":
                names["run"] = found[command][0]["run_id"]
            case "fills list":
                names["fill"] = found[command][0][0]["id"]
            case "tags":
                names["trade"] = found[command][0][-1]["trade_id"]
            case "trades --open":
                names["open"] = found[command][0][-1]["id"]
            case "experiments start":
                names["experiment"] = found[command][0]["id"]
            case "jobs list":
                jobs = found[command][0]
                names["job"] = next(one["run_id"] for one in jobs if one["kind"] == DIGEST)
            case "token create":
                names["token"] = found[command][0]["id"]
            case "jobs show":
                fail(home, warm_python, names["job"])
    return found


def test_every_command_with_a_schema_is_tried() -> None:
    assert LINES.keys() | TRIED_ELSEWHERE == COMMANDS.keys()


@pytest.mark.parametrize("command", LINES)
def test_what_a_command_prints_fits_its_schema(command: str, printed: dict[str, list[Any]]) -> None:
    answers = printed[command]
    assert any(answers) or command in {"label questions", "rules proposals", "mappings contracts"}
    for data in answers:
        assert_published(command, data)
        if command == "events":
            published(f"event.{data['type']}").validate(data)
