"""Errors over HTTP: the object of the command line, and a status that says whose matter it is."""

import json
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from coach.errors import (
    CoachError,
    Conflict,
    DatabaseTrouble,
    Invalid,
    Locked,
    Missing,
    NotFound,
    NotTaken,
    Refused,
    TryLater,
    UsageError,
)
from coach.server.refusals import refuse, status_of


def kinds(kind: type[CoachError]) -> Iterator[type[CoachError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from kinds(below)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Invalid("since", "not 'x'", "a day"), 400),
        (Conflict(("rule", "r"), "it is locked"), 409),
        (NotFound(kind="trade", name="3f"), 404),
        (Refused(what="no"), 422),
        (Locked(doing="importing"), 409),
        (TryLater(broker="coinbase", reason="429"), 503),
        (DatabaseTrouble(what="gone"), 503),
        (CoachError(what="odd"), 500),
    ],
)
def test_a_status_says_whose_matter_an_error_is(error: CoachError, status: int) -> None:
    assert status_of(error) == status


def test_no_mistake_of_a_client_is_a_fault_of_the_server() -> None:
    for kind in (UsageError, NotFound, Refused):
        for one in kinds(kind):
            assert 400 <= status_of(one.__new__(one)) < 500


def test_a_field_is_called_by_its_name_and_not_by_a_flag() -> None:
    answer = refuse(Invalid("last_event", "not 'x'", "the id of an event", remedy="choose_event"))
    error = json.loads(bytes(answer.body))["error"]
    assert error["code"] == "E_USAGE"
    assert error["message"] == "until takes the id of an event, not 'x'"
    assert error["hint"]


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (Invalid("skip_after_loss", "not 0", "minutes", example="30"), "use skip_after_loss 30"),
        (NotTaken("a plan", "percent"), "leave percent out"),
        (Missing("a plan", "percent", ("percent", "symbols")), "a plan takes percent, symbols"),
    ],
)
def test_a_hint_names_parameters_and_no_flags(error: CoachError, hint: str) -> None:
    assert json.loads(bytes(refuse(error).body))["error"]["hint"] == hint


@pytest.mark.parametrize("error", [Locked(doing="importing"), DatabaseTrouble(what="gone")])
def test_what_mends_itself_says_when_to_come_back(error: CoachError) -> None:
    assert int(refuse(error).headers["retry-after"]) >= 1


def test_a_path_that_there_is_not_is_an_error_of_the_same_form(client: TestClient) -> None:
    missing, wrong = client.get("/api/nothing"), client.delete("/livez")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "E_NOT_FOUND")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, "E_METHOD")
    assert wrong.headers["allow"] == "GET, HEAD"
