"""The browser gets what is the user's as a file, and what is another's is not in it."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from coach.engine.store import accounts
from coach.engine.store.connect import connect
from coach.model.accounts import UserId


@pytest.fixture
def people(database_url: str) -> None:
    """Two users: the one who asks, and another."""
    with connect(database_url) as connection:
        for name in ("local", "zebediah"):
            connection.execute(
                "insert into app_user (id, name, zone) values (%s, %s, 'UTC')"
                " on conflict do nothing",
                [name, name],
            )
            accounts.ensure_account(
                connection, UserId(name), f"account of {name}", "file", shorts=False
            )


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.usefixtures("people")
def test_an_export_is_one_file_that_holds_ones_own(client: TestClient, tmp_path: Path) -> None:
    answer = client.get("/api/screens/export/csv")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="coach-csv.zip"'
    found = files_of(answer.content)
    assert json.loads(found["manifest.json"])["user"] == "local"
    archive = files_of(client.get("/api/screens/export/archive").content)
    inner = files_of(archive["local.coacharchive"])
    assert b"account of local" in inner["tables/account.csv"]
    for one in (*found.values(), *inner.values()):
        assert b"zebediah" not in one
    assert [path.name for path in (tmp_path / "cache" / "exports").iterdir()] == [".lock"]


def test_an_unknown_format_is_refused_with_those_that_are_known(client: TestClient) -> None:
    answer = client.get("/api/screens/export/doc")
    assert answer.status_code in {400, 422}
    assert "hledger" in answer.text
