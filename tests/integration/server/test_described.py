"""Requests made up from the published description, and near misses of it: each is answered as told.

schemathesis makes them, the same ones each time; with --slow there are many more. Left out are the
stream, which has no end, and the connection of a broker, which leaves this machine.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from starlette.testclient import TestClient

from coach.server.app import ServerParts, application
from coach.server.reads.dry_runs import PATH as DRY_RUNS
from coach.server.routes import READS
from coach.server.sessions import SessionPool
from coach.server.writing import UPLOADS, WRITES
from coach.settings import reading
from tests.databases import DatabasePool
from tests.integration.server.conftest import HERE

Operation = schemathesis.APIOperation[Any, Any, Any, Any]
LEFT_OUT = (
    *("/api/connect/coinbase", "/api/connect/kraken", "/api/connect/binance"),
    *("/api/channels/{channel}/test", "/api/deliveries/{delivery}/resend"),
)
"""What calls another server."""
ROUTES = (
    ("GET", "/livez"),
    ("GET", "/readyz"),
    *(("GET", route.path) for route in READS),
    *(("POST", route.path) for route in UPLOADS),
    ("POST", DRY_RUNS),
    *((route.method, route.path) for route in WRITES if route.path not in LEFT_OUT),
)
FEW, MANY = 6, 100
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
    checks.unsupported_method,
]
HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
FILLS = "\n".join(
    [
        HEADER,
        *(f"2026-03-0{day}T09:00:00Z,BTC-USD,buy,1,100,0,,b{day}" for day in range(1, 6)),
        *(f"2026-03-0{day}T10:00:00Z,BTC-USD,sell,1,99,0,,s{day}" for day in range(1, 6)),
    ]
)
BEFORE: tuple[tuple[str, object], ...] = (
    ("/api/rules", {"kind": "max_trades_per_day", "params": {"limit": 1}}),
    ("/api/notes", {"day": "2026-03-02", "text": "slept badly"}),
    ("/api/plans", {"kind": "stop", "percent": "2"}),
    ("/api/commitments", {"text": "Walk first."}),
)


@pytest.fixture(scope="module")
def api(
    database_pool: DatabasePool, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[schemathesis.BaseSchema]:
    """Return what the application publishes, over a few trades and promises."""
    settings = reading.read({"COACH_HOME": str(tmp_path_factory.mktemp("home"))}, {})
    with database_pool.database() as url:
        settings = replace(settings, database_url=url)
        with SessionPool(settings) as pool:
            app = application(ServerParts(settings, pool.open, lambda _client, _server: True))
            with TestClient(app, f"http://{HERE}") as client:
                form = {"file": ("mine.csv", FILLS.encode())}
                assert client.post("/api/imports", files=form, headers=key()).status_code == 201
                for path, body in BEFORE:
                    assert client.post(path, json=body, headers=key()).status_code == 201
                published = schemathesis.openapi.from_dict(client.get("/openapi.json").json())
                published.app = app
                published.config.update(base_url=f"http://{HERE}")
                yield published


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_what_is_described_is_what_is_answered(
    api: schemathesis.BaseSchema, request: pytest.FixtureRequest, method: str, path: str
) -> None:
    operation = api[path][method]
    most = MANY if request.config.getoption("--slow") else FEW
    try_out(operation, GenerationMode.POSITIVE, most)
    if can_be_missed(operation):
        try_out(operation, GenerationMode.NEGATIVE, most)


def can_be_missed(operation: Operation) -> bool:
    """Say whether a request can be wrong: any text is a name in a path."""
    return any((operation.query, operation.headers, operation.body))


def try_out(operation: Operation, mode: GenerationMode, most: int) -> None:
    """Send so many requests of one operation, and hold each answer against its description."""

    @hypothesis.settings(
        derandomize=True,
        max_examples=most,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Case[Any]) -> None:
        case.call_and_validate(checks=CHECKS)

    send()
