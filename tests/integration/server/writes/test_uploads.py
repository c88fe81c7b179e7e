"""A statement that is uploaded is imported once, as the command imports a file."""

import shutil
from collections.abc import Iterator

import psycopg
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from coach.model.machine.inputs import LARGEST_NOTE
from coach.server.body_limit import LARGEST_FORM, LIMITS, BodyLimit
from coach.server.uploads import LONGEST_FIELD
from coach.server.writing import LOOKS, UPLOADS
from tests.integration.server.writes.conftest import Trader

KEY = "5f0c6b1e-1111-4222-8333-abcdefabcdef"
LINES = [
    "2026-03-02T09:00:00Z,BTC-USD,buy,1,100,0,,b1",
    "2026-03-02T09:30:00Z,BTC-USD,sell,1,90,0,,s1",
]


def test_an_upload_is_imported_with_the_fields_of_its_form(trader: Trader) -> None:
    """
    09:00 buy  BTC 1 @ 100
    09:30 sell BTC 1 @ 90
    """
    status, answer = trader.upload(LINES, account="mine")
    assert status == 201
    assert answer["command"] == "import csv"
    run = trader.client.get("/api/imports").json()["data"][0]
    assert (run["account"], run["label"], run["new"]) == ("mine", "fills.csv", 2)
    assert not list(trader.settings.home.cache.glob("upload-*"))


def test_an_account_whose_name_has_a_slash_can_be_named_in_a_path(trader: Trader) -> None:
    assert trader.upload(LINES, account="main/spot")[0] == 201
    status, answer, _ = trader.send("PATCH", "/api/accounts/main%2Fspot", {"shorts": False})
    assert (status, answer["command"]) == (200, "accounts set")
    assert trader.send("DELETE", "/api/accounts/main%2Fspot")[0] == 422  # it holds fills
    assert trader.send("POST", "/api/accounts/main%2Fspot/disconnect")[0] in {404, 422}


def test_an_upload_that_comes_again_has_the_first_answer(trader: Trader) -> None:
    first = trader.upload(LINES, KEY)
    assert trader.upload(LINES, KEY) == first
    assert trader.upload(LINES[:1], KEY)[0] == 422
    assert len(trader.client.get("/api/imports").json()["data"]) == 1


def test_a_retry_after_a_kill_between_import_and_answer_counts_every_fill_once(
    trader: Trader, watching: psycopg.Connection
) -> None:
    trader.upload(LINES, KEY)
    watching.execute("delete from idempotency_key")  # as if the server had died before its answer
    status, answer = trader.upload(LINES, KEY)
    assert status == 201
    assert isinstance(answer["data"], dict)
    assert (answer["data"]["new"], answer["data"]["known"]) == (0, 2)
    assert len(trader.client.get("/api/imports").json()["data"]) == 1


def test_a_dry_run_keeps_nothing(trader: Trader) -> None:
    status, answer = trader.upload(LINES, dry_run="true")
    assert status == 201
    assert isinstance(answer["data"], dict)
    assert answer["data"]["new"] == 2
    assert not trader.client.get("/api/trades").json().get("data")


def test_what_is_no_statement_is_named_as_its_sender_names_it(trader: Trader) -> None:
    status, answer = trader.upload(["nothing"], format="kraken-trades")
    assert status == 422
    assert "upload-" not in str(answer)


@pytest.mark.parametrize("path", [route.path for route in UPLOADS])
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"not a form"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="file"'),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="strict"\r\n\r\ntrue\r\n--x--\r\n',
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="zone"\r\n\r\n\xff\r\n--x--\r\n',
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="zone"\r\n\r\n'
            + (LONGEST_FIELD + 1) * b"z"
            + b"\r\n--x--\r\n",
        ),
        (
            "multipart/form-data; boundary=x",
            2 * b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n1\r\n'
            + b"--x--\r\n",
        ),
        ("multipart/form-data; boundary=" + 300 * "x", b"--x--"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="zone"\r\n\r\n\0\r\n--x--\r\n',
        ),
    ],
)
def test_a_body_that_is_no_such_form_is_refused(
    trader: Trader, content_type: str, body: bytes, path: str
) -> None:
    headers = {"Content-Type": content_type, "Idempotency-Key": KEY}
    answer = trader.client.post(path, content=body, headers=headers)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] == "E_USAGE"


@pytest.mark.parametrize("fields", [{"colour": "red"}, {"strict": "perhaps"}])
def test_a_field_that_an_import_does_not_take_is_refused(
    trader: Trader, fields: dict[str, str]
) -> None:
    status, answer = trader.upload(LINES, **fields)
    assert status == 400
    assert next(iter(fields)) in str(answer)


def test_an_upload_beyond_the_room_there_is_is_refused_while_it_comes(
    trader: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 100})())
    status, answer = trader.upload(LINES)
    assert status == 413
    assert "50 bytes (limit)" in str(answer)


@pytest.mark.parametrize(
    "disposition",
    [
        b'name="file"; filename="a\0b.csv"',
        b"name=\"file\"; filename*=UTF-8''a%00b.csv",
        b'name="file"; filename="' + 300 * b"n" + b'"',
    ],
)
def test_a_name_that_cannot_be_kept_is_refused(trader: Trader, disposition: bytes) -> None:
    part = b"--x\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n1\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Idempotency-Key": KEY}
    answer = trader.client.post("/api/imports", content=part, headers=headers)
    assert answer.status_code == 400
    assert "the name of the file" in answer.json()["error"]["message"]


def test_a_body_that_is_too_large_is_refused_by_its_length(trader: Trader) -> None:
    headers = {"Idempotency-Key": KEY}
    body = {"day": "today", "text": "x" * LARGEST_NOTE}
    answer = trader.client.post("/api/notes", json=body, headers=headers)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "E_TOO_LARGE"


def test_a_body_without_a_length_is_refused_where_it_goes_beyond_the_limit(
    trader: Trader,
) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b" " * 100_000

    headers = {"Idempotency-Key": KEY, "Content-Type": "application/json"}
    answer = trader.client.post("/api/notes", content=pieces(), headers=headers)
    assert answer.status_code == 413


def test_the_limit_of_uploads_is_their_own() -> None:
    assert dict(LIMITS) == {("POST", route.path): LARGEST_FORM for route in (*UPLOADS, *LOOKS)}
    limited = BodyLimit(Starlette(), {("POST", "/here"): 10})
    with TestClient(limited) as client:
        assert client.post("/here", content=b"x" * 11).status_code == 413
        assert client.post("/here", content=b"x" * 10).status_code == 404
