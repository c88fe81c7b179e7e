"""How much a user and an address may ask a server: a bucket of tokens for each.

A full bucket holds what may be asked in a minute and is refilled evenly, which is the generic cell
rate algorithm (GCRA). A request costs one token or more, and is refused where one of the buckets
lacks them. The time to wait is then that of the slower bucket.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from coach.engine.hot.base import HotStore, TokenBucket, TokenDraw

__all__ = [
    "PREFIX",
    "WINDOW_S",
    "Admission",
    "HotStore",
    "QuotaState",
    "RequestLimiter",
    "RequestQuota",
    "TokenBucket",
    "network_of",
    "store_of_process",
]

WINDOW_S = 60
PREFIX = 64
"""Of an IPv6 address: what one household or machine is given."""


@dataclass(frozen=True, slots=True)
class RequestQuota:
    """How many tokens whoever is meant by `name` may spend in a minute."""

    name: str
    tokens: int

    @property
    def bucket(self) -> TokenBucket:
        """Return the bucket that holds them."""
        return TokenBucket(self.tokens, self.tokens / WINDOW_S)


@dataclass(frozen=True, slots=True)
class QuotaState:
    """What is left of a quota, and the seconds until the request fits in and until it is full."""

    quota: RequestQuota
    left: float
    wait_s: float
    full_s: float


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a request is let in, and the state of each quota after it."""

    states: tuple[QuotaState, ...]
    refused_by: str
    """The name of the quota that lacks tokens, empty where none does."""

    @property
    def wait_s(self) -> float:
        """Return after how many seconds the same request is let in, if nobody else asks."""
        return max(state.wait_s for state in self.states)


@dataclass(frozen=True, slots=True)
class RequestLimiter:
    """Counts requests in a hot store; several servers over one store count together."""

    hot: HotStore
    by_user: RequestQuota
    by_address: RequestQuota

    @classmethod
    def of(cls, hot: HotStore, user_tokens: int, address_tokens: int) -> "RequestLimiter":
        """Return a limiter with these tokens a minute for each user and each address."""
        return cls(hot, RequestQuota("user", user_tokens), RequestQuota("address", address_tokens))

    def admit(self, user: str, address: str, cost: int) -> Admission:
        """Take the tokens of a request from the buckets of its user and its address.

        What one bucket gave is not put back where the other refuses.
        """
        asked = ((self.by_user, user), (self.by_address, network_of(address)))
        drawn = [
            (quota, self.hot.draw(f"limit|{quota.name}|{who}", quota.bucket, cost))
            for quota, who in asked
        ]
        lacking = [quota.name for quota, draw in drawn if draw.wait_s > 0]
        states = tuple(_state(quota, draw, cost, bool(lacking)) for quota, draw in drawn)
        return Admission(states, lacking[0] if lacking else "")


def store_of_process(clock: Callable[[], datetime]) -> HotStore:
    """Return a store that this process alone has, for limits that hold whatever else is down."""
    from coach.engine.hot.in_memory import MemoryHotStore

    return MemoryHotStore(lambda: clock().timestamp())


def network_of(address: str) -> str:
    """Return what counts as one address: an IPv4 address, or the /64 that an IPv6 address is in."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        within = found.ipv4_mapped
        if within is None:
            return str(IPv6Network((found, PREFIX), strict=False))
        found = within
    assert isinstance(found, IPv4Address)
    return str(found)


def _state(quota: RequestQuota, draw: TokenDraw, cost: int, again: bool) -> QuotaState:
    """Return the state of a quota; a request that has to come `again` needs its tokens anew."""
    per_second = quota.bucket.per_second
    missing_s = max(0.0, cost - draw.left) / per_second if again else 0.0
    return QuotaState(
        quota, draw.left, max(draw.wait_s, missing_s), (quota.tokens - draw.left) / per_second
    )
