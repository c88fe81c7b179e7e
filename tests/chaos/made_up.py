"""Made-up histories: a good one for each seed, and one mistake at a time that spoils it."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from tests.chaos.checker import Fault

Record = dict[str, Any]
Spoiler = Callable[[list[Record], Random], Fault]


@dataclass(slots=True)
class GoodHistory:
    """Two users, writers, followers that come and go, and one restore."""

    chance: Random
    records: list[Record] = field(default_factory=list)
    clock: Iterator[int] = field(default_factory=lambda: count(1))
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    there: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: {"u-0": [], "u-1": []})
    places: dict[str, int] = field(default_factory=dict)
    epochs: dict[str, str] = field(default_factory=dict)
    connections: Iterator[int] = field(default_factory=lambda: count(1))
    epoch: str = "one"
    generation: int = 0

    def note(self, kind: str, **fields: object) -> int:
        t = next(self.clock)
        self.records.append({"t": t, "kind": kind, **fields})
        return t

    def write(self) -> None:
        """Write for one user; some is rolled back, and of some the outcome is unknown."""
        user = self.chance.choice(list(self.there))
        uids = [f"w{next(self.numbers)}" for _ in range(self.chance.randint(1, 3))]
        where = {"uids": uids, "generation": self.generation}
        self.note("invoke", **where)
        outcome = self.chance.choices(["ok", "fail", "info"], [8, 1, 1])[0]
        if outcome != "fail" and not (outcome == "info" and self.chance.random() < 0.5):
            self.there[user].extend((uid, f"id{next(self.numbers):09}") for uid in uids)
        self.note(outcome, **where)

    def follow(self, client: str) -> None:
        """Connect a follower and let it receive some of what is there."""
        user, conn = f"u-{client[-1]}", next(self.connections)
        asked, events = self.epochs.get(client, ""), self.there[user]
        after = self.places.get(client, 0)
        self.note("connect", client=client, user=user, conn=conn, after=after, epoch=asked)
        recovered = asked in {"", self.epoch}
        start = after + 1 if recovered else 1
        where = {"client": client, "user": user, "conn": conn, "epoch": self.epoch}
        self.note("hello", start=start, recovered=recovered, **where)
        upto = self.chance.randint(start - 1, len(events))
        for seq in range(start, upto + 1):
            uid, event_id = events[seq - 1]
            self.note("recv", seq=seq, uid=uid, id=event_id, **where)
        self.places[client], self.epochs[client] = upto, self.epoch

    def restore(self, steps: int) -> None:
        """Go on for a while after a backup, and then go back to it."""
        backup, kept = self.note("fault", fault="backup"), deepcopy(self.there)
        self.go_on(steps)
        self.there, self.epoch, self.generation = kept, "two", 1
        self.note("restore", generation=1, backup=backup)

    def go_on(self, steps: int) -> None:
        for _ in range(steps):
            self.write()
            self.follow(self.chance.choice(["a0", "b0", "a1", "b1"]))

    def end(self) -> list[Record]:
        """Let every follower have all, and note what stays."""
        for client in ("a0", "b0", "a1", "b1"):
            while self.places.get(client) != len(self.there[f"u-{client[-1]}"]) or (
                self.epochs[client] != self.epoch
            ):
                self.follow(client)
        for user, events in self.there.items():
            for seq, (uid, event_id) in enumerate(events, 1):
                self.note("durable", user=user, epoch=self.epoch, seq=seq, uid=uid, id=event_id)
        self.note("bound", name="open files", value=3, limit=9)
        return self.records


def good(seed: int) -> list[Record]:
    """Return the good history of a seed."""
    one = GoodHistory(Random(seed))
    one.go_on(15)
    one.restore(8)
    one.go_on(15)
    return one.end()


def received(history: list[Record], follower: str = "") -> list[int]:
    """Return where events of the last epoch were received that are not the last of a connection."""
    found = []
    for at, record in enumerate(history[:-2]):
        inner = record["kind"] == history[at + 1]["kind"] == history[at + 2]["kind"] == "recv"
        same = inner and record["conn"] == history[at + 2]["conn"]
        if same and record["epoch"] == "two" and record["client"].startswith(follower):
            found.append(at)
    return found


def events_rolled_back(history: list[Record], chance: Random) -> Fault:
    uid = history[chance.choice(received(history))]["uid"]
    for record in history:
        if record["kind"] in {"ok", "info"} and uid in record["uids"]:
            record["kind"] = "fail"
    return "aborted"


def event_out_of_nowhere(history: list[Record], chance: Random) -> Fault:
    uid = history[chance.choice(received(history))]["uid"]
    history[:] = [record for record in history if uid not in record.get("uids", [])]
    return "aborted"


def another_event_at_a_place(history: list[Record], chance: Random) -> Fault:
    history[chance.choice(received(history))]["id"] += "x"
    return "disagree"


def event_at_two_places(history: list[Record], chance: Random) -> Fault:
    durable = [record for record in history if record["kind"] == "durable"]
    one, other = chance.sample(durable, 2)
    other["uid"] = one["uid"]
    return "disagree"


def end_never_reached(history: list[Record], chance: Random) -> Fault:
    client = history[chance.choice(received(history))]["client"]
    last = max(
        at for at, one in enumerate(history) if one["kind"] == "recv" and one["client"] == client
    )
    del history[last]
    return "lost"


def one_left_out(history: list[Record], chance: Random) -> Fault:
    del history[chance.choice(received(history)) + 1]
    return "gap"


def number_never_given(history: list[Record], chance: Random) -> Fault:
    user = chance.choice(["u-0", "u-1"])
    seqs = [one["seq"] for one in history if one["kind"] == "durable" and one["user"] == user]
    gone = chance.choice(seqs[1:-1])
    history[:] = [
        one
        for one in history
        if not (one["kind"] == "durable" and (one["user"], one["seq"]) == (user, gone))
    ]
    return "gap"


def two_turned_around(history: list[Record], chance: Random) -> Fault:
    at = chance.choice(received(history))
    history[at], history[at + 1] = history[at + 1], history[at]
    return "order"


def one_sent_again(history: list[Record], chance: Random) -> Fault:
    at = chance.choice(received(history))
    history.insert(at + 1, dict(history[at]))
    return "order"


def ids_turned_around(history: list[Record], chance: Random) -> Fault:
    at = chance.choice(received(history))
    one, other = history[at]["id"], history[at + 1]["id"]
    swapped = {one: other, other: one}
    for record in history:
        if "id" in record:
            record["id"] = swapped.get(record["id"], record["id"])
    return "order"


def returned_too_far(history: list[Record], chance: Random) -> Fault:
    at = chance.choice(
        [
            at
            for at, one in enumerate(history[:-1])
            if one["kind"] == "hello" and one["recovered"] and history[at + 1]["kind"] == "recv"
        ]
    )
    history[at]["start"] += 1
    del history[at + 1]
    return "jump"


def confirmed_and_gone(history: list[Record], chance: Random) -> Fault:
    confirmed = [record for record in history if record["kind"] == "ok" and record["generation"]]
    chance.choice(confirmed)["uids"].append("never-kept")
    return "undurable"


def confirmed_before_the_backup_and_gone(history: list[Record], chance: Random) -> Fault:
    (restore,) = (record for record in history if record["kind"] == "restore")
    early = [one for one in history if one["kind"] == "ok" and one["t"] < restore["backup"]]
    chance.choice(early)["uids"].append("never-kept")
    return "undurable"


def epoch_unsaid(history: list[Record], chance: Random) -> Fault:
    chance.choice([one for one in history if one.get("recovered") is False])["recovered"] = True
    return "epoch"


def too_much_held(history: list[Record], _: Random) -> Fault:
    history[-1]["value"] = 10
    return "bounds"


SPOILERS: tuple[Spoiler, ...] = (
    events_rolled_back,
    event_out_of_nowhere,
    another_event_at_a_place,
    event_at_two_places,
    end_never_reached,
    one_left_out,
    number_never_given,
    two_turned_around,
    one_sent_again,
    ids_turned_around,
    returned_too_far,
    confirmed_and_gone,
    confirmed_before_the_backup_and_gone,
    epoch_unsaid,
    too_much_held,
)
