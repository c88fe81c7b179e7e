"""The contract, through the bytes that would be sent, signed and believed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import httpx2
import pytest

from coach.engine.api.service.answers import EngineService
from coach.engine.api.service.gates import AskedWork, SignatureGate
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.service.breaker import Breaker
from coach.engine.service.remote import Remote, ServicePlace
from coach.engine.service.served import OwnModel
from coach.engine.service.work import HeavyWork
from coach.engine.signing.service_keys import Service, ServiceKey, ServiceKeys
from coach.engine.signing.signer import Signer
from coach.engine.signing.verifier import Verifier
from coach.model.machine.secrets import Secret
from coach.model.reflections.language_model import NO_MODEL
from tests.unit.service.suite import WorkContract

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEYS = ServiceKeys(
    [ServiceKey("k1", Service("api", "engine"), b"1" * 32, NOON, NOON + timedelta(days=1))]
)


def at_noon() -> datetime:
    return NOON + timedelta(minutes=5)


def service() -> EngineService:
    """Return a service that has kept nonces since noon."""
    hot = MemoryHotStore(lambda: at_noon().timestamp())
    Verifier(KEYS, [], hot, lambda: NOON).begin()
    verifier = Verifier(KEYS, [ip_network("127.0.0.1")], hot, at_noon)
    model = OwnModel(NO_MODEL, lambda: Secret(""))
    return EngineService(SignatureGate(verifier), model, at_noon, hot, hot)


def answering(
    serve: Callable[[httpx2.Request], httpx2.Response], fallback: HeavyWork | None = None
) -> Remote:
    """Return who asks a service that lies behind this function; the clock moves with each pause."""
    ticks = [0.0]

    def pause(seconds: float) -> None:
        ticks[0] += seconds

    place = ServicePlace(
        "http://127.0.0.1:8322",
        Signer(KEYS, at_noon),
        connect=lambda: httpx2.MockTransport(serve),
        pause=pause,
        ticks=lambda: ticks[0],
    )
    return Remote(place, Breaker(place.ticks), fallback)


def through(served: EngineService) -> Callable[[httpx2.Request], httpx2.Response]:
    """Return how a service answers the requests of a client."""

    def serve(request: httpx2.Request) -> httpx2.Response:
        headers = [(name.lower(), value) for name, value in request.headers.multi_items()]
        path, _, query = request.url.raw_path.decode().partition("?")
        asked = AskedWork(headers, "127.0.0.1", request.method, path, query, request.content)
        answer = served.turn_away(asked._replace(body=b"")) or served.answer(asked)
        return httpx2.Response(answer.status, headers=answer.headers, content=answer.body)

    return serve


class TestThroughSignedBytes(WorkContract):
    @pytest.fixture
    def work(self) -> HeavyWork:
        return answering(through(service()))
