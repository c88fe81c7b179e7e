"""Two services that know each other, and a clock that stands until it is moved."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.signing.message import SignedPart
from coach.engine.signing.service_keys import Service, ServiceKey, ServiceKeys
from coach.engine.signing.signer import Signer
from coach.engine.signing.verifier import Believed, NotBelieved, Reason, Verifier

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
API_TO_ENGINE = Service("api", "engine")
KEY = ServiceKey("k1", API_TO_ENGINE, b"1" * 32, NOON - timedelta(days=1), NOON + timedelta(days=1))
PART = SignedPart("POST", "/v2/score", "a=1", "application/msgpack", b"body")
NEIGHBOUR = "10.0.0.7"


@dataclass
class Clock:
    """A clock that is moved by hand."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def seconds(self) -> float:
        """Return the time in seconds since 1970."""
        return self.now.timestamp()

    def tick(self, seconds: float) -> None:
        """Move it."""
        self.now += timedelta(seconds=seconds)


@dataclass
class Pair:
    """A signer and a verifier with one clock, a minute after the verifier's start."""

    keys: ServiceKeys = field(default_factory=lambda: ServiceKeys([KEY]))
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.hot = MemoryHotStore(self.clock.seconds)
        networks = [ip_network("10.0.0.0/24"), ip_network("::1")]
        self.verifier = Verifier(self.keys, networks, self.hot, self.clock)
        self.signer = Signer(self.keys, self.clock)
        self.refused("nonces lost", self.headers())  # with this request its memory begins
        self.clock.tick(60)

    def headers(self, part: SignedPart = PART) -> list[tuple[str, str]]:
        """Return the headers of a signed request."""
        return list(self.signer.sign(part).items())

    def believed(
        self, headers: list[tuple[str, str]], part: SignedPart = PART, address: str = NEIGHBOUR
    ) -> Believed:
        """Return what the verifier believes."""
        return self.verifier.believe(headers, part, address)

    def refused(
        self,
        reason: Reason,
        headers: list[tuple[str, str]],
        part: SignedPart = PART,
        address: str = NEIGHBOUR,
    ) -> None:
        """See that it is refused for this reason."""
        with pytest.raises(NotBelieved) as found:
            self.verifier.believe(headers, part, address)
        assert found.value.reason == reason


@pytest.fixture
def pair() -> Pair:
    return Pair()


def changed(headers: list[tuple[str, str]], **values: str) -> list[tuple[str, str]]:
    """Return the headers with other values, named without x-."""
    return [(name, values.get(name.removeprefix("x-"), value)) for name, value in headers]


def other(**fields: object) -> SignedPart:
    """Return the request with other fields."""
    return replace(PART, **fields)  # type: ignore[arg-type]
