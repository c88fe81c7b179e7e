"""The service's side: who is believed, how often, and what is answered.

Nonces are kept where nothing forgets them on its own: in Redis where it is named, else in this one
process, and never in a cache that something stands in for while it is down. One answer says that a
request is not believed; why is for the log alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from coach.engine.api.service.keys import KeysOfFile
from coach.engine.hot.base import HotStore, TokenBucket
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.service.contract import CONTENT_TYPE
from coach.engine.service.served import NO_SUCH_WORK, OwnModel, WorkDone, do
from coach.engine.signing.message import SignedPart
from coach.engine.signing.verifier import NOT_NOW, Believed, NotBelieved, Verifier
from coach.engine.vault.kek import Kek
from coach.errors import HotStoreDown
from coach.model.machine.engine_service import EngineWishes, Networks
from coach.model.reflections.language_model import ModelWishes

LARGEST_BODY: Final = 256_000_000
OF_A_KEY: Final = TokenBucket(capacity=200, per_second=50)
OF_A_STRANGER: Final = TokenBucket(capacity=30, per_second=1)
"""Requests that were not believed, by address."""
UNAUTHORISED, TOO_MANY, NOT_NOW_STATUS = 401, 429, 503
PLAIN: Final = "text/plain"
BODIES: Final = {
    UNAUTHORISED: b"not authorised\n",
    TOO_MANY: b"too many requests\n",
    NOT_NOW_STATUS: b"not now\n",
}

RawHeaders = Sequence[tuple[str, str]]


class ServiceAnswer(NamedTuple):
    """An answer, and what the security log says of it: nothing where `reason` is empty."""

    status: int
    headers: dict[str, str]
    body: bytes
    reason: str = ""
    key_id: str = ""


class AskedWork(NamedTuple):
    """A request as it came: names of headers in lower case, the target byte for byte."""

    headers: RawHeaders
    address: str
    method: str
    path: str
    query: str
    body: bytes


@dataclass(frozen=True, slots=True)
class EngineService:
    """Answers requests; safe in several threads."""

    verifier: Verifier
    model: OwnModel
    strangers: HotStore = field(repr=False)

    def close(self) -> None:
        """Give back the connections of the hot store."""
        self.verifier.hot.close()

    def turn_away(self, headers: RawHeaders, address: str) -> ServiceAnswer | None:
        """Return a refusal where no body could make the request believable; else None."""
        try:
            self.verifier.admit(headers, address)
        except NotBelieved as why:
            return self._refusal(why, address)
        return None

    def answer(self, asked: AskedWork) -> ServiceAnswer:
        """Do the work of a request that is believed, and sign the answer."""
        kind = next((value for name, value in asked.headers if name == "content-type"), "")
        part = SignedPart(asked.method, asked.path, asked.query, kind, asked.body)
        try:
            believed = self.verifier.believe(asked.headers, part, asked.address)
            wait_s = self.verifier.hot.take(f"engine|{believed.key.id}", OF_A_KEY)
        except NotBelieved as why:
            return self._refusal(why, asked.address)
        except HotStoreDown:
            return _plain(NOT_NOW_STATUS, "nonces unknown")
        if wait_s:
            return self._signed(believed, WorkDone(TOO_MANY, BODIES[TOO_MANY]), PLAIN)
        if asked.method != "POST" or asked.query:
            return self._signed(believed, WorkDone(NO_SUCH_WORK, b""), PLAIN)
        return self._signed(believed, do(asked.path, asked.body, self.model), CONTENT_TYPE)

    def _refusal(self, why: NotBelieved, address: str) -> ServiceAnswer:
        if why.reason in NOT_NOW:
            return _plain(NOT_NOW_STATUS, why.reason, why.key_id)
        if self.strangers.take(address or "nobody", OF_A_STRANGER):
            return _plain(TOO_MANY, why.reason, why.key_id)
        return _plain(UNAUTHORISED, why.reason, why.key_id)

    def _signed(self, believed: Believed, done: WorkDone, kind: str) -> ServiceAnswer:
        now = self.verifier.clock()
        signed = believed.answer_headers(now, done.status, kind, done.body)
        return ServiceAnswer(done.status, {"content-type": kind, **signed}, done.body)


def _plain(status: int, reason: str, key_id: str = "") -> ServiceAnswer:
    headers = {"content-type": PLAIN}
    if status != UNAUTHORISED:
        headers["retry-after"] = "1"
    return ServiceAnswer(status, headers, BODIES[status], reason, key_id)


@dataclass(frozen=True, slots=True)
class ServiceParts:
    """What a service is made of; `redis_url` is empty for one process alone."""

    wishes: EngineWishes
    networks: Networks
    redis_url: str
    model: ModelWishes
    open_kek: Callable[[], Kek]
    clock: Callable[[], datetime]


def engine_service(parts: ServiceParts) -> EngineService:
    """Return the service; its keys are opened with the first request."""
    here = MemoryHotStore(lambda: parts.clock().timestamp())
    hot: HotStore = here
    if parts.redis_url:
        from coach.engine.hot.in_redis import RedisHotStore

        hot = RedisHotStore(parts.redis_url, "coach-engine")
    keys = KeysOfFile(parts.wishes.keys_file, parts.open_kek)
    verifier = Verifier(keys, parts.networks, hot, parts.clock)
    verifier.begin()
    return EngineService(verifier, OwnModel(parts.model, parts.model.key), here)
