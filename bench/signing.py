"""What it costs to believe a signed request, by wall and by CPU.

    .venv/bin/python -m bench.signing [REQUESTS] [--body BYTES] [--redis URL]

Requests with a body of that many bytes (8,192) are signed and believed one after another, nonces in
this process or in the Redis. Printed are the median and the 95th percentile; the budget for
believing is 0.5 ms at the 95th.
"""

import argparse
import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from secrets import token_bytes
from time import perf_counter_ns, process_time_ns
from typing import NamedTuple

from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.hot.in_redis import RedisHotStore
from coach.engine.signing.message import SignedPart
from coach.engine.signing.service_keys import Service, ServiceKey, ServiceKeys
from coach.engine.signing.signer import Signer
from coach.engine.signing.verifier import Verifier

BUDGET_MS = 0.5


class Cost(NamedTuple):
    """Milliseconds of one call."""

    wall: float
    cpu: float


def measured(call: Callable[[], object]) -> Cost:
    """Call it once."""
    wall, cpu = perf_counter_ns(), process_time_ns()
    call()
    return Cost((perf_counter_ns() - wall) / 1e6, (process_time_ns() - cpu) / 1e6)


def report(name: str, costs: list[Cost], budget: float | None = None) -> None:
    """Print what it cost."""
    for kind in Cost._fields:
        times = sorted(getattr(one, kind) for one in costs)
        p95 = times[int(len(times) * 0.95)]
        verdict = "" if budget is None else ("  within" if p95 <= budget else "  OVER")
        middle = statistics.median(times)
        print(f"  {name:<8} {kind:<5} p50 {middle:.3f} ms  p95 {p95:.3f} ms{verdict}")


def main() -> None:
    """Measure."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("requests", type=int, nargs="?", default=20_000)
    options.add_argument("--body", type=int, default=8_192)
    options.add_argument("--redis", default="")
    given = options.parse_args()
    now = datetime.now(UTC)
    key = ServiceKey(
        "k1",
        Service("api", "engine"),
        token_bytes(32),
        now - timedelta(days=1),
        now + timedelta(days=1),
    )
    keys = ServiceKeys([key])
    hot = RedisHotStore(given.redis, "bench") if given.redis else MemoryHotStore(now.timestamp)
    verifier = Verifier(keys, [ip_network("10.0.0.0/8")], hot, lambda: now + timedelta(seconds=5))
    Verifier(keys, [], hot, lambda: now).begin()
    signer = Signer(keys, lambda: now + timedelta(seconds=5))
    part = SignedPart("POST", "/v2/score", "", "application/vnd.msgpack", token_bytes(given.body))
    signing, believing = [], []
    for _ in range(given.requests):
        headers: list[tuple[str, str]] = []
        signing.append(measured(lambda found=headers: found.extend(signer.sign(part).items())))  # type: ignore[misc]
        believing.append(measured(lambda found=headers: verifier.believe(found, part, "10.0.0.7")))  # type: ignore[misc]
    place = "Redis" if given.redis else "memory"
    print(f"{given.requests:,} requests of {given.body:,} bytes, nonces in {place}")
    report("sign", signing)
    report("believe", believing, BUDGET_MS)


if __name__ == "__main__":
    main()
