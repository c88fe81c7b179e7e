"""A request with an Idempotency-Key has one effect and one answer, however often it is sent."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg
import pytest

from coach.engine.api import notes
from coach.engine.api.live import keyed_requests
from coach.engine.api.live.keyed_requests import answer_in_one_transaction
from coach.engine.api.session import Session
from coach.engine.jobs.run import JobOrder, job_run
from coach.engine.store.tending.purge import purge
from coach.errors import Locked
from coach.model.machine.keyed_requests import KeptAnswer, KeyedRequest
from tests.integration.server.writes.conftest import OpenSession, Trader

KEY = "5f0c6b1e-1111-4222-8333-abcdefabcdef"
NOTE = {"day": "2026-03-04", "text": "slept badly"}
REQUEST = KeyedRequest("POST /api/notes", KEY, b"1")
ANSWER = KeptAnswer(201, {}, "written\n")


def written(watching: psycopg.Connection) -> int:
    row = watching.execute("select count(*) from note").fetchone()
    assert row is not None
    return int(row[0])


def kept(watching: psycopg.Connection) -> int:
    row = watching.execute("select count(*) from idempotency_key").fetchone()
    assert row is not None
    return int(row[0])


def test_a_request_that_comes_again_gets_the_first_answer(
    trader: Trader, watching: psycopg.Connection
) -> None:
    first = trader.send("POST", "/api/notes", NOTE, KEY)
    trader.send("DELETE", "/api/notes/1")
    again = trader.send("POST", "/api/notes", NOTE, f'"{KEY}"')
    assert first[0] == 201
    assert first[2] is None
    assert again == (*first[:2], "true")
    assert written(watching) == 1


def test_a_refusal_comes_again_though_it_would_be_none_by_now(trader: Trader) -> None:
    text = {"text": "slept well"}
    first = trader.send("PATCH", "/api/notes/1", text, KEY)
    trader.send("POST", "/api/notes", NOTE)
    assert first[0] == 404
    assert trader.send("PATCH", "/api/notes/1", text, KEY) == (*first[:2], "true")
    assert trader.send("PATCH", "/api/notes/1", text)[0] == 200


def test_a_key_that_was_sent_with_another_request_is_refused(
    trader: Trader, watching: psycopg.Connection
) -> None:
    trader.send("POST", "/api/notes", NOTE, KEY)
    assert trader.send("POST", "/api/notes", {**NOTE, "text": "slept well"}, KEY)[0] == 422
    assert written(watching) == 1


def test_a_key_belongs_to_its_route_and_to_its_user(trader: Trader) -> None:
    trader.send("POST", "/api/notes", NOTE, KEY)
    assert trader.send("PATCH", "/api/notes/1", {"text": "late"}, KEY)[0] == 200
    assert trader.send("PATCH", "/api/notes/2", {"text": "late"}, KEY)[0] == 422


@pytest.mark.parametrize(
    "key", ["", "seven77", "x" * 256, '"short"', "with a space", "wörter-sind-lang"]
)
def test_a_key_that_is_none_is_refused_before_anything_happens(
    trader: Trader, watching: psycopg.Connection, key: str
) -> None:
    headers = {b"Idempotency-Key": key.encode()} if key else {}
    answer = trader.client.post("/api/notes", json=NOTE, headers=headers)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["error"]["message"]
    assert written(watching) == 0


def test_of_two_keys_none_counts(trader: Trader) -> None:
    headers = [("Idempotency-Key", KEY), ("Idempotency-Key", KEY)]
    assert trader.client.post("/api/notes", json=NOTE, headers=headers).status_code == 400


def test_a_twin_waits_for_the_first_and_repeats_its_answer(
    trader: Trader, watching: psycopg.Connection
) -> None:
    with ThreadPoolExecutor(6) as pool:
        sent = [pool.submit(trader.send, "POST", "/api/notes", NOTE, KEY) for _ in range(6)]
        came = [one.result() for one in sent]
    done = [one for one in came if one[0] != 409]  # a busy machine may be slower than the patience
    assert [one[2] for one in done].count(None) == 1
    assert len({str(one[1]) for one in done}) == 1
    assert written(watching) == 1


def test_a_twin_of_a_request_under_way_is_told_to_come_back(
    trader: Trader,
    open_session: OpenSession,
    watching: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keyed_requests, "PATIENCE_S", 0.05)
    begun, may_end = Event(), Event()

    def work() -> KeptAnswer:
        begun.set()
        assert may_end.wait(60)
        return ANSWER

    def first() -> None:
        with open_session() as session:
            answer_in_one_transaction(session, REQUEST, work, concludes=False)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(first)
        assert begun.wait(60)
        headers = {"Idempotency-Key": KEY}
        twin = trader.client.post("/api/notes", json=NOTE, headers=headers)
        may_end.set()
        running.result(60)
    assert twin.status_code == 409
    assert twin.headers["Retry-After"] == "1"
    assert written(watching) == 0


def test_a_session_that_is_killed_before_its_commit_leaves_nothing(
    trader: Trader, open_session: OpenSession, watching: psycopg.Connection
) -> None:
    with open_session() as session, pytest.raises(psycopg.OperationalError):
        answer_in_one_transaction(
            session, REQUEST, lambda: _note_and_die(session, watching), concludes=False
        )
    assert (written(watching), kept(watching)) == (0, 0)
    assert trader.send("POST", "/api/notes", NOTE, KEY)[0] == 201
    assert trader.send("POST", "/api/notes", NOTE, KEY)[2] == "true"
    assert written(watching) == 1


def _note_and_die(session: Session, watching: psycopg.Connection) -> KeptAnswer:
    notes.add(session, session.clock().date(), "half a note")
    pid = session.connection.info.backend_pid
    watching.execute("select pg_terminate_backend(%s, 60000)", [pid])
    return ANSWER


def test_a_fault_of_ours_is_not_kept_and_undoes_its_work(
    open_session: OpenSession, watching: psycopg.Connection
) -> None:
    def work() -> KeptAnswer:
        notes.add(session, session.clock().date(), "half a note")
        raise ZeroDivisionError

    with open_session() as session, pytest.raises(ZeroDivisionError):
        answer_in_one_transaction(session, REQUEST, work, concludes=False)
    assert (written(watching), kept(watching)) == (0, 0)


def test_an_expired_key_is_as_good_as_new_and_is_purged(
    trader: Trader, watching: psycopg.Connection
) -> None:
    trader.send("POST", "/api/notes", NOTE, KEY)
    watching.execute("update idempotency_key set expires_at = now() - interval '1 second'")
    status, _, replayed = trader.send("POST", "/api/notes", {**NOTE, "text": "another"}, KEY)
    assert (status, replayed) == (201, None)
    watching.execute("update idempotency_key set expires_at = now() - interval '1 second'")
    assert [(one.table, one.rows) for one in purge(watching, None)] == [("idempotency_key", 1)]


def test_a_request_that_concludes_holds_the_lock_of_imports_until_its_commit(
    open_session: OpenSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyed_requests, "TURN_PATIENCE_S", 0.05)

    def work() -> KeptAnswer:
        with open_session() as other, pytest.raises(Locked):
            answer_in_one_transaction(other, another, lambda: ANSWER, concludes=True)
        return ANSWER

    another = KeyedRequest("PUT /api/zone", KEY, b"2")
    with open_session() as session:
        answer_in_one_transaction(session, REQUEST, work, concludes=True)
    with open_session() as session:
        assert answer_in_one_transaction(session, another, lambda: ANSWER, concludes=True) == (
            ANSWER,
            False,
        )


def test_waiting_for_a_turn_limits_no_later_wait_of_the_same_transaction(
    open_session: OpenSession,
) -> None:
    def work() -> KeptAnswer:
        with job_run(session.connection, session.user.id, order, session.clock) as running:
            running.finish({})
        assert session.connection.execute("show lock_timeout").fetchone() == ("0",)
        return ANSWER

    order = JobOrder("simulate.trades", {"none": 1})
    with open_session() as session:
        answer_in_one_transaction(session, REQUEST, work, concludes=True)
