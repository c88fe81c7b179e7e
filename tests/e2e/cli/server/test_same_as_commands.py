"""A route answers what its command prints with --json, byte for byte, at the same moment."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from coach import wiring
from coach.server.app import ServerParts, application
from coach.server.routes import NAMED, READS, ReadRoute
from coach.server.sessions import SessionPool
from coach.settings import reading
from coach.views.paging import row_name
from tests import clock
from tests.e2e.cli.conftest import environment
from tests.e2e.conftest import WarmPython
from tests.published_answers import PublishedRoutes

HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
NOW = clock.now()
DAY = NOW.date() - timedelta(days=10)
RULE = "max_trades_per_day"
PAIRS = (
    ("status", "status"),
    ("accounts", "accounts"),
    ("import list", "imports"),
    ("trades", "trades"),
    ("trades --symbol btc-usd --since {day}", "trades?symbol=btc-usd&since={day}"),
    ("trades --until {day}", "trades?until={day}"),
    ("trades --limit 3", "trades?limit=3"),
    ("trades --after {trade} --limit 2", "trades?after={trade}&limit=2"),
    ("trades --after {last}", "trades?after={last}"),
    ("accounts --limit 1", "accounts?limit=1"),
    ("import list --limit 1", "imports?limit=1"),
    ("rules list --after max_trades_per_day", "rules?after=max_trades_per_day"),
    ("experiments list --limit 1", "experiments?limit=1"),
    ("jobs --limit 2", "jobs?limit=2"),
    ("jobs --after {run}", "jobs?after={run}"),
    ("jobs show {run}", "jobs/{run}"),
    ("trades --open", "trades?open=true"),
    ("pnl", "pnl"),
    ("pnl --method average --account main", "pnl?method=average&account=main"),
    ("biases", "biases"),
    ("biases --days 30 --bias revenge", "biases?days=30&bias=revenge"),
    ("why revenge", "why/revenge"),
    ("why {trade}", "why/{trade}"),
    ("tags", "tags"),
    ("tags --bias revenge", "tags?bias=revenge"),
    ("tags --limit 2", "tags?limit=2"),
    ("tags --after {tag} --limit 1", "tags?after={tag}&limit=1"),
    ("label --list --limit 1", "labels?limit=1"),
    ("label --list --after {trade}:revenge", "labels?after={trade}:revenge"),
    ("label questions --limit 1", "labels/questions?limit=1"),
    ("plans list --after stop", "plans?after=stop"),
    ("plans --limit 1", "plans?limit=1"),
    ("plans questions --limit 1", "questions?limit=1"),
    ("candles list --limit 1", "candles?limit=1"),
    ("candles list --after BTC-USD:1h:mine", "candles?after=BTC-USD:1h:mine"),
    ("rules history --after max_trades_per_day:1", "rules/history?after=max_trades_per_day:1"),
    ("rules proposals --all --limit 1", "rules/proposals?all=true&limit=1"),
    ("audit --limit 2", "audit?limit=2"),
    ("audit --after {entry} --limit 2", "audit?after={entry}&limit=2"),
    ("pnl --in EUR", "pnl/EUR"),
    ("pnl --in USD --symbol BTC-USD", "pnl/USD?symbol=BTC-USD"),
    ("coverage", "coverage"),
    ("coverage --account main", "coverage?account=main"),
    ("coverage --limit 1", "coverage?limit=1"),
    ("fills list", "fills"),
    ("fills list --limit 2", "fills?limit=2"),
    ("fills list --last 2", "fills?last=2"),
    ("fills list --trade {trade}", "fills?trade={trade}"),
    ("fills list --left-out", "fills?left_out=true"),
    ("fills list --after {fill} --limit 2", "fills?after={fill}&limit=2"),
    ("fills show {fill}", "fills/{fill}"),
    ("label --list", "labels"),
    ("label questions", "labels/questions"),
    ("plans list", "plans"),
    ("plans questions", "questions"),
    ("entries", "entries"),
    ("entries --kind deposit --limit 1", "entries?kind=deposit&limit=1"),
    ("reconcile", "reconcile"),
    ("note list", "notes"),
    ("note list --limit 1", "notes?limit=1"),
    ("note list --after 2", "notes?after=2"),
    ("note list --after 1 --limit 1", "notes?after=1&limit=1"),
    ("note list --last 1", "notes?last=1"),
    ("note search for --after 2 --limit 2", "notes?words=for&after=2&limit=2"),
    ("note search slept badly", "notes?words=slept&words=badly"),
    ("rules list", "rules"),
    ("rules status", "rules/status"),
    ("rules breaches", "rules/breaches"),
    ("rules breaches max_trades_per_day", "rules/breaches?rule=max_trades_per_day"),
    ("rules breaches --limit 1", "rules/breaches?limit=1"),
    ("rules breaches --after {breach} --limit 2", "rules/breaches?after={breach}&limit=2"),
    ("rules breaches --last 2", "rules/breaches?last=2"),
    ("rules history", "rules/history"),
    ("rules proposals --all", "rules/proposals?all=true"),
    ("rules presets", "rules/presets"),
    ("rules schema", "rules/schema"),
    ("rules show max_trades_per_day", "rules/max_trades_per_day"),
    ("rules diff max_trades_per_day 1 2", "rules/max_trades_per_day/diff?before=1&after=2"),
    ("check BTC-USD buy 1 --price 100", "check?symbol=BTC-USD&side=buy&quantity=1&price=100"),
    ("simulate --skip-after-loss 30", "simulate?skip_after_loss=30"),
    ("simulate --stop 2 --target 4", "simulate?stop=2&target=4"),
    ("experiments list", "experiments"),
    ("experiments show {experiment}", "experiments/{experiment}"),
    ("experiments result {experiment}", "experiments/{experiment}/result"),
    ("digest", "digests"),
    ("digest --in GBP --week {week}", "digests?week={week}&currency=GBP"),
    ("digest --week {week} --verify", "digests/{week}/verification"),
    ("candles list", "candles"),
    ("candles sources --symbol BTC-USD", "candles/sources?symbol=BTC-USD"),
    ("jobs", "jobs"),
    ("events devices", "events/devices"),
    ("notify list", "channels"),
    ("notify log", "deliveries"),
    ("backup list", "backups"),
    ("check --history", "checks"),
    ("commit list", "commitments"),
    ("commit list --limit 1", "commitments?limit=1"),
    ("commit show 1", "commitments/1"),
    ("reflect list", "reflections"),
    ("reflect usage", "reflections/usage"),
    ("audit --last 3", "audit?last=3"),
    ("audit head", "audit/head"),
    ("audit verify", "audit/verification"),
    ("watch --status", "guard"),
)  # fmt: skip
REFUSED = (
    ("trades --symbol NONE-USD", "trades?symbol=NONE-USD", 404),
    ("trades --since soon", "trades?since=soon", 400),
    ("trades --after 3fa9c1", "trades?after=3fa9c1", 404),
    ("why 00000000", "why/00000000", 404),
    ("coverage --account none", "coverage?account=none", 404),
    ("fills show 00", "fills/00", 404),
    ("fills list --after 00", "fills?after=00", 404),
    ("fills list --account none", "fills?account=none", 404),
    ("note list --after 99", "notes?after=99", 404),
    ("note list --after 1 --last 1", "notes?after=1&last=1", 400),
    ("rules breaches --after {trade}", "rules/breaches?after={trade}", 404),
    ("rules breaches --limit 1 --last 1", "rules/breaches?limit=1&last=1", 400),
    ("audit --limit 3 --last 3", "audit?limit=3&last=3", 400),
    ("tags --after none", "tags?after=none", 404),
    ("audit --after 99999999", "audit?after=99999999", 404),
    ("audit --after 007", "audit?after=007", 404),
    ("audit --after 99999999999999999999999", "audit?after=99999999999999999999999", 404),
    ("rules show none", "rules/none", 404),
    ("pnl --account none", "pnl?account=none", 404),
    ("biases --bias luck", "biases?bias=luck", 404),
)
"""What a command refuses, and with which status a route does."""


class BothFaces:
    """The command line and the application over one home, at one moment."""

    def __init__(self, home: Path, python: WarmPython, client: TestClient) -> None:
        self._home = home
        self._python = python
        self._client = client
        self.names: dict[str, str] = {"day": DAY.isoformat()}
        self.published = PublishedRoutes(client.get("/openapi.json").json())

    def prints(self, line: str, *more: str) -> str:
        """Return what a command line prints as JSON; `more` are words with blanks in them."""
        words = (*line.format_map(self.names).split(), *more, "--json")
        process = self._python.start_in_pipes(
            words, environment(self._home), Path.cwd(), NOW.isoformat()
        )
        printed, _ = process.communicate()
        return printed

    def answers(self, path: str) -> tuple[int, str]:
        """Return the status and the text of a route's answer, which is as it is published."""
        asked = f"/api/{path.format_map(self.names)}"
        answer = self._client.get(asked)
        self.published.check("GET", asked.partition("?")[0], answer)
        return answer.status_code, answer.text


@pytest.fixture(scope="module")
def both(
    home: Path, warm_python: WarmPython, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BothFaces]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "clock", lambda: NOW)
        patch.setattr(wiring, "ticks", lambda: None)
        read = reading.read({"COACH_HOME": str(home)}, {})
        with SessionPool(read) as pool:
            parts = ServerParts(read, pool.open, lambda _client, _server: True)
            with TestClient(application(parts), "http://127.0.0.1:8321") as client:
                faces = BothFaces(home, warm_python, client)
                fill(faces, tmp_path_factory.mktemp("files"))
                yield faces


def fill(faces: BothFaces, folder: Path) -> None:
    """Import twelve trades with a quick large one after a loss, and say something of every kind."""
    lines = [HEADER]
    for hour in range(6, 16):
        lines += [row(hour, 0, "buy", 1, 100), row(hour, 30, "sell", 1, 99)]
    lines += [row(16, 0, "buy", 1, 100), row(16, 5, "sell", 1, 90)]
    lines += [row(16, 7, "buy", 3, 90), row(16, 40, "sell", 2, 95)]
    (folder / "mine.csv").write_text("\n".join(lines) + "\n")
    bars = [f"{DAY}T{hour:02d}:00:00Z,BTC-USD,100,101,89,95,5" for hour in range(24)]
    bars += [f"{DAY}T{hour:02d}:00:00Z,USD-EUR,0.9,0.9,0.9,0.9,5" for hour in range(24)]
    candles = "\n".join(["time,symbol,open,high,low,close,volume", *bars]) + "\n"
    (folder / "candles.csv").write_text(candles)
    faces.prints(f"candles import {folder}/candles.csv --source mine")
    faces.prints(f"import csv {folder}/mine.csv --account main --no-shorts")
    trades = json.loads(faces.prints("trades"))["data"]
    faces.names |= {"trade": trades[0]["id"], "last": trades[-1]["id"]}
    faces.names["fill"] = json.loads(faces.prints("fills"))["data"][0]["id"]
    for line in (
        f"rules add {RULE} limit=3",
        f"rules edit {RULE} limit=2",
        "plans add stop --percent 2",
        "label {trade} revenge yes",
        "accounts set main --equity 5000",
    ):
        assert "error" not in json.loads(faces.prints(line))
    faces.prints("commit write", "wait for the close")
    faces.prints("commit write", f"--rule={RULE}", "three are enough")
    faces.prints("reflect ask", "why do I trade after a loss")
    faces.prints("note {trade}", "slept badly")
    faces.prints(f"note {DAY}", "waited for the target\u202e")
    made = json.loads(faces.prints(f"experiments start {RULE} --weeks 8"))["data"]
    faces.names["experiment"] = made["id"]
    faces.names["run"] = json.loads(faces.prints("jobs"))["data"][0]["run_id"]
    faces.names["tag"] = json.loads(faces.prints("tags"))["data"][0]["id"]
    faces.names["entry"] = str(json.loads(faces.prints("audit"))["data"][1]["n"])
    eldest = json.loads(faces.prints("rules breaches"))["data"][0]
    faces.names["breach"] = f"{eldest['rule_id']}:{eldest['trade_id']}"
    faces.prints("config set base_currency EUR")
    faces.names["week"] = json.loads(faces.prints("digest"))["data"]["week"]


def row(hour: int, minute: int, side: str, quantity: int, price: int) -> str:
    at = f"{DAY}T{hour:02d}:{minute:02d}:00Z"
    return f"{at},BTC-USD,{side},{quantity},{price},0.1,USD,{side}{hour}{minute}"


@pytest.mark.parametrize(("line", "path"), PAIRS, ids=[path for _, path in PAIRS])
def test_a_route_answers_what_its_command_prints(both: BothFaces, line: str, path: str) -> None:
    status, answered = both.answers(path)
    assert (status, unnumbered(answered)) == (200, unnumbered(both.prints(line)))


def unnumbered(text: str) -> str:
    """Return an answer without the id of the check that it kept: each face keeps its own."""
    return re.sub(r'("command":"check","data":\{)"id":"[^"]+",', r"\1", text, count=1)


def test_events_of_a_page_are_the_lines_that_the_command_prints(both: BothFaces) -> None:
    _, page = both.answers("events?limit=5&type=import.&type=rule.")
    lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in data(page)]
    printed = both.prints("events --limit 5 --type import. --type rule.").splitlines()
    assert lines == printed
    assert lines
    first, *_ = data(page)
    _, later = both.answers(f"events?since={first['id']}&limit=2")
    numbers = [one["seq"] for one in data(later)]
    assert numbers == [first["seq"] + 1, first["seq"] + 2]


def data(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)["data"]
    return found


@pytest.mark.parametrize(("line", "path", "status"), REFUSED)
def test_a_route_refuses_what_its_command_refuses(
    both: BothFaces, line: str, path: str, status: int
) -> None:
    told, text = both.answers(path)
    printed, answered = json.loads(both.prints(line))["error"], json.loads(text)["error"]
    assert told == status
    assert answered["code"] == printed["code"]
    assert answered["message"].split()[-1] == printed["message"].split()[-1]


@pytest.mark.parametrize(
    "path",
    [
        "trades?since=30d&sinse=1",
        "notes?limit=0",
        "notes?words=",
        "notes?words=%20&words=",
        "trades?limit=1&limit=2",
        "biases?days=x",
        "check?symbol=BTC-USD",
        "rules/breaches?limit=99999999999999999999",
        "audit?last=99999999999999999999",
        "pnl?account=%00",
        "why/%00",
    ],
)
def test_a_parameter_that_a_route_does_not_take_is_refused(both: BothFaces, path: str) -> None:
    status, text = both.answers(path)
    assert (status, json.loads(text)["error"]["code"]) == (400, "E_USAGE")


def paged() -> list[ReadRoute]:
    return [
        route
        for route in READS
        if "after" in route.query.model_fields
        and route.answers.endswith("[]")
        and not NAMED.search(route.path)
    ]


@pytest.mark.parametrize("route", paged(), ids=lambda route: route.path)
def test_pages_of_one_row_are_the_whole_list_once(both: BothFaces, route: ReadRoute) -> None:
    _, whole = both.answers(route.path.removeprefix("/api/"))
    walked: list[dict[str, Any]] = []
    after = ""
    while page := data(both.answers(f"{route.path.removeprefix('/api/')}?limit=1{after}")[1]):
        assert len(walked) < 50
        walked += page
        after = f"&after={row_name(page[0], route.key)}"
    assert walked == data(whole)[:50]


def test_every_route_is_compared() -> None:
    asked = {path.partition("?")[0] for _, path in PAIRS} | {"events"}
    shown = {route.path.removeprefix("/api/") for route in READS}
    named = {
        "why/{what}": "why/{trade}",
        "rules/{rule_id}": "rules/max_trades_per_day",
        "rules/{rule_id}/diff": "rules/max_trades_per_day/diff",
        "jobs/{run}": "jobs/{run}",
        "fills/{fill}": "fills/{fill}",
        "pnl/{currency}": "pnl/EUR",
        "commitments/{commitment}": "commitments/1",
        "reflections/{reflection}": "reflections",
        "experiments/{experiment_id}": "experiments/{experiment}",
        "experiments/{experiment_id}/result": "experiments/{experiment}/result",
    }
    assert {named.get(path, path) for path in shown} <= asked
