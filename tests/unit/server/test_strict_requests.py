"""Nothing of a request is ignored: what a route does not read, it refuses before any work."""

import pytest
from starlette.testclient import TestClient

from coach.server.app import ServerParts, application
from tests.unit.server.conftest import HERE

KEY = {"Idempotency-Key": "5f0c6b1e-3333-4222-8333-abcdefabcdef"}
JSON = {**KEY, "Content-Type": "application/json"}
NOTE = '{"day":"today","text":"slept badly"}'


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/notes?dry_run=true"),
        ("POST", "/api/imports?dry_run=true"),
        ("POST", "/api/candles?source=mine"),
        ("POST", "/api/rules/dry-run?rule=none"),
        ("DELETE", "/api/notes/1?sure=1"),
    ],
)
def test_a_parameter_in_the_address_of_a_route_that_reads_none_is_refused(
    client: TestClient, method: str, path: str
) -> None:
    body = NOTE if method == "POST" else None
    answer = client.request(method, path, content=body, headers=JSON)
    assert answer.status_code == 400
    assert "takes no parameters in its address" in answer.json()["error"]["message"]


@pytest.mark.parametrize("path", ["/api/trades?limit=1&limit=2", "/api/pnl?symbol=A&symbol=A"])
def test_a_parameter_that_stands_twice_is_refused(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert "twice" in answer.json()["error"]["message"]


def test_a_parameter_that_is_a_list_may_stand_twice(client: TestClient) -> None:
    assert client.get("/api/notes?words=a&words=b").status_code == 503  # it came to the database


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/api/rules/size/pause"), ("DELETE", "/api/notes/1")]
)
def test_a_body_that_a_route_does_not_take_is_refused(
    client: TestClient, method: str, path: str
) -> None:
    answer = client.request(method, path, content='{"until":"friday"}', headers=JSON)
    assert (answer.status_code, answer.json()["error"]["message"]) == (
        400,
        "this route takes no body",
    )
    assert client.request(method, path, content="{}", headers=JSON).status_code == 503


@pytest.mark.parametrize(
    ("headers", "content", "said"),
    [
        ({"Content-Type": "text/plain"}, NOTE.encode(), "not as 'text/plain'"),
        ({"Content-Type": ""}, NOTE.encode(), "which it does not say"),
        ({"Content-Encoding": "gzip"}, NOTE.encode(), "without Content-Encoding: gzip"),
        ({}, NOTE.encode("utf-16"), "the body is not UTF-8"),
        ({}, b'{"day":', "the body is not JSON"),
        ({}, b'{"day":' + 5000 * b"1" + b"}", "the body is not JSON"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_for_its_reason(
    client: TestClient, headers: dict[str, str], content: bytes, said: str
) -> None:
    answer = client.post("/api/notes", content=content, headers={**JSON, **headers})
    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]


def test_a_form_that_is_packed_is_refused(client: TestClient) -> None:
    headers = {**KEY, "Content-Encoding": "gzip"}
    answer = client.post("/api/imports", files={"file": ("f.csv", b"1")}, headers=headers)
    assert (answer.status_code, "gzip" in answer.text) == (400, True)


@pytest.mark.parametrize("path", ["/", "/livez", "/readyz", "/openapi.json", "/api/accounts"])
def test_the_head_of_an_answer_is_that_of_the_answer(client: TestClient, path: str) -> None:
    head, whole = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]


def test_a_request_for_a_head_is_counted_as_what_it_is(parts: ServerParts) -> None:
    with TestClient(application(parts), HERE) as client:
        client.head("/livez")
    labels = {"method": "HEAD", "route": "/livez", "status": "200"}
    assert parts.metrics.registry.get_sample_value("coach_requests_total", labels) == 1


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/notes", "GET, HEAD, POST"),
        ("DELETE", "/api/candles", "GET, HEAD, POST"),
        ("POST", "/livez", "GET, HEAD"),
        ("HEAD", "/api/connect/kraken", "POST"),
        ("HEAD", "/api/events/stream", "GET"),
        ("POST", "/api/rules/size", "GET, HEAD, PATCH, DELETE"),
    ],
)
def test_a_method_that_is_refused_says_which_are_not(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    answer = client.request(method, path, headers=KEY)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
