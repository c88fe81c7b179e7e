"""The log: lines of JSON with no secret, no query and nothing of a body."""

import inspect
import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from uvicorn.protocols.websockets import websockets_sansio_impl

from coach.server.app import ServerParts, application
from coach.server.log import logging_to, note

NOW = datetime(2026, 3, 15, 12, 30, tzinfo=UTC)
HERE = "http://127.0.0.1:8321"


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_request_is_a_line_with_its_path_and_without_its_query(
    parts: ServerParts, tmp_path: Path
) -> None:
    file = tmp_path / "new" / "serve.log"
    with logging_to(file, lambda: NOW), TestClient(application(parts), HERE) as client:
        answer = client.get("/livez?words=divorce", headers={"Authorization": "Bearer unheard-of"})
    [line] = [one for one in lines(file) if one["event"] == "request"]
    assert line["id"] == answer.headers["x-request-id"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/livez", 200)
    assert line["bytes"] == len(answer.content)
    assert "divorce" not in file.read_text()
    assert "unheard-of" not in file.read_text()


def test_a_path_that_would_forge_a_line_stays_in_its_own(
    parts: ServerParts, tmp_path: Path
) -> None:
    file = tmp_path / "serve.log"
    with logging_to(file, lambda: NOW), TestClient(application(parts), HERE) as client:
        client.get('/a%0A{"event":"start"}%1b[2J')
    [line] = lines(file)
    assert line["path"] == '/a\n{"event":"start"}\x1b[2J'
    assert "\x1b" not in file.read_text()


def test_a_traceback_is_logged_without_the_password_of_a_url(tmp_path: Path) -> None:
    file = tmp_path / "serve.log"
    with logging_to(file, lambda: NOW):
        try:
            raise ZeroDivisionError("postgresql://me:secret@host/db")  # noqa: TRY301
        except ZeroDivisionError:
            logging.getLogger("uvicorn.error").exception("in the application")
    [line] = lines(file)
    assert line["level"] == "error"
    assert "ZeroDivisionError" in str(line["traceback"])
    assert "secret" not in file.read_text()


def test_a_socket_that_is_refused_is_no_error(tmp_path: Path) -> None:
    said = "ASGI callable returned without completing handshake."
    library = logging.getLogger("uvicorn.error")
    file = tmp_path / "serve.log"
    with logging_to(file, lambda: NOW):
        library.error(said)
        library.error("ASGI callable should return None, but returned '%s'.", 1)
    assert [line["event"] for line in lines(file)] == [
        "ASGI callable should return None, but returned '1'."
    ]
    assert said in inspect.getsource(websockets_sansio_impl), "the library says it otherwise"


def test_nothing_is_logged_once_it_is_over(tmp_path: Path) -> None:
    file = tmp_path / "serve.log"
    with logging_to(file, lambda: NOW):
        note("start", url=HERE)
    note("late")
    assert [line["event"] for line in lines(file)] == ["start"]


def test_without_a_file_the_log_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_to(None, lambda: NOW):
        note("start", url=HERE)
    told = capsys.readouterr()
    assert json.loads(told.err) == {
        "ts": "2026-03-15T12:30:00Z",
        "level": "info",
        "event": "start",
        "url": HERE,
    }
    assert not told.out
