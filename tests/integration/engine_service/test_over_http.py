"""Heavy work over a real socket: the contract, and what is turned away."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from coach.engine.api.service import keys
from coach.engine.service import contract
from coach.engine.service.work import HeavyWork
from coach.engine.signing.message import SignedPart
from coach.errors import AuthenticationFailed
from tests import clock
from tests.integration.engine_service.conftest import LARGEST, PATIENCE, Running
from tests.unit.service.suite import QUESTIONS, WorkContract, traded


class TestOverHttp(WorkContract):
    @pytest.fixture
    def work(self, running: Running) -> HeavyWork:
        return running.asked()


def signed(running: Running, body: bytes, path: str = contract.SCORE) -> dict[str, str]:
    """Return the headers of a signed request."""
    signer = running.asked().place.signer
    part = SignedPart("POST", path, "", contract.CONTENT_TYPE, body)
    return {"content-type": contract.CONTENT_TYPE, **signer.sign(part)}


def test_a_stranger_hears_one_word(running: Running) -> None:
    answer = httpx2.post(f"{running.url}{contract.SCORE}", content=b"x", timeout=PATIENCE)
    assert (answer.status_code, answer.text) == (401, "not authorised\n")


def test_of_many_replays_at_once_one_is_answered(running: Running) -> None:
    headers = signed(running, b"\xc1")
    with (
        httpx2.Client(base_url=running.url, timeout=PATIENCE) as client,
        ThreadPoolExecutor(8) as threads,
    ):
        answers = threads.map(
            lambda _: client.post(contract.SCORE, content=b"\xc1", headers=headers), range(20)
        )
        statuses = [answer.status_code for answer in answers]
    assert statuses.count(422) == 1
    assert statuses.count(401) == 19


def test_an_unsigned_body_is_never_read(running: Running) -> None:
    """The answer comes while the body has not."""
    place = urlsplit(running.url)
    assert place.hostname is not None
    with socket.create_connection((place.hostname, place.port or 0), PATIENCE) as wire:
        wire.sendall(
            b"POST /v2/score HTTP/1.1\r\nHost: engine\r\nContent-Length: 1000000\r\n\r\nabc"
        )
        assert wire.recv(100).startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_that_is_too_large_is_not_hashed(running: Running, declared: bool) -> None:
    body = b"\0" * (LARGEST + 1)
    headers = signed(running, b"")
    content = body if declared else iter([body[: LARGEST // 2], body[: LARGEST // 2 + 1], b"\0"])
    try:
        answer = httpx2.post(
            f"{running.url}{contract.SCORE}", content=content, headers=headers, timeout=PATIENCE
        )
    except httpx2.TransportError:
        return  # it hung up before all was said
    assert (answer.status_code, answer.text) == (413, "too large\n")


def test_a_key_that_was_ended_is_not_believed_and_its_follower_is(
    running: Running, tmp_path: Path
) -> None:
    here = running.wishes.keys_file
    former = tmp_path / "former.json"
    former.write_bytes(here.read_bytes())
    [first] = keys.listed(running.wishes, clock.now())
    keys.end(running.wishes, first.id, clock.now())
    keys.make(running.wishes, running.kek, clock.now())
    assert running.asked().what_if(traded(1), QUESTIONS["nothing"])
    late = Running(running.url, running.wishes.__class__(running.url, former), running.kek)
    with pytest.raises(AuthenticationFailed):
        late.asked().what_if(traded(1), QUESTIONS["nothing"])
    assert [one["id"] for one in json.loads(here.read_text())["keys"]] == [
        one.id for one in keys.listed(running.wishes, clock.now())
    ]
