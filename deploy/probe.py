"""Whether a server that nobody uses yet is as quick as promised; run inside of its container.

    python3 - --requests 200 --p95-ms 250 < deploy/probe.py

It asks for what needs no account, over loopback, and ends with 1 where an answer is wrong or the
slowest of twenty takes longer. It prints numbers and no answer.
"""

import argparse
import sys
from http.client import HTTPConnection
from time import perf_counter

PATHS = ("/livez", "/readyz", "/sign-in")
TOO_BUSY = 0.95


def seconds_of(connection: HTTPConnection, path: str) -> float:
    """Return how long an answer took; SystemExit for one that is not well."""
    began = perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:  # noqa: PLR2004 -- HTTP's own number
        sys.exit(f"probe: {path} answered with {answer.status}")
    return perf_counter() - began


def main() -> None:
    """Ask, and judge."""
    wishes = argparse.ArgumentParser()
    wishes.add_argument("--port", type=int, default=8321)
    wishes.add_argument("--requests", type=int, default=200)
    wishes.add_argument("--p95-ms", type=float, default=250.0)
    asked = wishes.parse_args()
    connection = HTTPConnection("127.0.0.1", asked.port, timeout=10)
    for path in PATHS:
        took = sorted(seconds_of(connection, path) for _ in range(asked.requests))
        p95 = 1000 * took[min(len(took) - 1, int(TOO_BUSY * len(took)))]
        print(f"probe: {path} p95 {p95:.1f} ms of {asked.p95_ms:g} ms")
        if p95 > asked.p95_ms:
            sys.exit(f"probe: {path} is too slow")


if __name__ == "__main__":
    main()
