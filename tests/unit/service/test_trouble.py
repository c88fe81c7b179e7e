"""What goes wrong between the two sides: tried again, left alone, told, or done here."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import httpx2
import pytest

from coach.engine.narrator.endpoint import ModelFailure, ModelReply
from coach.engine.reflection.prompt import Prompt
from coach.engine.service import contract
from coach.engine.service.remote import raised
from coach.engine.service.served import OwnModel, do, refusal
from coach.engine.service.wire import NotOnTheWire, decode, encode
from coach.engine.service.work import HERE
from coach.errors import AuthenticationFailed, CoachError, Invalid, TryLater
from coach.model.machine.secrets import Secret
from coach.model.reflections.language_model import NO_MODEL, ModelWishes
from tests.unit.service.suite import QUESTIONS, traded
from tests.unit.service.test_contract import answering, service, through

QUESTION = QUESTIONS["nothing"]
MODEL = ModelWishes("https://models.example.org/v1", "small")
PROMPT = Prompt("be calm", "what happened?")
Serve = Callable[[httpx2.Request], httpx2.Response]


@dataclass
class Flaky:
    """Fails so many times, then serves."""

    failures: int
    serve: Serve = field(default_factory=lambda: through(service()))
    asked: int = 0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer."""
        self.asked += 1
        if self.asked <= self.failures:
            raise httpx2.ConnectError("refused")
        return self.serve(request)


def test_a_try_that_finds_nobody_is_made_again_under_a_new_nonce() -> None:
    flaky = Flaky(2)
    assert answering(flaky).what_if(traded(1), QUESTION) == HERE.what_if(traded(1), QUESTION)
    assert flaky.asked == 3


def test_after_three_tries_it_is_told_to_try_later() -> None:
    flaky = Flaky(9)
    with pytest.raises(TryLater, match="the engine service cannot be reached just now: refused"):
        answering(flaky).what_if(traded(1), QUESTION)
    assert flaky.asked == 3


def test_then_it_is_left_alone_for_a_while() -> None:
    flaky = Flaky(9)
    work = answering(flaky)
    for _ in range(2):
        with pytest.raises(TryLater):
            work.what_if(traded(1), QUESTION)
    assert flaky.asked == 3
    work.place.pause(30)
    with pytest.raises(TryLater):
        work.what_if(traded(1), QUESTION)
    assert flaky.asked == 6


def test_only_where_it_is_wished_it_is_done_here_instead() -> None:
    work = answering(Flaky(9), fallback=HERE)
    assert work.what_if(traded(1), QUESTION) == HERE.what_if(traded(1), QUESTION)


@pytest.mark.parametrize("status", [429, 503])
def test_one_that_is_busy_is_asked_again(status: int) -> None:
    served, answers = through(service()), [httpx2.Response(status), None]

    def serve(request: httpx2.Request) -> httpx2.Response:
        return answers.pop(0) or served(request)

    assert answering(serve).what_if(traded(1), QUESTION)
    assert not answers


def test_one_that_does_not_believe_us_is_not_asked_again() -> None:
    asked: list[httpx2.Request] = []

    def serve(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(401)

    with pytest.raises(AuthenticationFailed, match="does not believe our signature"):
        answering(serve, fallback=HERE).what_if(traded(1), QUESTION)
    assert len(asked) == 1


def test_an_answer_without_a_signature_is_none() -> None:
    body = encode(contract.WhatIfAnswer(b"{}"))
    with pytest.raises(AuthenticationFailed, match="not signed"):
        answering(lambda _: httpx2.Response(200, content=body)).what_if(traded(1), QUESTION)


def test_an_answer_to_another_request_is_none() -> None:
    served = through(service())
    kept: list[httpx2.Response] = []

    def serve(request: httpx2.Request) -> httpx2.Response:
        if not kept:
            kept.append(served(request))
        first = kept[0]
        return httpx2.Response(first.status_code, headers=first.headers, content=first.content)

    work = answering(serve)
    assert work.what_if(traded(1), QUESTION)
    with pytest.raises(AuthenticationFailed, match="not signed"):
        work.what_if(traded(1), QUESTION)


def test_narration_that_was_perhaps_paid_for_is_not_asked_again() -> None:
    flaky = Flaky(9)
    found = answering(flaky).narrate(MODEL, Secret("k"), PROMPT)
    assert isinstance(found, ModelFailure)
    assert found.fault == "down"
    assert flaky.asked == 1


def test_the_key_of_a_model_is_not_sent() -> None:
    sent: list[bytes] = []

    def serve(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.content)
        return httpx2.Response(401)

    found = answering(serve).narrate(MODEL, Secret("very-secret"), PROMPT)
    assert isinstance(found, ModelFailure)
    assert found.fault == "refused"
    assert b"very-secret" not in sent[0]
    assert b"what happened?" in sent[0]


def test_an_address_that_comes_with_a_request_is_never_asked() -> None:
    call = contract.NarrateCall("https://elsewhere.example.org/v1", "small", "a", "b")
    done = do(contract.NARRATE, encode(call), OwnModel(MODEL, lambda: Secret("")))
    found = decode(done.body, contract.NarrateAnswer)
    assert (found.fault, found.text) == ("refused", "")


def test_the_model_of_the_service_narrates(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(wishes: ModelWishes, key: Secret, prompt: Prompt) -> ModelReply:
        return ModelReply(f"{wishes.name} {key.reveal()} {prompt.user}", 3, 4)

    monkeypatch.setattr("coach.engine.narrator.endpoint.ask", ask)
    served = service()
    own = replace(served, model=OwnModel(MODEL, lambda: Secret("own")))
    found = answering(through(own)).narrate(MODEL, Secret("mine"), PROMPT)
    assert found == ModelReply("small own what happened?", 3, 4)


def test_other_work_is_not_known() -> None:
    assert do("/v2/elsewhere", b"", OwnModel(NO_MODEL, lambda: Secret(""))).status == 404


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x90", encode({"trips": 1})])
def test_what_is_no_request_of_this_contract_is_refused(body: bytes) -> None:
    done = do(contract.SCORE, body, OwnModel(NO_MODEL, lambda: Secret("")))
    assert done.status == 422
    assert decode(done.body, contract.Refusal).error == "NotOnTheWire"


def test_an_error_is_the_same_error_there() -> None:
    told = Invalid("split", "not 9", "1 to 8", example="4")
    again = raised(decode(encode(refusal(told)), contract.Refusal))
    assert (type(again), str(again), again.hint) == (Invalid, str(told), told.hint)


@pytest.mark.parametrize("name", ["SystemExit", "Callable", "no such"])
def test_an_error_that_is_none_of_ours_is_a_plain_one(name: str) -> None:
    found = raised(contract.Refusal(name, "", None, {"what": "no"}))
    assert (type(found), str(found)) == (CoachError, "no")


def test_a_column_of_another_kind_is_not_taken() -> None:
    orders = encode([["<f4", b"1234"]])
    with pytest.raises(NotOnTheWire):
        decode(orders, contract.ScoreCall)
