"""Heavy work done by another process, over signed requests: deadline, tries, breaker, fallback.

An answer counts only if it is signed for its request. A try that found nobody, or somebody busy,
is made again after a pause, under a new nonce. What was perhaps begun is tried again only where
doing it twice costs nothing: a model is paid for every answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from coach import errors
from coach.brokers.net.client import HttpClient, HttpLimits, NoAnswer
from coach.engine.service import contract
from coach.engine.service.contract import NarrateAnswer, NarrateCall, Refusal
from coach.engine.service.served import CANNOT, DONE
from coach.engine.service.wire import decode, encode
from coach.engine.service.work import HERE
from coach.engine.signing.message import SignedPart
from coach.engine.signing.signer import AnswerNotSigned, NoKeyCounts
from coach.errors import AuthenticationFailed, CoachError, TryLater

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2

    from coach.brokers.net.client import HttpAnswer
    from coach.engine.conclusions.conclude import ConclusionInputs, Conclusions
    from coach.engine.features.history import History
    from coach.engine.narrator.endpoint import ModelFailure, ModelReply
    from coach.engine.reflection.prompt import Prompt
    from coach.engine.service.breaker import Breaker
    from coach.engine.service.work import HeavyWork
    from coach.engine.what_if.answer import SimulationInputs
    from coach.engine.what_if.simulate import Inputs
    from coach.model.events import Json
    from coach.model.machine.secrets import Secret
    from coach.model.reflections.language_model import ModelWishes

T = TypeVar("T")
WHO: Final = "the engine service"
PAUSES: Final = (0.2, 1.0)
"""Seconds between tries."""
UNAUTHORISED, FORBIDDEN = 401, 403
BUSY: Final = frozenset({429, 503})
LARGEST_ANSWER: Final = 256_000_000
CONNECT_S: Final = 5.0


class RequestProof(Protocol):
    """Shows the service who asks, and us who answers."""

    def sign(self, part: SignedPart) -> dict[str, str]:
        """Return the headers of a request; NoKeyCounts where there is no key."""

    def believe(
        self, sent: Mapping[str, str], status: int, headers: Mapping[str, str], body: bytes
    ) -> None:
        """Return where an answer is one to the request with these headers; else AnswerNotSigned."""


@dataclass(frozen=True, slots=True)
class ServicePlace:
    """Where the service is, by which proof it is asked, and how long an answer may take in all.

    `ticks` and `pause` are those of tests. `connect` makes connections other than the usual ones.
    """

    url: str
    signer: RequestProof
    deadline_s: float = 120.0
    ticks: Callable[[], float] = monotonic
    pause: Callable[[float], None] = sleep
    connect: Callable[[], httpx2.BaseTransport] | None = None


class _TryAgain(Exception):
    """A try came to nothing; `begun` where the work may have been done."""

    def __init__(self, reason: str, *, begun: bool) -> None:
        super().__init__(reason)
        self.begun = begun


@dataclass(frozen=True, slots=True)
class Remote:
    """Has heavy work done by a service; `fallback` does it where the service cannot be reached.

    Raises TryLater where it cannot be and nothing else does it, AuthenticationFailed where one side
    does not believe the other, and what the engine itself refuses.
    """

    place: ServicePlace
    breaker: Breaker
    fallback: HeavyWork | None = None
    here: HeavyWork = field(default=HERE)

    def score(self, past: History, asked: ConclusionInputs) -> Conclusions:
        """Draw conclusions; where detectors of other packages take part, in this process."""
        from coach.engine.service import sending

        if sending.takes_part(asked):
            return self.here.score(past, asked)

        def remotely() -> Conclusions:
            call = sending.score_call(past, asked)
            found = self._ask(contract.SCORE, encode(call), contract.ScoreAnswer)
            return sending.conclusions(found, asked)

        return self._else_here(remotely, lambda here: here.score(past, asked))

    def what_if(self, inputs: Inputs, question: SimulationInputs) -> dict[str, Json]:
        """Answer a what-if; see `answer`."""
        from coach.engine.service.sending import what_if_call

        def remotely() -> dict[str, Json]:
            body = encode(what_if_call(inputs, question))
            found: dict[str, Json] = json.loads(
                self._ask(contract.WHAT_IF, body, contract.WhatIfAnswer).answer
            )
            return found

        return self._else_here(remotely, lambda here: here.what_if(inputs, question))

    def narrate(
        self, wishes: ModelWishes, key: Secret, prompt: Prompt
    ) -> ModelReply | ModelFailure:
        """Ask a language model; the service uses a key of its own, this one is not sent.

        What goes wrong between the two is a ModelFailure, too: templates speak then.
        """
        from coach.engine.narrator.endpoint import ModelFailure, ModelReply

        def remotely() -> ModelReply | ModelFailure:
            call = NarrateCall(wishes.url, wishes.name, prompt.system, prompt.user)
            found = self._ask(contract.NARRATE, encode(call), NarrateAnswer, twice=False)
            tokens = found.tokens_in, found.tokens_out
            match found.fault:
                case "":
                    return ModelReply(found.text, *tokens)
                case "down" | "refused" | "rubbish" as fault:
                    return ModelFailure(fault, found.reason, *tokens)
                case _:
                    return ModelFailure("rubbish", "a fault that nobody knows", *tokens)

        try:
            return self._else_here(remotely, lambda here: here.narrate(wishes, key, prompt))
        except TryLater as trouble:
            return ModelFailure("down", str(trouble))
        except AuthenticationFailed as trouble:
            return ModelFailure("refused", str(trouble))

    def _else_here(self, remotely: Callable[[], T], otherwise: Callable[[HeavyWork], T]) -> T:
        try:
            return remotely()
        except TryLater:
            if self.fallback is None:
                raise
            return otherwise(self.fallback)

    def _ask(self, path: str, body: bytes, kind: type[T], *, twice: bool = True) -> T:
        """Return the answer to a call, trying again where that may help within the deadline."""
        if self.breaker.rests():
            reason = "it failed several times in a row, and is left alone for a while"
            raise TryLater(broker=WHO, reason=reason)
        ends = self.place.ticks() + self.place.deadline_s
        pauses = iter(PAUSES)
        while True:
            try:
                found = self._try(path, body, ends - self.place.ticks())
            except _TryAgain as trouble:
                self.breaker.note(failed=True)
                pause = next(pauses, None)
                left = ends - self.place.ticks()
                if pause is None or pause >= left or (trouble.begun and not twice):
                    raise TryLater(broker=WHO, reason=str(trouble)) from None
                self.place.pause(pause)
                continue
            self.breaker.note(failed=False)
            if found.status == DONE:
                return decode(found.body, kind)
            raise raised(decode(found.body, Refusal))

    def _try(self, path: str, body: bytes, left_s: float) -> HttpAnswer:
        """Return an answer that is signed for this request."""
        part = SignedPart("POST", path, "", contract.CONTENT_TYPE, body)
        try:
            signed = self.place.signer.sign(part)
        except NoKeyCounts:
            reason = "no key of ours counts now"
            raise AuthenticationFailed(
                broker=WHO, reason=reason, remedy="make_service_key"
            ) from None
        limits = HttpLimits(min(CONNECT_S, left_s), left_s, left_s, LARGEST_ANSWER)
        url, connect = self.place.url, self.place.connect
        transport = None if connect is None else connect()
        with HttpClient(url, "engine", transport, limits, neighbour=True) as http:
            sent = {"Content-Type": contract.CONTENT_TYPE, **signed}
            return self._believed(signed, http.post(path, body, sent))

    def _believed(self, signed: dict[str, str], answer: HttpAnswer | NoAnswer) -> HttpAnswer:
        if isinstance(answer, NoAnswer):
            raise _TryAgain(answer.reason, begun=True)
        if answer.status in BUSY:
            raise _TryAgain(f"it answers {answer.status}", begun=False)
        if answer.status == UNAUTHORISED:
            reason = "it does not believe our signature; its log says why"
            raise AuthenticationFailed(broker=WHO, reason=reason, remedy="list_service_keys")
        if answer.status == FORBIDDEN:
            reason = "it does not let the service ask that our certificate names"
            raise AuthenticationFailed(broker=WHO, reason=reason, remedy="list_certificates")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        try:
            self.place.signer.believe(signed, answer.status, headers, answer.body)
        except AnswerNotSigned:
            reason = "its answer is not signed by a key that we share"
            raise AuthenticationFailed(
                broker=WHO, reason=reason, remedy="list_service_keys"
            ) from None
        if answer.status not in {DONE, CANNOT}:
            raise TryLater(broker=WHO, reason=f"it answers {answer.status}: another version?")
        return answer


def raised(refused: Refusal) -> CoachError:
    """Return the error that the engine raised; one that nobody here knows is a plain one."""
    kind = getattr(errors, refused.error, None)
    if not (isinstance(kind, type) and issubclass(kind, CoachError)):
        kind = CoachError
    error = kind.__new__(kind)
    CoachError.__init__(error, refused.hint, None, **{"what": refused.error, **refused.facts})
    error.remedy = refused.remedy  # type: ignore[assignment]
    return error
