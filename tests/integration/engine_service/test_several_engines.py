"""Two engines with the same keys and one Redis behave as one."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_network

import pytest

from coach.engine.api.service.answers import EngineService, ServiceParts, engine_service
from coach.engine.api.service.gates import AskedWork
from coach.engine.service import contract
from coach.model.reflections.language_model import NO_MODEL
from tests import clock
from tests.integration.engine_service.conftest import Running
from tests.integration.engine_service.test_over_http import signed
from tests.integration.hot.conftest import one_redis

pytestmark = pytest.mark.redis
BODY = b"\xc1"
UNREADABLE = 422
"""What a believed request with that body is answered with."""


def half_a_minute_ago() -> datetime:
    """Engines that began before: what was signed in the second of a beginning is not believed."""
    return clock.now() - timedelta(seconds=30)


@pytest.fixture
def engines(running: Running) -> Iterator[tuple[EngineService, EngineService]]:
    with one_redis() as redis:
        parts = ServiceParts(
            running.wishes,
            [ip_network("127.0.0.1")],
            redis.url,
            NO_MODEL,
            lambda: running.kek,
            half_a_minute_ago,
        )
        made = engine_service(parts), engine_service(parts)
        yield made
        for one in made:
            one.close()


def asked(running: Running) -> AskedWork:
    headers = list(signed(running, BODY).items())
    return AskedWork(headers, "127.0.0.1", "POST", contract.SCORE, "", BODY)


def test_what_one_has_answered_the_other_does_not_believe(
    engines: tuple[EngineService, EngineService], running: Running
) -> None:
    one, other = engines
    request = asked(running)
    assert one.answer(request).status == UNREADABLE
    assert (other.answer(request).status, one.answer(request).status) == (401, 401)


def test_where_one_is_gone_the_other_goes_on(
    engines: tuple[EngineService, EngineService], running: Running
) -> None:
    one, other = engines
    assert one.answer(asked(running)).status == UNREADABLE
    one.close()
    assert other.answer(asked(running)).status == UNREADABLE
