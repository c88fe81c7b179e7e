"""A route that changes something answers what its command prints with --json, byte for byte.

A command is run twice before the route: what stands already is answered the same each time.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from coach import wiring
from coach.server.app import ServerParts, application
from coach.server.sessions import SessionPool
from coach.settings import reading
from tests.e2e.cli.server.test_same_as_commands import DAY, NOW, RULE, BothFaces, fill
from tests.e2e.conftest import WarmPython

NOTE = "slept badly"
PAIRS: tuple[tuple[str, tuple[str, ...], str, str, object], ...] = (
    ("label {trade} revenge yes", (), "POST", "labels",
        {"trade": "{trade}", "bias": "revenge", "answer": "yes"}),
    (f"note add {DAY}", (NOTE,), "POST", "notes", {"day": str(DAY), "text": NOTE}),
    ("note edit 1", (NOTE,), "PATCH", "notes/1", {"text": NOTE}),
    ("note remove 2", (), "DELETE", "notes/2", None),
    ("note restore 1", (), "POST", "notes/1/restore", None),
    (f"rules pause {RULE}", (), "POST", f"rules/{RULE}/pause", None),
    (f"rules resume {RULE}", (), "POST", f"rules/{RULE}/resume", None),
    ("accounts set main --equity 5000 --no-shorts", (), "PATCH", "accounts/main",
        {"equity": "5000", "shorts": False}),
    ("accounts set main --sync-hours 24", (), "PATCH", "accounts/main", {"sync_hours": 24}),
    ("accounts set main --equity 5000 --sync-hours 24", (), "PATCH", "accounts/main",
        {"equity": "5000", "sync_hours": 24}),
    ("disconnect main", (), "POST", "accounts/main/disconnect", None),
    ("events forget laptop", (), "DELETE", "events/devices/laptop", None),
    ("config set zone UTC", (), "PUT", "zone", {"zone": "UTC"}),
    ("config set tone strict", (), "PUT", "tone", {"tone": "strict"}),
    ("simulate --skip-after-loss 30", (), "POST", "simulate", {"skip_after_loss": 30}),
    (f"rules edit {RULE} limit=2", (), "PATCH", f"rules/{RULE}", {"params": {"limit": 2}}),
    ("plans add stop --percent 2", (), "POST", "plans", {"kind": "stop", "percent": "2"}),
    ("plans remove dca", (), "DELETE", "plans/dca", None),
    (f"experiments start {RULE} --weeks 8", (), "POST", "experiments", {"rule": RULE, "weeks": 8}),
    ("jobs retry {run}", (), "POST", "jobs/{run}/retry", None),
    ("import undo 00", (), "DELETE", "imports/00", None),
    (f"rules calibrate {RULE}", (), "POST", "rules/calibrate", {"rule": RULE}),
    ("accounts remove main", (), "DELETE", "accounts/main", None),
    ("import sync", (), "POST", "imports/sync", {}),
    ("import sync --anyway", (), "POST", "imports/sync", {"anyway": True}),
    ("rules rollback none", (), "POST", "rules/none/rollback", {}),
    ("rules remove none", (), "DELETE", "rules/none", None),
    ("rules accept abcdef", (), "POST", "rules/proposals/abcdef/accept", None),
    ("label {trade} revenge --remove", (), "DELETE", "labels/{trade}/revenge", None),
    ("plans answer none yes", (), "POST", "questions/none/answer", {"answer": "yes"}),
)  # fmt: skip


@pytest.fixture(scope="module")
def application_client(home: Path) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "clock", lambda: NOW)
        patch.setattr(wiring, "ticks", lambda: None)
        read = reading.read({"COACH_HOME": str(home)}, {})
        with SessionPool(read) as pool:
            parts = ServerParts(read, pool.open, lambda _client, _server: True)
            with TestClient(application(parts), "http://127.0.0.1:8321") as client:
                yield client


@pytest.fixture(scope="module")
def faces(
    home: Path,
    warm_python: WarmPython,
    application_client: TestClient,
    tmp_path_factory: pytest.TempPathFactory,
) -> BothFaces:
    made = BothFaces(home, warm_python, application_client)
    fill(made, tmp_path_factory.mktemp("files"))
    return made


@pytest.mark.parametrize(
    ("line", "more", "method", "path", "body"), PAIRS, ids=[f"{p[2]} {p[3]}" for p in PAIRS]
)
def test_a_route_answers_what_its_command_prints(  # noqa: PLR0913, PLR0917 -- of one table
    faces: BothFaces,
    application_client: TestClient,
    line: str,
    more: tuple[str, ...],
    method: str,
    path: str,
    body: object,
) -> None:
    faces.prints(line, *more, "--yes")
    printed = faces.prints(line, *more, "--yes")
    if isinstance(body, dict) and body.get("trade"):
        body = {**body, "trade": faces.names["trade"]}
    answer = application_client.request(
        method,
        f"/api/{path.format_map(faces.names)}",
        json=body,
        headers={"Idempotency-Key": str(uuid4())},
    )
    faces.published.check(method, answer.url.path, answer)
    refused = json.loads(printed).get("error")
    if refused is None:
        assert answer.text == printed
        assert answer.status_code in {200, 201}
    else:
        assert answer.json()["error"]["code"] == refused["code"]
        assert 400 <= answer.status_code < 500


TRIED: tuple[tuple[str, object], ...] = (
    (f"rules dry-run {RULE}", {"rule": RULE}),
    ("rules dry-run cooldown_after_loss minutes=60",
        {"kind": "cooldown_after_loss", "params": {"minutes": 60}}),
    ("rules dry-run none", {"kind": "none"}),
    (f"rules dry-run {RULE} limit=none", [{"kind": RULE, "params": {"limit": "none"}}]),
)  # fmt: skip


@pytest.mark.parametrize(("line", "body"), TRIED)
def test_a_dry_run_answers_what_its_command_prints_and_takes_no_key(
    faces: BothFaces, application_client: TestClient, line: str, body: object
) -> None:
    before = application_client.get("/api/rules").text, application_client.get("/api/events").text
    printed = faces.prints(line)
    answer = application_client.post("/api/rules/dry-run", json=body)
    faces.published.check("POST", answer.url.path, answer)
    refused = json.loads(printed).get("error")
    if refused is None:
        assert (answer.status_code, answer.text) == (200, printed)
    else:
        assert 400 <= answer.status_code < 500
        assert answer.json()["error"]["code"] == refused["code"]
    after = application_client.get("/api/rules").text, application_client.get("/api/events").text
    assert after == before


@pytest.mark.parametrize("rule", ["none", 7, None, {"id": "none"}])
def test_a_dry_run_of_a_rule_that_is_not_there_is_refused(
    faces: BothFaces, application_client: TestClient, rule: object
) -> None:
    answer = application_client.post("/api/rules/dry-run", json={"rule": rule})
    faces.published.check("POST", answer.url.path, answer)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "E_NOT_FOUND")


def test_a_dry_run_of_several_rules_is_a_list(
    faces: BothFaces, application_client: TestClient, tmp_path: Path
) -> None:
    given = [{"kind": RULE, "params": {"limit": 1}}, {"kind": RULE, "params": {"limit": 2}}]
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(given))
    printed = faces.prints(f"rules dry-run --from {file}")
    assert len(json.loads(printed)["data"]) == 2
    assert application_client.post("/api/rules/dry-run", json=given).text == printed


@pytest.mark.parametrize("key", ["no key S3CRET", {"name": "S3CRET", "privateKey": "S3CRET"}, {}])
@pytest.mark.parametrize("broker", ["coinbase", "kraken", "binance"])
def test_a_key_that_is_none_is_refused_without_being_shown(
    application_client: TestClient, faces: BothFaces, key: object, broker: str
) -> None:
    answer = application_client.post(
        f"/api/connect/{broker}",
        json={"key": key, "base_url": "http://127.0.0.1:1"},
        headers={"Idempotency-Key": str(uuid4())},
    )
    faces.published.check("POST", f"/api/connect/{broker}", answer)
    assert 400 <= answer.status_code < 500
    assert "S3CRET" not in answer.text


def test_an_upload_answers_what_the_command_prints_of_the_file(
    faces: BothFaces, application_client: TestClient, tmp_path: Path
) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(
        "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"
        f"{DAY}T01:00:00Z,ETH-USD,buy,1,100,0,,e1\n{DAY}T02:00:00Z,ETH-USD,much,1,100,0,,e2\n"
    )
    faces.prints(f"import csv {file} --account other")
    printed = faces.prints(f"import csv {file} --account other")
    answer = application_client.post(
        "/api/imports",
        files={"file": (file.name, file.read_bytes())},
        data={"account": "other"},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert (answer.status_code, answer.text) == (201, printed)
    faces.published.check("POST", "/api/imports", answer)


def test_an_upload_of_candles_answers_what_the_command_prints_of_the_file(
    faces: BothFaces, application_client: TestClient, tmp_path: Path
) -> None:
    file = tmp_path / "candles.csv"
    hours = [f"{DAY}T{hour:02d}:00:00Z,ETH-USD,100,101,99,100,5" for hour in range(23)]
    lines = ["time,symbol,open,high,low,close,volume", *hours, f"{DAY}T23:00:00Z,ETH-USD,1,much"]
    file.write_text("\n".join(lines) + "\n")
    faces.prints(f"candles import {file} --source others --symbol eth-usd")
    printed = faces.prints(f"candles import {file} --source others --symbol eth-usd")
    answer = application_client.post(
        "/api/candles",
        files={"file": (file.name, file.read_bytes())},
        data={"source": "others", "symbol": "eth-usd"},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert (answer.status_code, answer.text) == (201, printed)
    faces.published.check("POST", "/api/candles", answer)
