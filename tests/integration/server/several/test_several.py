"""Two servers and two workers over one database, one Redis and one bucket behave as one."""

import json
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from os import kill
from pathlib import Path
from time import sleep
from typing import Any

import httpx2
import pytest
from redis import Redis
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from tests.clock import seconds
from tests.e2e.cli.server.conftest import PATIENCE
from tests.integration.hot.conftest import OwnRedis
from tests.integration.market.conftest import OwnS3
from tests.integration.server.several.conftest import Installation, key

pytestmark = pytest.mark.redis

Pair = tuple[httpx2.Client, httpx2.Client]
ATTEMPTS = 60
A_MINUTE = 60


def note(client: httpx2.Client, text: str) -> None:
    answer = client.post("/api/notes", json={"day": "2026-03-02", "text": text}, headers=key())
    assert answer.status_code == 201, answer.text


@contextmanager
def following(client: httpx2.Client, last: str = "") -> Iterator[Connection]:
    """Follow the events after `last` over a socket, past its `hello`."""
    url = f"{str(client.base_url).replace('http', 'ws', 1).rstrip('/')}/ws/coach"
    with connect(f"{url}?lastEventId={last}", open_timeout=PATIENCE, compression=None) as socket:
        assert frame_of(socket)["type"] == "hello"
        yield socket


def frame_of(socket: Connection) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(socket.recv(PATIENCE))
    return found


def last_event(client: httpx2.Client) -> str:
    """Return the id of the newest event, empty where there is none."""
    found = client.get("/api/events", params={"limit": 1000}).json()["data"]
    return found[-1]["id"] if found else ""


def test_what_is_written_through_one_reaches_a_socket_of_either_in_order(pair: Pair) -> None:
    note(pair[0], "first")
    last = last_event(pair[1])
    with following(pair[0], last) as one, following(pair[1], last) as other:
        for number, client in zip(range(8), cycle(pair), strict=False):
            note(client, f"note {number}")
        heard = [[frame_of(socket) for _ in range(8)] for socket in (one, other)]
    assert heard[0] == heard[1]
    numbers = [frame["seq"] for frame in heard[0]]
    assert numbers == list(range(numbers[0], numbers[0] + 8))
    assert {frame["type"] for frame in heard[0]} == {"note.added"}


def test_one_key_on_both_at_once_has_one_effect_and_one_answer(pair: Pair) -> None:
    same, text = key(), "written once"

    def send(client: httpx2.Client) -> httpx2.Response:
        body = {"day": "2026-03-03", "text": text}
        answer = client.post("/api/notes", json=body, headers=same)
        while answer.status_code == 409:
            sleep(int(answer.headers["Retry-After"]))
            answer = client.post("/api/notes", json=body, headers=same)
        return answer

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, [*pair] * 4))
    assert {(one.status_code, one.text) for one in answers} == {(201, answers[0].text)}
    assert sum("Idempotency-Replayed" not in one.headers for one in answers) == 1
    found = pair[0].get("/api/notes", params={"words": text}).json()["data"]
    assert len(found) == 1


def test_a_limit_holds_over_both(installation: Installation, redis: OwnRedis) -> None:
    """60 tokens, one more a second: two buckets apart would let twice as many in."""
    limit = {"COACH_REQUEST_LIMIT": str(A_MINUTE)}
    with installation.server("small", **limit) as one, installation.server("too", **limit) as other:
        begun = seconds()
        sent = [client.get("/api/rules/none") for _ in range(ATTEMPTS) for client in (one, other)]
        took = seconds() - begun
        with Redis(unix_socket_path=str(redis.socket)) as store:
            assert store.dbsize(), "the buckets lie in Redis"
        left = {answer.status_code for answer in sent}
    assert left <= {404, 429}
    admitted = sum(answer.status_code == 404 for answer in sent)
    assert A_MINUTE <= admitted <= A_MINUTE + took + 1


def test_a_follower_goes_on_at_the_other_where_its_server_was_killed(
    installation: Installation, pair: Pair
) -> None:
    with installation.server("doomed") as doomed:
        note(doomed, "before")
        last = last_event(doomed)
        with following(doomed, last) as socket:
            note(pair[0], "heard")
            heard = frame_of(socket)
            kill(int(doomed.headers["X-Test-Process"]), signal.SIGKILL)
            for number in range(3):
                note(pair[0], f"missed {number}")
    with following(pair[1], heard["id"]) as socket:
        missed = [frame_of(socket) for _ in range(3)]
    assert [one["seq"] for one in missed] == [heard["seq"] + number for number in (1, 2, 3)]


def test_two_workers_do_each_job_once_and_its_candles_lie_in_the_bucket(
    pair: Pair, sandbox: Mapping[str, str], s3: OwnS3
) -> None:
    secret = Path(sandbox["view_key"]).read_text()
    body = {"key": secret, "base_url": sandbox["url"], "account": "sandbox"}
    assert pair[0].post("/api/connect/coinbase", json=body, headers=key()).status_code == 200
    runs = [ask(client, "/api/imports/sync", {"since": since}) for client, since in syncs(pair)]
    done = [finished(pair[1], run) for run in runs]
    assert [(one["state"], one["tries"]) for one in done] == [("done", 1)] * len(runs)
    trades = [client.get("/api/trades").text for client in pair]
    assert trades[0] == trades[1]
    fetch = {"symbols": ["SOL-USD"], "granularity": "1h"}
    assert finished(pair[0], ask(pair[1], "/api/candles/fetch", fetch))["state"] == "done"
    assert pair[0].get("/api/candles").json()["data"][0]["symbol"] == "SOL-USD"
    assert "<Key>coach/" in s3.read("/bars/?list-type=2")


def syncs(pair: Pair) -> Iterator[tuple[httpx2.Client, str]]:
    return zip([*pair] * 2, ("12d", "9d", "6d", "3d"), strict=True)


def ask(client: httpx2.Client, path: str, body: object) -> str:
    """Ask for a job, and return its run."""
    answer = client.post(path, json=body, headers=key())
    assert answer.status_code == 202, answer.text
    run: str = answer.json()["data"]["run_id"]
    return run


def finished(client: httpx2.Client, run: str) -> dict[str, Any]:
    """Return a job once a worker has done it."""
    end = seconds() + PATIENCE
    while True:
        found: dict[str, Any] = client.get(f"/api/jobs/{run}").json()["data"]
        if found["state"] not in {"queued", "running"}:
            return found
        assert seconds() < end, found
        sleep(0.2)
