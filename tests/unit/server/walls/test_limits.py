"""Limits of requests, by a clock that the tests turn."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient, WebSocketDenialResponse

from coach.engine.api.live.limits import RequestLimiter, network_of
from coach.engine.hot.base import AnyBucket, TokenDraw
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.hot.lenient import LenientHotStore
from coach.errors import HotStoreDown
from coach.server.app import ServerParts, application
from coach.server.walls.limits import COSTS
from coach.settings.checks import FEWEST_REQUESTS
from tests.unit.server.conftest import HERE


class Scene:
    """A limiter with few tokens, and the time."""

    def __init__(self, user_tokens: int = 60, address_tokens: int = 120) -> None:
        self.now = 1_000_000.0
        self.hot = MemoryHotStore(lambda: self.now)
        self.limiter = RequestLimiter.of(self.hot, user_tokens, address_tokens)

    def waits(self, cost: int = 1, user: str = "ann", address: str = "127.0.0.1") -> float:
        return self.limiter.admit(user, address, cost).wait_s


@contextmanager
def asking(parts: ServerParts, limiter: RequestLimiter) -> Iterator[TestClient]:
    limited = replace(parts, admit=partial(limiter.admit, "local"))
    app = application(limited)
    with TestClient(app, HERE, raise_server_exceptions=False, client=("127.0.0.1", 1)) as client:
        yield client


def test_who_waits_exactly_as_long_as_told_is_let_in(parts: ServerParts) -> None:
    scene = Scene()
    with asking(parts, scene.limiter) as client:
        for _ in range(3):
            while (answer := client.get("/")).status_code == 200:
                pass
            assert answer.status_code == 429
            scene.now += int(answer.headers["Retry-After"])
            assert client.get("/").status_code == 200


@given(
    st.lists(st.tuples(st.floats(0, 40), st.integers(1, 50)), min_size=1, max_size=60),
    st.integers(60, 200),
    st.integers(60, 200),
)
def test_whatever_was_asked_before_the_wait_is_enough(
    asked: list[tuple[float, int]], user_tokens: int, address_tokens: int
) -> None:
    scene = Scene(user_tokens, address_tokens)
    for pause_s, cost in asked:
        scene.now += pause_s
        wait_s = scene.waits(cost)
        assert wait_s <= 60
        if wait_s > 0:
            scene.now += wait_s
            assert scene.waits(cost) == 0


def test_the_same_request_is_let_in_after_the_wait_and_not_before() -> None:
    scene = Scene()
    assert scene.waits(60) == 0
    wait_s = scene.waits(20)
    assert wait_s == pytest.approx(20)
    scene.now += wait_s - 0.01
    assert 0 < scene.waits(20) <= 0.02
    scene.now += 0.01
    assert scene.waits(20) == 0


def test_the_wait_counts_what_the_other_bucket_gave_in_vain() -> None:
    scene = Scene(user_tokens=60, address_tokens=60)
    assert scene.waits(30, address="10.0.0.1") == 0
    wait_s = scene.waits(50, address="10.0.0.2")
    assert wait_s == pytest.approx(40), "the address gave 50 of its 60 tokens"
    scene.now += wait_s
    assert scene.waits(50, address="10.0.0.2") == 0


def test_headers_say_what_is_left_in_tokens(parts: ServerParts) -> None:
    with asking(parts, Scene().limiter) as client:
        headers = client.get("/").headers
        assert headers["RateLimit-Policy"] == '"user";q=60;w=60, "address";q=120;w=60'
        assert headers["RateLimit"] == '"user";r=59;t=1, "address";r=119;t=1'
        client.get("/api/simulate")
        assert client.get("/").headers["RateLimit"].startswith('"user";r=38;t=22')


def test_a_refusal_is_an_error_object_and_its_headers_name_one_moment(parts: ServerParts) -> None:
    with asking(parts, Scene().limiter) as client:
        while (answer := client.get("/api/simulate")).status_code != 429:
            pass
    error = answer.json()["error"]
    retry = answer.headers["Retry-After"]
    assert error["code"] == "E_RATE_LIMIT"
    assert error["message"] == "this user has asked too much: 60 tokens a minute (limit)"
    assert f"again in {retry} s" in error["hint"]
    assert answer.headers["RateLimit"].startswith(f'"user";r=0;t={retry}, "address"')


def test_probes_are_free_and_heard_while_all_else_is_refused(parts: ServerParts) -> None:
    with asking(parts, Scene().limiter) as client:
        while client.get("/").status_code == 200:
            pass
        alive = client.get("/livez")
        assert alive.status_code == 200
        assert "RateLimit" not in alive.headers
        assert client.get("/readyz").status_code == 503


def test_a_socket_that_would_be_one_too_many_is_refused_before_it_opens(
    parts: ServerParts,
) -> None:
    with asking(parts, Scene().limiter) as client:
        while client.get("/").status_code == 200:
            pass
        with (
            pytest.raises(WebSocketDenialResponse) as refused,
            client.websocket_connect("ws://127.0.0.1:8321/anything"),
        ):
            pass
    assert refused.value.status_code == 429
    assert int(refused.value.headers["Retry-After"]) >= 1


def test_users_and_addresses_are_counted_apart() -> None:
    scene = Scene()
    assert scene.waits(60) == 0
    assert scene.waits(1) > 0
    assert scene.waits(60, user="bob", address="10.0.0.1") == 0


def test_all_of_one_ipv6_network_is_one_address() -> None:
    scene = Scene(user_tokens=1_000)
    assert scene.waits(120, address="2001:db8::1") == 0
    assert scene.waits(1, user="bob", address="2001:db8::ffff:2") > 0
    assert scene.waits(1, user="bob", address="2001:db8:0:1::1") == 0


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("fe80::1%eth0", "fe80::/64"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_what_counts_as_one_address(address: str, counted: str) -> None:
    assert network_of(address) == counted


class DeadStore(MemoryHotStore):
    """A store that is down."""

    def draw(self, key: str, bucket: AnyBucket, tokens: float = 1) -> TokenDraw:
        raise HotStoreDown(what=f"no {tokens} of {bucket} for {key}")


def test_while_the_store_is_down_this_process_counts_at_the_same_rate() -> None:
    scene = Scene()
    warnings: list[str] = []
    store = LenientHotStore(DeadStore(lambda: scene.now), scene.hot, warnings.append)
    scene.limiter = RequestLimiter.of(store, 60, 120)
    assert [scene.waits(20) > 0 for _ in range(4)] == [False, False, False, True]
    assert len(warnings) == 1


def test_what_costs_most_fits_into_the_smallest_limit() -> None:
    assert max(cost for _, cost in COSTS) <= FEWEST_REQUESTS
