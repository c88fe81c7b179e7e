"""The service's side: who is believed, how often, and what is answered.

An address has a number of requests that is taken from before anything of a request is looked at,
and one that is not believed costs many of them. Nonces are kept where nothing forgets them on its
own: in Redis where it is named, else in this one process, and never in a cache that something
stands in for while it is down. One answer says that a request is not believed; why is for the log
alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from coach.engine.api.service.gates import AskedWork, Caller, CertificateGate, Gate, SignatureGate
from coach.engine.api.service.keys import KeysOfFile
from coach.engine.hot.base import HotStore, NonceStore, TokenBucket
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.service.contract import CONTENT_TYPE
from coach.engine.service.served import NO_SUCH_WORK, OwnModel, WorkDone, do
from coach.engine.signing.verifier import NOT_NOW, NotBelieved, Verifier
from coach.engine.vault.kek import Kek
from coach.errors import HotStoreDown
from coach.model.machine.engine_service import EngineWishes, Networks
from coach.model.reflections.language_model import ModelWishes

LARGEST_BODY: Final = 256_000_000
OF_A_KEY: Final = TokenBucket(capacity=200, per_second=50)
OF_AN_ADDRESS: Final = TokenBucket(capacity=300, per_second=60)
COST_OF_A_REFUSAL: Final = 10
"""Requests of its address that one costs which was not believed."""
UNAUTHORISED, FORBIDDEN, TOO_MANY, NOT_NOW_STATUS = 401, 403, 429, 503
PLAIN: Final = "text/plain"
BODIES: Final = {
    UNAUTHORISED: b"not authorised\n",
    FORBIDDEN: b"not for you\n",
    TOO_MANY: b"too many requests\n",
    NOT_NOW_STATUS: b"not now\n",
}


class ServiceAnswer(NamedTuple):
    """An answer, and what the security log says of it: nothing where `reason` is empty."""

    status: int
    headers: dict[str, str]
    body: bytes
    reason: str = ""
    key_id: str = ""


@dataclass(frozen=True, slots=True)
class EngineService:
    """Answers requests; safe in several threads. `limits` is shared, `addresses` this process's."""

    gate: Gate
    model: OwnModel
    clock: Callable[[], datetime]
    limits: HotStore = field(repr=False)
    addresses: HotStore = field(repr=False)

    def close(self) -> None:
        """Give back the connections of the hot store."""
        self.limits.close()

    def turn_away(self, asked: AskedWork) -> ServiceAnswer | None:
        """Return a refusal where no body could make the request believable; else None.

        The body is not there yet. A request over the limit of its address is not looked at.
        """
        if self.addresses.take(asked.address or "nobody", OF_AN_ADDRESS):
            return _plain(TOO_MANY, "too many")
        try:
            self.gate.admit(asked)
        except NotBelieved as why:
            return self._refusal(why, asked.address)
        return None

    def answer(self, asked: AskedWork) -> ServiceAnswer:
        """Do the work of a request that is believed, and sign the answer."""
        try:
            caller = self.gate.believe(asked)
            wait_s = self.limits.take(f"engine|{caller.name}", OF_A_KEY)
        except NotBelieved as why:
            return self._refusal(why, asked.address)
        except HotStoreDown:
            return _plain(NOT_NOW_STATUS, "nonces unknown")
        if wait_s:
            return self._signed(caller, WorkDone(TOO_MANY, BODIES[TOO_MANY]), PLAIN)
        if asked.method != "POST" or asked.query:
            return self._signed(caller, WorkDone(NO_SUCH_WORK, b""), PLAIN)
        return self._signed(caller, do(asked.path, asked.body, self.model), CONTENT_TYPE)

    def _refusal(self, why: NotBelieved, address: str) -> ServiceAnswer:
        if why.reason in NOT_NOW:
            return _plain(NOT_NOW_STATUS, why.reason, why.key_id)
        self._charge(address or "nobody")
        status = FORBIDDEN if why.reason == "identity" else UNAUTHORISED
        return _plain(status, why.reason, why.key_id)

    def _charge(self, address: str) -> None:
        """Take what a refusal costs, or all that is left."""
        left = self.addresses.draw(address, OF_AN_ADDRESS, COST_OF_A_REFUSAL).left
        if 0 < left < COST_OF_A_REFUSAL:
            self.addresses.take(address, OF_AN_ADDRESS, left)

    def _signed(self, caller: Caller, done: WorkDone, kind: str) -> ServiceAnswer:
        signed = caller.answer_headers(self.clock(), done.status, kind, done.body)
        return ServiceAnswer(done.status, {"content-type": kind, **signed}, done.body)


def _plain(status: int, reason: str, key_id: str = "") -> ServiceAnswer:
    headers = {"content-type": PLAIN}
    if status in {TOO_MANY, NOT_NOW_STATUS}:
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
    """Return the service; its keys are opened with the first request.

    Where the wishes name a folder of certificates they say who asks, and nothing is signed.
    """
    here = MemoryHotStore(lambda: parts.clock().timestamp())
    model = OwnModel(parts.model, parts.model.key)
    if parts.redis_url:
        from coach.engine.hot.in_redis import RedisHotStore

        redis = RedisHotStore(parts.redis_url, "coach-engine")
        return EngineService(_gate(parts, redis), model, parts.clock, redis, here)
    return EngineService(_gate(parts, here), model, parts.clock, here, here)


def _gate(parts: ServiceParts, nonces: NonceStore) -> Gate:
    if parts.wishes.pki is not None:
        return CertificateGate(parts.networks)
    keys = KeysOfFile(parts.wishes.keys_file, parts.open_kek)
    verifier = Verifier(keys, parts.networks, nonces, parts.clock)
    verifier.begin()
    return SignatureGate(verifier)
