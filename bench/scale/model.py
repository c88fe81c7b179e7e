"""The capacity model: from what one user costs to what so many users need, and what breaks first.

    .venv/bin/python -m bench.scale.model          # the tables of docs/scale.md
    .venv/bin/python -m bench.scale.model --write  # put them into the page

MEASURED comes from bench/scale/measure.py; HABITS are assumptions, and the page says so. What is
computed is arithmetic alone, so a test recomputes the page.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
BEGIN, END = "<!-- made by bench/scale/model.py -->", "<!-- end -->"
WHERE = "on 2026-11-30 on 2 cores (AMD EPYC, x86_64), load 6.9"
MEASURED: dict[str, float] = {
    "bytes_a_fill": 1076,
    "bytes_an_event": 301,
    "bytes_a_socket": 53_402,
    "process_bytes": 95_059_968,
    "import_s": 0.709,
    "digest_s": 1.380,
    "status_s": 0.286,
    "request_s": 0.0045,
    "message_s": 42.8e-6,
}
HABITS: dict[str, float] = {
    "fills a week": 60,
    "years kept": 3,
    "events a week": 100,
    "months of events kept": 24,
    "requests a day": 40,
    "imports a day": 4,
    "share of a day's work in its busiest hour": 0.15,
    "share of users with a socket open then": 0.10,
    "hours for the weekly digests": 6,
}
USERS = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
CORES, MEMORY, DISK = 8, 32e9, 1e12
WEEKS = 365.25 / 7


@dataclass(frozen=True, slots=True)
class Need:
    """What so many users need: disk and memory in bytes, cores in the busiest hour, for digests.

    `serving` are the cores of requests and messages, which one `coach serve` does on one core.
    """

    users: int
    disk: float
    importing: float
    serving: float
    digests: float
    sockets: int
    memory: float


def need(users: int) -> Need:
    """Return what so many users need, each with HABITS."""
    m, h = MEASURED, HABITS
    fills = h["fills a week"] * WEEKS * h["years kept"]
    events = h["events a week"] * WEEKS * h["months of events kept"] / 12
    disk = users * (fills * m["bytes_a_fill"] + events * m["bytes_an_event"])
    busy = users * h["share of a day's work in its busiest hour"] / 3600
    messages = h["events a week"] / 7 * m["message_s"]
    sockets = users * h["share of users with a socket open then"]
    started = m["import_s"] - m["status_s"]
    serving = busy * (h["requests a day"] * m["request_s"] + messages)
    processes = max(1.0, serving)
    return Need(
        users=users,
        disk=disk,
        importing=busy * h["imports a day"] * started,
        serving=serving,
        digests=users
        * (m["digest_s"] - m["status_s"])
        / (h["hours for the weekly digests"] * 3600),
        sockets=round(sockets),
        memory=processes * m["process_bytes"] + sockets * m["bytes_a_socket"],
    )


def limits() -> dict[str, int]:
    """Return at how many users each thing is used up on one machine, the first to break first."""
    one = need(1_000_000)
    share = {
        "one `coach serve` (one core for requests and messages)": one.serving,
        "the cores, by imports in the busiest hour": one.importing / CORES,
        "the cores, by the digests of a week": one.digests / CORES,
        "the memory, by open sockets": one.memory / MEMORY,
        "the disk": one.disk / DISK,
    }
    found = {what: int(1_000_000 / used) for what, used in share.items()}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def tables() -> str:
    """Return the tables of the page."""
    m = MEASURED
    lines = [
        f"Measured {WHERE}, by `bench/scale/measure.py`;",
        "what a message costs is that of [serve](serve.md#how-fast):",
        "",
        "| what one costs | measured |",
        "|---|---|",
        f"| a fill with its trade, findings and hashes | {m['bytes_a_fill']:,} bytes |",
        f"| an event in the outbox, indexes included | {m['bytes_an_event']:,} bytes |",
        f"| an open socket | {m['bytes_a_socket'] / 1e3:.0f} KB |",
        f"| a server's process | {m['process_bytes'] / 1e6:.0f} MB |",
        f"| a week's import of 60 fills into 20,000, as a command | {m['import_s']} s of CPU |",
        f"| a digest, as a command | {m['digest_s']:.2f} s of CPU |",
        f"| `coach status`, which is mostly its start | {m['status_s']} s of CPU |",
        f"| a request to the server and its queries | {m['request_s'] * 1e3:.1f} ms of CPU |",
        f"| a message to a socket | {m['message_s'] * 1e6:.1f} µs of CPU |",
        "",
        "Assumed, since nobody has a million users to be measured:",
        "",
        "| of one user | assumed |",
        "|---|---|",
        *(f"| {name} | {value:g} |" for name, value in HABITS.items()),
        "",
        "Then so many users need:",
        "",
        "| users | disk | cores: requests, messages | imports | digests | sockets | memory |",
        "|---|---|---|---|---|---|---|",
        *map(_row, map(need, USERS)),
        "",
        f"On one machine of {CORES} cores, {_bytes(MEMORY)} of memory and {_bytes(DISK)}, each is",
        "used up at so many users, if nothing else was before:",
        "",
        "| what breaks | at users |",
        "|---|---|",
        *(f"| {what} | {_rounded(users):,} |" for what, users in limits().items()),
    ]
    return "\n".join(lines)


def _row(one: Need) -> str:
    return (
        f"| {one.users:,} | {_bytes(one.disk)} | {one.serving:.3g} | {one.importing:.3g}"
        f" | {one.digests:.3g} | {one.sockets:,} | {_bytes(one.memory)} |"
    )


def _bytes(size: float) -> str:
    for unit, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size / 1e3:.3g} KB"


def _rounded(users: int) -> int:
    """Return a number of users to two digits: the model is not better than that."""
    step = int(10 ** max(0, len(str(users)) - 2))
    return users // step * step


def page_with(text: str) -> str:
    """Return the page with the tables of this model in their place."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{tables()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page_with(PAGE.read_text()))
    else:
        print(tables())
