"""What a route of the server changes is named by the events that it causes.

Each step is a request, done as the route does it: in one transaction with its key. What nobody's
events named must not have changed (`Follower`).
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from coach.brokers.sandbox.server import serve
from coach.brokers.sandbox.world import demo_world, issue_binance_key, issue_key, issue_kraken_key
from coach.engine.api import imports, trades
from coach.engine.api.fills import single
from coach.engine.api.fills.single import FillFilter
from coach.engine.api.live.keyed_requests import answer_after_work, answer_in_one_transaction
from coach.engine.api.promises import calibration, experiments, questions, rules
from coach.engine.api.session import Session
from coach.engine.outbox import partitions
from coach.model.machine.keyed_requests import KeptAnswer, KeyedRequest
from coach.server.calls import ApiCall
from coach.server.uploads import UploadedForm
from coach.server.writes.file_imports import DirectImports
from coach.server.writes.imports import ImportFields, import_statement
from coach.server.writes.route import WriteRoute
from coach.server.writing import WRITES
from coach.settings import reading
from coach.views.nouns import COMMANDS
from tests.databases import rows_of
from tests.doubling_bot import bot_rows
from tests.e2e.cli.conftest import assert_published
from tests.integration.engine.test_state_equals_events import (
    HEADER,
    JUNE,
    RULE,
    Follower,
    answer,
    bring,
    statement,
)


class Step(NamedTuple):
    """A request, and the types of events that it causes."""

    method: str
    path: str
    body: dict[str, Any] | list[dict[str, Any]] | None = None
    events: tuple[str, ...] = ()


SIZE = {"kind": RULE, "params": {"ratio": 2}}
STEPS = (
    Step("POST", "/api/rules", [SIZE], ("rule.changed", "rule.breached")),
    Step("PATCH", f"/api/rules/{RULE}", {"params": {"ratio": 2.5}}, ("rule.changed",)),
    Step("POST", f"/api/rules/{RULE}/rollback", {}, ("rule.changed", "rule.breached")),
    Step("POST", f"/api/rules/{RULE}/pause", None, ("rule.changed",)),
    Step("POST", f"/api/rules/{RULE}/resume", None, ("rule.changed",)),
    Step(
        "POST",
        "/api/labels",
        {"trade": "{trade}", "bias": "revenge", "answer": "yes"},
        ("label.given",),
    ),
    Step("DELETE", "/api/labels/{trade}/revenge", None, ("label.removed",)),
    Step("POST", "/api/plans", {"kind": "stop", "percent": "2"}, ("plan.changed",)),
    Step("DELETE", "/api/plans/stop", None, ("plan.changed",)),
    Step("PATCH", "/api/accounts/main", {"equity": "5000", "shorts": True}, ("account.changed",)),
    Step("POST", "/api/notes", {"trade": "{trade}", "text": "too early"}, ("note.added",)),
    Step("POST", "/api/notes", {"day": "today", "text": "slept well"}, ("note.added",)),
    Step("PATCH", "/api/notes/1", {"text": "too early again"}, ("note.edited",)),
    Step("DELETE", "/api/notes/1", None, ("note.removed",)),
    Step("POST", "/api/notes/1/restore", None, ("note.restored",)),
    Step(
        "POST",
        "/api/checks",
        {"symbol": "BTC-USD", "side": "buy", "quantity": "1", "price": "100", "confidence": 70},
        ("check.asked",),
    ),
    Step("POST", "/api/commitments", {"text": "Walk first."}, ("commitment.signed",)),
    Step("DELETE", "/api/commitments/1", None, ("commitment.removed",)),
    Step("POST", "/api/commitments/1/restore", None, ("commitment.restored",)),
    Step("POST", "/api/fills/{fill}/leave-out", {"reason": "a test"}, ("fill.left_out",)),
    Step("POST", "/api/fills/{left_out}/take-back", {}, ("fill.taken_back",)),
    Step("POST", "/api/rules/calibrate", {"rule": RULE}),
    Step("POST", "/api/rules/calibrate", {}),
    Step("POST", "/api/candles/fetch", {"symbols": ["BTC-USD"]}),
    Step("POST", "/api/simulate", {"skip_after_loss": 30}),
    Step("POST", "/api/experiments", {"rule": RULE, "weeks": 8}, ("experiment.changed",)),
    Step("POST", "/api/experiments/{experiment}/stop", None, ("experiment.changed",)),
    Step("PUT", "/api/zone", {"zone": "Asia/Tokyo"}, ("zone.changed",)),
    Step(
        "POST",
        "/api/channels",
        {"name": "hook", "kind": "webhook", "secret": "https://hook.test/of-mine\nown-key"},
        ("channel.changed",),
    ),
    Step("PATCH", "/api/channels/hook", {"quiet_hours": "none"}, ("channel.changed",)),
    Step("DELETE", "/api/channels/hook", None, ("channel.changed",)),
    Step("DELETE", "/api/imports/{run}", None, ("import.undone",)),
    Step("DELETE", f"/api/rules/{RULE}", None, ("rule.changed",)),
)
PROPOSED = (
    Step("POST", "/api/rules/proposals/{proposal}/accept", None, ("rule.changed", "rule.moved")),
    Step("POST", "/api/rules/proposals/{proposal}/dismiss", None, ("rule.dismissed",)),
)
REOPENED = Step("POST", "/api/rules/proposals/{proposal}/reopen", None, ("rule.proposed",))
ASKED = Step("POST", "/api/questions/{question}/answer", {"answer": "yes"}, ("question.answered",))
CONNECTED = (
    Step("POST", "/api/connect/coinbase", None, ("account.changed",)),
    Step("PATCH", "/api/accounts/mine", {"sync_hours": 24}, ("account.changed",)),
    Step("POST", "/api/imports/sync", {"account": "mine", "since": "12d", "anyway": True}),
    Step("DELETE", "/api/accounts/mine", None, ("account.changed",)),
)
OF_KRAKEN = (
    Step("POST", "/api/connect/kraken", None, ("account.changed",)),
    Step("POST", "/api/accounts/kraken/disconnect", None, ("account.changed",)),
)
OF_BINANCE = (
    Step("POST", "/api/connect/binance", None, ("account.changed",)),
    Step("POST", "/api/accounts/binance/disconnect", None, ("account.changed",)),
)
SURE = Step("POST", "/api/trades/{open}/confidence", {"confidence": 70}, ("confidence.given",))
NO_EVENTS = {
    ("POST", "/api/jobs/{run}/retry"),
    ("POST", "/api/channels/{channel}/test"),
    ("POST", "/api/deliveries/{delivery}/resend"),
    ("POST", "/api/backups"),
    ("POST", "/api/backups/{backup}/verify"),
    ("DELETE", "/api/events/devices/{device}"),
    ("PUT", "/api/tone"),
    ("POST", "/api/notes/{number}/share"),
    ("POST", "/api/notes/{number}/unshare"),
    ("POST", "/api/reflections"),
}
"""A job that is queued or tried again tells of itself when it is done; see tests of jobs. How far
a device is concerns whoever reads there alone, and a test of a channel stands in its log.
What is sent again waits for its receiver; tests of writes to channels follow its event. Backups are
of everybody's things at once, and no event of one of them."""


@pytest.fixture
def follower(session: Session) -> Follower:
    partitions.ensure(session.connection, JUNE)
    return Follower(replace(session, clock=lambda: JUNE))


def route_of(step: Step) -> tuple[WriteRoute, tuple[str, ...]]:
    """Return the route of a step, and the names in its path."""
    for route in WRITES:
        pattern = re.sub(r"{\w+}", "([^/]+)", route.path)
        found = re.fullmatch(pattern, step.path)
        if found and route.method == step.method:
            return route, found.groups()
    raise AssertionError(step)


def first_fill(session: Session, *, left_out: bool) -> str:
    """Return the id of the oldest fill that is left out, or that is not."""
    return single.fills(session, FillFilter(left_out=left_out))[0].key.hex()


def named(session: Session) -> dict[str, Callable[[], str]]:
    """Return what the names in a step stand for."""
    return {
        "trade": lambda: next(iter(trades.round_trips(session))).trip.id,
        "open": lambda: next(iter(trades.open_round_trips(session))).trip.id,
        "fill": lambda: first_fill(session, left_out=False),
        "left_out": lambda: first_fill(session, left_out=True),
        "run": lambda: imports.all_runs(session)[0].id,
        "experiment": lambda: experiments.experiments(session)[0].experiment.id,
        "proposal": lambda: calibration.proposals(session)[0].id,
        "question": lambda: questions.open_questions(session)[0].id,
    }


def filled(text: object, session: Session) -> object:
    if not isinstance(text, str) or not (found := re.fullmatch(r"{(\w+)}", text)):
        return text
    return named(session)[found[1]]()


def taken(step: Step, folder: Path) -> Callable[[Session], object]:
    """Return how the step is done, as its route does it."""
    route, names = route_of(step)
    settings = reading.read({"COACH_HOME": str(folder)}, {})

    def act(session: Session) -> KeptAnswer:
        body = step.body
        if isinstance(body, dict):
            body = {key: filled(value, session) for key, value in body.items()}
        wanted = route.body.model_validate({} if body is None else body)
        of_path = [filled(name, session) for name in names]

        def work() -> KeptAnswer:
            answered = route.write(ApiCall(session, settings), wanted, *of_path)
            if answered.command in COMMANDS:
                assert_published(answered.command, answered.data)
            return KeptAnswer(route.status, {}, bytes(answered.response().body).decode())

        keyed = KeyedRequest(f"{route.method} {route.path}", str(uuid4()), b"")
        made, replayed = answer_in_one_transaction(session, keyed, work, concludes=route.concludes)
        again, repeated = answer_in_one_transaction(session, keyed, work, concludes=route.concludes)
        assert (made, replayed, repeated) == (again, False, True)
        return made

    return act


def test_every_route_is_taken_by_a_step() -> None:
    steps = (*STEPS, *PROPOSED, *CONNECTED, *OF_KRAKEN, *OF_BINANCE, ASKED, SURE, REOPENED)
    found = {(route.method, route.path) for route, _ in map(route_of, steps)}
    assert found | NO_EVENTS == {(route.method, route.path) for route in WRITES}


def test_routes_name_all_that_they_change(follower: Follower, tmp_path: Path) -> None:
    bring(statement(tmp_path, 0, 80))(follower.session)
    for step in STEPS:
        follower.does(taken(step, tmp_path), *step.events)


@pytest.mark.parametrize("step", PROPOSED)
def test_decisions_about_proposals_name_all_that_they_change(
    follower: Follower, tmp_path: Path, step: Step
) -> None:
    bring(statement(tmp_path, 0, 80))(follower.session)
    rules.add(follower.session, RULE, {"ratio": 2})
    answer(follower.session)
    calibration.calibrate(follower.session, RULE)
    follower.does(taken(step, tmp_path), *step.events)


def test_a_dismissal_that_is_taken_back_names_all_that_it_changes(
    follower: Follower, tmp_path: Path
) -> None:
    bring(statement(tmp_path, 0, 80))(follower.session)
    rules.add(follower.session, RULE, {"ratio": 2})
    answer(follower.session)
    calibration.calibrate(follower.session, RULE)
    path = REOPENED.path.format(proposal=calibration.proposals(follower.session)[0].id)
    follower.does(taken(PROPOSED[1], tmp_path), *PROPOSED[1].events)
    follower.does(taken(REOPENED._replace(path=path), tmp_path), *REOPENED.events)


def test_an_account_that_comes_and_goes_names_all_that_changes_and_its_key_is_kept_nowhere(
    follower: Follower, tmp_path: Path
) -> None:
    world = demo_world(JUNE, seed=4)
    key = issue_key(world)
    connect, *others = CONNECTED
    with serve(world, lambda: JUNE) as server:
        body = {"key": json.loads(key), "account": "mine", "base_url": server.url}
        follower.does(taken(connect._replace(body=body), tmp_path), *connect.events)
        for step in others:
            follower.does(taken(step, tmp_path), *step.events)
    for table in ("idempotency_key", "audit_event", "event_outbox", "run"):
        assert "PRIVATE" not in str(rows_of(follower.session.connection, table))


@pytest.mark.parametrize("broker", ["kraken", "binance"])
def test_an_account_that_is_left_names_all_that_changes_and_its_key_is_kept_nowhere(
    follower: Follower, tmp_path: Path, broker: str
) -> None:
    world = demo_world(JUNE, seed=4)
    issue = {"kraken": issue_kraken_key, "binance": issue_binance_key}[broker]
    key, pairs = issue(world), {"pairs": ["BTC-USDT"]} if broker == "binance" else {}
    connect, leave = {"kraken": OF_KRAKEN, "binance": OF_BINANCE}[broker]
    follower.session = replace(follower.session, features=("binance",))
    with serve(world, lambda: JUNE) as server:
        body: dict[str, Any] = {"key": key, "base_url": server.url, **pairs}
        follower.does(taken(connect._replace(body=body), tmp_path), *connect.events)
        follower.does(taken(leave, tmp_path), *leave.events)
    private = key.split()[1]
    for table in ("idempotency_key", "audit_event", "event_outbox", "run"):
        assert private not in str(rows_of(follower.session.connection, table))


def test_an_answer_names_all_that_it_changes(follower: Follower, tmp_path: Path) -> None:
    file = tmp_path / "bot.csv"
    file.write_text("\n".join([HEADER, *bot_rows(datetime(2026, 1, 5, tzinfo=UTC), 40)]) + "\n")
    bring(file)(follower.session)
    follower.does(taken(ASKED, tmp_path), *ASKED.events)


def test_confidence_names_all_that_it_changes(follower: Follower, tmp_path: Path) -> None:
    file = tmp_path / "open.csv"
    file.write_text(f"{HEADER}\n2026-06-01T09:00:00Z,BTC-USD,buy,1,100,0,,open\n")
    bring(file)(follower.session)
    follower.does(taken(SURE, tmp_path), *SURE.events)


def test_an_upload_names_all_that_it_changes(follower: Follower, tmp_path: Path) -> None:
    settings = reading.read({"COACH_HOME": str(tmp_path)}, {})
    keyed = KeyedRequest("POST /api/imports", str(uuid4()), b"")
    file = statement(tmp_path, 0, 20)

    def upload(session: Session) -> object:
        def work() -> KeptAnswer:
            call = ApiCall(session, settings)
            made = import_statement(DirectImports(settings), call, ImportFields(), form)
            return KeptAnswer(201, {}, bytes(made.response().body).decode())

        with file.open("rb") as copy:
            form = UploadedForm(copy, 0, file_name=file.name)
            return answer_after_work(session, keyed, work)

    follower.does(upload, "import.done")
    follower.does(upload)
