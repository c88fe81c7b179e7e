"""Whoever is removed while a request of theirs is under way is told that, and nothing is kept."""

from dataclasses import replace
from pathlib import Path

from starlette.testclient import TestClient

from coach.engine.api import imports, users
from coach.engine.api.session import Session
from coach.model.accounts import Run
from coach.server.app import application
from coach.server.writes.file_imports import DirectImports
from tests.integration.server.doors.conftest import Building
from tests.integration.server.doors.provider import HERE

STATEMENT = (
    "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"
    "2026-03-02T10:00:00Z,BTC-USD,buy,1,100,0,USD,a\n"
)


def remove(building: Building, name: str) -> None:
    with building.doors.place(None, "test") as place:
        users.remove(place.connection, name, place.clock())


def test_an_import_of_a_user_who_was_removed_meanwhile_finds_nobody(inhabited: Building) -> None:
    class RemovedMeanwhile(DirectImports):
        def statement(self, session: Session, path: Path, request: imports.ImportRequest) -> Run:
            remove(inhabited, "ann")
            return super().statement(session, path, request)

    signed_in = inhabited.signed_in("ann")
    files = RemovedMeanwhile(inhabited.parts.settings)
    parts = replace(inhabited.parts, imports=files)
    browser = TestClient(application(parts), HERE, client=("127.0.0.1", 50_000))
    browser.headers["Origin"], browser.cookies = HERE, signed_in.cookies
    answer = browser.post(
        "/api/imports",
        files={"file": ("fills.csv", STATEMENT.encode())},
        headers={"Idempotency-Key": "of-who-is-gone"},
    )
    assert answer.status_code == 404, answer.text
    assert "no user 'ann'" in answer.json()["error"]["message"]
    assert browser.get("/api/status").status_code == 401
    assert inhabited.signed_in("local").get("/api/accounts").json()["data"] == []
