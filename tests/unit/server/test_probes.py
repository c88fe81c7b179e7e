"""The probes and the first page, while no database answers."""

import asyncio
import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from coach.server.app import ServerParts
from coach.server.process import leave


def test_the_process_lives_without_a_database(client: TestClient) -> None:
    alive = client.get("/livez")
    assert (alive.status_code, alive.json()["ok"]) == (200, True)


def test_it_is_not_ready_without_a_database_and_says_why(client: TestClient) -> None:
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert (ready.json()["ok"], ready.json()["health"]) == (False, "failing")
    [check] = ready.json()["checks"]
    assert (check["name"], check["state"]) == ("database", "error")
    assert "does not answer" in check["detail"]
    assert "secret" not in ready.text


def test_a_server_that_was_told_to_end_is_not_ready_and_serves_on(
    client: TestClient, parts: ServerParts
) -> None:
    parts.leaving.set()
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert [check["detail"] for check in ready.json()["checks"]] == ["it was told to end"]
    assert client.get("/livez").status_code == 200


def test_streams_end_only_once_it_has_lingered(
    parts: ServerParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[object] = []

    class Streams:
        async def drain(self) -> None:
            steps.append(("drained", parts.leaving.is_set()))

    async def sleep(seconds: float) -> None:
        steps.append((seconds, parts.leaving.is_set()))

    monkeypatch.setattr(asyncio, "sleep", sleep)
    lasting = replace(parts, streams=Streams())  # type: ignore[arg-type]
    asyncio.run(leave(lasting, 4.0))
    assert steps == [(4.0, True), ("drained", True)]


def test_the_first_page_runs_no_script_but_files_of_ours(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page.text)
    assert scripts
    assert all(not inside for _, inside in scripts)
    assert all('src="/assets/' in attributes for attributes, _ in scripts)


def test_no_page_with_scripts_of_other_sites_is_served(client: TestClient) -> None:
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404
