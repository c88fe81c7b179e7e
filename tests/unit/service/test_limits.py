"""What a request costs before it is believed, and what who is not believed hears."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from coach.engine.api.service.answers import OF_A_KEY, OF_AN_ADDRESS, EngineService
from coach.engine.api.service.gates import AskedWork, Caller, Gate
from coach.engine.service import contract
from coach.engine.signing.message import SignedPart
from coach.engine.signing.signer import Signer
from coach.engine.signing.verifier import NotBelieved
from coach.server.engine.app import EngineApplication
from coach.server.engine.bodies import TooManyBodies
from tests.unit.service.test_contract import KEYS, at_noon, service

LARGEST = 1_000


@dataclass
class Asking:
    """One request to the application, without a socket: what it read, said and noted."""

    application: EngineApplication
    notes: list[dict[str, object]] = field(default_factory=list)
    pieces_read: int = 0

    def ask(
        self,
        headers: dict[str, str],
        pieces: tuple[bytes, ...] = (b"\xc1",),
        *,
        path: str = contract.SCORE,
        address: str = "127.0.0.1",
    ) -> tuple[int, bytes]:
        """Return the status and the body of the answer."""
        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "client": (address, 1),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        left, said = list(pieces), []

        async def receive() -> dict[str, Any]:
            self.pieces_read += 1
            await asyncio.sleep(0)
            body = left.pop(0)
            return {"type": "http.request", "body": body, "more_body": bool(left)}

        async def send(message: Any) -> None:  # noqa: ANN401 -- of ASGI
            said.append(message)

        ask: Awaitable[None] = self.application(scope, receive, send)
        asyncio.run(_all_of(ask))
        return said[0]["status"], said[1]["body"]


async def _all_of(ask: Awaitable[None]) -> None:
    await ask


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> Asking:
    made = Asking(EngineApplication(service(), LARGEST))

    def note(event: str, address: str, **fields: object) -> None:
        made.notes.append({"event": event, "address": address, **fields})

    monkeypatch.setattr("coach.server.engine.app.note_security", note)
    return made


def signed(body: bytes = b"\xc1", path: str = contract.SCORE) -> dict[str, str]:
    part = SignedPart("POST", path, "", contract.CONTENT_TYPE, body)
    return {"content-type": contract.CONTENT_TYPE, **Signer(KEYS, at_noon).sign(part)}


Change = Callable[[dict[str, str]], dict[str, str]]
REFUSED: dict[str, tuple[Change, str]] = {
    "header missing": (lambda _: {}, "127.0.0.1"),
    "header malformed": (lambda given: {**given, "x-nonce": "short"}, "127.0.0.1"),
    "unknown key": (lambda given: {**given, "x-keyid": "k9"}, "127.0.0.1"),
    "time": (lambda given: {**given, "x-timestamp": "1000000000"}, "127.0.0.1"),
    "address": (lambda given: given, "10.0.0.1"),
    "signature": (lambda given: {**given, "x-signature": "0" * 64}, "127.0.0.1"),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_who_is_not_believed_hears_one_word_and_the_log_says_why(
    asking: Asking, reason: str
) -> None:
    change, address = REFUSED[reason]
    assert asking.ask(change(signed()), address=address) == (401, b"not authorised\n")
    [note] = asking.notes
    assert (note["event"], note["address"], note["why"]) == ("request refused", address, reason)


@pytest.mark.parametrize("reason", sorted(REFUSED.keys() - {"signature"}))
def test_what_no_body_could_mend_is_turned_away_before_a_byte_is_read(
    asking: Asking, reason: str
) -> None:
    change, address = REFUSED[reason]
    asking.ask(change(signed()), address=address)
    assert asking.pieces_read == 0


def test_a_replay_hears_the_same_word(asking: Asking) -> None:
    headers = signed()
    assert asking.ask(headers)[0] == 422
    assert asking.ask(headers) == (401, b"not authorised\n")
    assert asking.notes[-1]["why"] == "replay"
    assert asking.notes[-1]["key"] == "k1"


def test_a_body_that_says_it_is_too_large_is_not_read(asking: Asking) -> None:
    headers = {**signed(), "content-length": str(LARGEST + 1)}
    assert asking.ask(headers) == (413, b"too large\n")
    assert asking.pieces_read == 0


def test_a_body_that_does_not_say_so_is_read_up_to_the_limit_and_never_hashed(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.engine.signing.message.sha256", never)
    headers = {"content-type": contract.CONTENT_TYPE, **REPLAYED}
    assert asking.ask(headers, (b"x" * LARGEST, b"x", b"x")) == (413, b"too large\n")
    assert asking.pieces_read == 2


def test_bodies_are_held_up_to_a_limit_over_all(asking: Asking) -> None:
    """Three are sent at once, and two fill what is held; the third is to come again."""
    begun: list[int] = []
    full = asyncio.Event()

    async def one() -> int:
        reader = asking.application._bodies

        async def receive() -> dict[str, Any]:
            if begun.count(number) == 0:
                begun.append(number)
                return {"type": "http.request", "body": b"x" * LARGEST, "more_body": True}
            await full.wait()
            return {"type": "http.request", "body": b"", "more_body": False}

        number = len(numbers)
        numbers.append(number)
        try:
            async with reader.read(receive, []) as body:
                return len(body)
        except TooManyBodies:
            full.set()
            return 0

    numbers: list[int] = []

    async def three() -> list[int]:
        return list(await asyncio.gather(one(), one(), one()))

    assert sorted(asyncio.run(three())) == [0, LARGEST, LARGEST]
    assert asking.application._bodies._held == 0


def test_one_that_never_ends_is_given_up(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.server.engine.bodies.READ_WITHIN_S", 0)
    assert asking.ask(signed(), (b"x", b"y")) == (408, b"too slow\n")


REPLAYED = signed()


def never(*_: object) -> None:
    raise AssertionError("this is not looked at")


class Unasked(Gate):
    """A gate that nobody may reach."""

    def admit(self, asked: AskedWork) -> None:
        """Fail."""
        del asked
        never()

    def believe(self, asked: AskedWork) -> Caller:
        """Fail."""
        del asked
        raise AssertionError


def turned_away(served: EngineService, address: str = "127.0.0.1") -> int:
    refused = served.turn_away(AskedWork([], address, "POST", contract.SCORE, ""))
    assert refused is not None
    return refused.status


def test_an_address_over_its_limit_is_not_looked_at() -> None:
    served = service()
    served.addresses.take("127.0.0.1", OF_AN_ADDRESS, OF_AN_ADDRESS.capacity)
    assert turned_away(replace(served, gate=Unasked())) == 429


def test_some_thirty_that_are_not_believed_use_up_an_address_and_no_other() -> None:
    served = service()
    assert [turned_away(served) for _ in range(40)] == [401] * 27 + [429] * 13
    assert turned_away(served, "127.0.0.2") == 401


def test_who_is_believed_may_ask_far_more_often() -> None:
    served = service()
    for _ in range(200):
        asked = AskedWork(list(signed().items()), "127.0.0.1", "POST", contract.SCORE, "")
        assert served.turn_away(asked) is None


def test_a_key_over_its_limit_has_no_work_done(monkeypatch: pytest.MonkeyPatch) -> None:
    served = service()
    served.limits.take("engine|k1", OF_A_KEY, OF_A_KEY.capacity)
    monkeypatch.setattr("coach.engine.api.service.answers.do", never)
    headers = list(signed().items())
    asked = AskedWork(headers, "127.0.0.1", "POST", contract.SCORE, "", b"\xc1")
    assert served.answer(asked).status == 429


def test_where_nonces_are_unknown_it_is_to_be_tried_later() -> None:
    class Down(Unasked):
        """A gate whose store does not answer."""

        def believe(self, asked: AskedWork) -> Caller:
            """Say so."""
            del asked
            raise NotBelieved("nonces unknown")

    asked = AskedWork([], "127.0.0.1", "POST", contract.SCORE, "")
    answer = replace(service(), gate=Down()).answer(asked)
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
