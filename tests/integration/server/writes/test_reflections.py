"""The server's chat: a question is a job, its answer an event, and nobody reads another's."""

from uuid import uuid4

from coach.engine.api.jobs.handlers import HANDLERS
from coach.engine.api.jobs.workplace import Workplace
from coach.engine.periodic.possible import PeriodicWishes
from tests.integration.server.writes.conftest import Trader

DAY = [
    "2026-03-02T09:00:00Z,BTC-USD,buy,1,100,1,USD,a1",
    "2026-03-02T10:00:00Z,BTC-USD,sell,1,90,1,USD,a2",
]


def ask(trader: Trader, question: str, after: str = "") -> tuple[int, dict[str, object]]:
    body = {"question": question, "after": after}
    status, answer, _ = trader.send("POST", "/api/reflections", body)
    return status, answer


def work(trader: Trader, run: dict[str, object]) -> str:
    """Do a queued question as a worker does; return the id of its answer."""
    with trader.open_session() as session:
        place = Workplace(session, lambda: None, PeriodicWishes(None, None, fetch_candles=False))  # type: ignore[arg-type, return-value]
        request = run["request"]
        assert isinstance(request, dict)
        return str(HANDLERS["reflect.question"](place, request)["reflection"])


def test_a_question_is_a_job_and_its_answer_an_event_that_can_be_read_again(
    trader: Trader,
) -> None:
    assert trader.upload(DAY, account="main")[0] == 201
    status, queued = ask(trader, "how is my profit")
    assert status == 202
    run = queued["data"]
    assert isinstance(run, dict)
    assert (run["kind"], run["state"]) == ("reflect.question", "queued")
    answered = work(trader, run)
    kept = trader.client.get(f"/api/reflections/{answered}").json()["data"]
    assert kept["question"] == "how is my profit"
    told = trader.client.get("/api/events", params={"type": "coach.reflect"}).json()["data"]
    assert [one["payload"]["reflection_id"] for one in told] == [answered]
    follows = ask(trader, "and so", answered)[1]["data"]
    assert isinstance(follows, dict)
    last = work(trader, follows)
    listed = trader.client.get("/api/reflections").json()["data"]
    assert [(one["id"], one["after"]) for one in listed] == [(answered, ""), (last, answered)]
    assert trader.client.get("/api/reflections/usage").json()["data"]["days"] == []


def test_what_cannot_be_asked_is_refused_before_it_is_queued(trader: Trader) -> None:
    assert ask(trader, "?" * 501)[0] == 400
    assert ask(trader, "why", "nobody's")[0] == 404
    assert trader.client.get("/api/reflections/nobody's").status_code == 404
    assert trader.client.get("/api/jobs").json()["data"] == []


def test_a_note_is_shared_by_its_route(trader: Trader) -> None:
    trader.send("POST", "/api/notes", {"day": "2026-03-02", "text": "slept badly"})
    shared = trader.send("POST", "/api/notes/1/share", key=str(uuid4()))[1]["data"]
    assert isinstance(shared, dict)
    assert shared["shared_at"]
    kept = trader.send("POST", "/api/notes/1/unshare")[1]["data"]
    assert isinstance(kept, dict)
    assert kept["shared_at"] is None
