"""The probes and the first page, while no database answers."""

import re

from starlette.testclient import TestClient


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


def test_the_first_page_runs_no_script_but_files_of_ours(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page.text)
    assert scripts
    assert all(not inside for _, inside in scripts)
    assert all('src="/assets/' in attributes for attributes, _ in scripts)


def test_no_page_with_scripts_of_other_sites_is_served(client: TestClient) -> None:
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404
