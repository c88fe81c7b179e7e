"""Every route, asked by one user for what is another's: there is no such thing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from coach.engine.api import users
from coach.engine.outbox import devices
from coach.engine.outbox.read import head
from coach.engine.store import users as store
from coach.engine.store.connect import CoachConnection
from coach.server.app import ServerParts, application
from coach.server.screens.routes import SCREENS
from coach.server.sessions import SessionPool
from coach.settings import reading
from coach.settings.values import Settings
from tests.integration.isolation.lives import ACCOUNT, NOTE, SIGNED, SYMBOL, User, live

DONE, NOT_THERE = 200, 404
PART = re.compile(r"{(\w+)}")
LONG = ("what", "experiment_id", "run")
"""The parts whose ids are long enough to be found in a text."""
EVERYBODY_S = {"/api/digests/{week}/verification", "/api/pnl/{currency}"}
"""Paths whose parts name nobody's things: each user has a digest of each week."""
ENDLESS = {"/api/events/stream"}
PICTURED = (
    "/api/accounts",
    "/api/checks",
    "/api/commitments",
    "/api/notes",
    "/api/rules",
    "/api/plans",
    "/api/trades",
    "/api/imports",
    "/api/fills",
    "/api/coverage",
)
BODIES: dict[tuple[str, str], object] = {
    ("POST", "/api/questions/{question}/answer"): {"answer": "yes"},
    ("POST", "/api/fills/{fill}/leave-out"): {"reason": "taken"},
    ("POST", "/api/trades/{what}/confidence"): {"confidence": 70},
    ("PATCH", "/api/notes/{number}"): {"text": "taken"},
    ("PATCH", "/api/rules/{rule_id}"): {"params": {"ratio": 9}},
    ("PATCH", "/api/channels/{channel}"): {"quiet_hours": "none"},
    ("POST", "/api/backups/{backup}/verify"): {"key": "none"},
    ("PATCH", "/api/accounts/{name}"): {"equity": "1", "sync_hours": 1},
}


@contextmanager
def user(settings: Settings, name: str) -> Iterator[User]:
    """Let a user ask the application over the same database."""
    with SessionPool(replace(settings, user=name)) as pool:
        parts = ServerParts(pool.settings, pool.open, lambda _client, _server: True)
        with TestClient(application(parts), "http://127.0.0.1") as client:
            yield User(name, client)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    read = reading.read({"COACH_HOME": str(tmp_path)}, {})
    return replace(read, database_url=database_url)


@pytest.fixture
def ann(settings: Settings, owner: CoachConnection) -> Iterator[User]:
    users.add(owner, "ann", "UTC")
    with user(settings, "ann") as found:
        yield found


@pytest.fixture
def ben(settings: Settings, owner: CoachConnection) -> Iterator[User]:
    users.add(owner, "ben", "UTC")
    with user(settings, "ben") as found:
        yield found


def routes(client: TestClient) -> list[tuple[str, str, list[str]]]:
    """Return every method and path of the application, with the names of its parts."""
    paths = client.get("/openapi.json").json()["paths"]
    return [
        (method.upper(), path, PART.findall(path))
        for path, methods in paths.items()
        for method in methods
    ]


def test_what_is_another_s_is_not_there(ann: User, ben: User, tmp_path: Path) -> None:
    """Neither to read nor to change; not even forbidden, which would say that it is there."""
    theirs = live(ann, tmp_path)
    named = [(method, path, parts) for method, path, parts in routes(ben.client) if parts]
    named = [one for one in named if one[1] not in EVERYBODY_S]
    assert {part for _, _, parts in named for part in parts} == set(theirs)
    before = pictures(ann)
    for method, path, _ in named:
        wanted = path.format(**theirs)
        answer = ben.ask(method, wanted, BODIES.get((method, path)))
        assert (path, answer.status_code) == (path, NOT_THERE), answer.text
    assert pictures(ann) == before


def test_no_list_of_one_user_holds_a_thing_of_another(ann: User, ben: User, tmp_path: Path) -> None:
    theirs = live(ann, tmp_path)
    secrets = {ACCOUNT, NOTE, SIGNED, SYMBOL, *(theirs[name] for name in LONG)}
    lists = [path for method, path, parts in routes(ben.client) if method == "GET" and not parts]
    seen = "".join(ann.client.get(path).text for path in lists if path not in ENDLESS)
    assert not [secret for secret in secrets if secret not in seen]
    for path in set(lists) - ENDLESS:
        text = ben.client.get(path).text
        assert (path, [secret for secret in secrets if secret in text]) == (path, [])


def test_no_screen_of_one_user_shows_a_thing_of_another(
    ann: User, ben: User, tmp_path: Path
) -> None:
    theirs = live(ann, tmp_path)
    named = {"trade": theirs["what"], "rule_id": theirs["rule_id"], "bias": "revenge"}
    paths = [route.path.format_map(named) for route in SCREENS]
    secrets = {ACCOUNT, NOTE, theirs["what"]}
    seen = "".join(ann.client.get(path).text for path in paths)
    assert not [secret for secret in secrets if secret not in seen]
    for path in paths:
        answer = ben.client.get(path)
        if theirs["what"] in path:
            assert (path, answer.status_code) == (path, NOT_THERE)
        else:
            assert (path, [one for one in secrets if one in answer.text]) == (path, [])


def test_who_does_the_same_by_the_same_names_has_things_of_their_own(
    ann: User, ben: User, tmp_path: Path
) -> None:
    live(ann, tmp_path)
    before = pictures(ann)
    named = live(ben, tmp_path)
    assert ben.ask("DELETE", f"/api/imports/{named['run']}").status_code == DONE
    assert ben.get("/api/trades") == []
    assert pictures(ann) == before


def test_a_device_is_forgotten_by_whose_it_is_alone(
    ann: User, ben: User, owner: CoachConnection
) -> None:
    ann.send("POST", "/api/notes", {"day": "today", "text": NOTE})
    found = store.find(owner, "ann")
    assert found is not None
    place, now = (head(owner, found.id).epoch, 1), datetime(2026, 3, 2, tzinfo=UTC)
    with owner.transaction():
        assert devices.acknowledge(owner, found.id, "laptop", place, now) == 1
    assert ben.ask("DELETE", "/api/events/devices/laptop").status_code == NOT_THERE
    assert [one["device"] for one in ann.get("/api/events/devices")] == ["laptop"]
    assert ann.send("DELETE", "/api/events/devices/laptop") == {"device": "laptop"}
    assert ann.get("/api/events/devices") == []


def pictures(user: User) -> dict[str, Any]:
    """Return what a user has."""
    return {path: user.get(path) for path in PICTURED}
