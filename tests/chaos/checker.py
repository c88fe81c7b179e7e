"""Judge the history of a run: a pure program that knows nothing of coach.

`python -m tests.chaos.checker FOLDER` prints what is wrong, one line each, and ends with 1 where
something is. The records are described in docs/chaos.md.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tests.chaos.history import in_order

Record = dict[str, Any]
Occurrence = tuple[str, str]
"""What was written, by its writer's name for it, and the event's id."""
Fault = Literal[
    "lost",  # an event that stays did not reach a follower that was given time
    "gap",  # a number was left out within a connection
    "order",  # a number, or an id, came after a greater one
    "jump",  # a connection went on elsewhere than where its follower was
    "aborted",  # an event of a transaction that was rolled back, or of none
    "disagree",  # one place in one epoch with two events
    "undurable",  # a commit was confirmed and is not there
    "epoch",  # another epoch was passed over as if nothing was missing
    "bounds",  # a process or the database holds more than it may
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    fault: Fault
    what: str


@dataclass(slots=True)
class Verdict:
    """All that is wrong, and how much was looked at."""

    findings: list[Finding] = field(default_factory=list)
    acked: int = 0
    delivered: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    def add(self, fault: Fault, what: str) -> None:
        """Note a finding."""
        self.findings.append(Finding(fault, what))

    def count(self, *faults: Fault) -> int:
        """Return how many findings are of these kinds."""
        return sum(finding.fault in faults for finding in self.findings)


@dataclass(slots=True)
class Follower:
    """What one follower has applied since it last began anew: number to event."""

    user: str
    begun: bool = False
    first: int = 1
    last: int = 0
    seen: dict[int, Occurrence] = field(default_factory=dict)
    connection: object = None
    asked_epoch: str = ""
    asked_after: int | None = None
    epoch: str = ""
    said_hello: bool = False
    previous: int = 0


def judge(history: Iterable[Record]) -> Verdict:
    """Return the verdict on a history, whose records are in the order of their times."""
    one = Judge()
    for record in history:
        one.take(record)
    return one.conclude()


@dataclass(slots=True)
class Judge:
    """Looks at one record after the other; what concerns the end is judged by `conclude`."""

    verdict: Verdict = field(default_factory=Verdict)
    followers: dict[str, Follower] = field(default_factory=dict)
    places: dict[tuple[str, str, int], Occurrence] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)
    confirmed: dict[str, tuple[int, int]] = field(default_factory=dict)
    restores: list[Record] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    stays: dict[str, dict[int, Occurrence]] = field(default_factory=lambda: defaultdict(dict))

    def take(self, record: Record) -> None:
        """Look at the next record."""
        match record["kind"]:
            case "connect":
                self._connected(record)
            case "hello":
                self._greeted(self.followers[record["client"]], record)
            case "recv":
                self._received(self.followers[record["client"]], record)
            case "durable":
                self._compare(record)
                self.stays[record["user"]][record["seq"]] = record["uid"], record["id"]
            case "invoke" | "ok" | "fail" | "info":
                self._note_outcome(record)
            case "restore":
                self.restores.append(record)
            case "fault":
                self.verdict.faults[record["fault"]] += 1
            case "bound" if record["value"] > record["limit"]:
                what = f"{record['name']} is {record['value']} > {record['limit']}"
                self.verdict.add("bounds", what)

    def _connected(self, record: Record) -> None:
        one = self.followers.setdefault(record["client"], Follower(record["user"]))
        one.connection, one.said_hello = record["conn"], False
        one.asked_epoch, one.asked_after = record["epoch"], record["after"]

    def _greeted(self, one: Follower, record: Record) -> None:
        where, start = f"{record['client']} {record['conn']}", record["start"]
        known_epoch = one.epoch if one.said_hello else one.asked_epoch
        if record["recovered"]:
            if known_epoch and record["epoch"] != known_epoch:
                self.verdict.add("epoch", f"{where}: {known_epoch} became {record['epoch']} unsaid")
            last = one.last if one.begun else one.asked_after
            if last is not None and start > last + 1:
                self.verdict.add("jump", f"{where}: goes on from {start} after {last}")
        if not one.begun or not record["recovered"]:
            one.first, one.last, one.begun = start, start - 1, True
            one.seen.clear()
        one.previous, one.epoch, one.said_hello = start - 1, record["epoch"], True

    def _received(self, one: Follower, record: Record) -> None:
        self.verdict.delivered += 1
        self._compare(record)
        self.seen.add(record["uid"])
        seq, event = record["seq"], (record["uid"], record["id"])
        where = f"{record['client']} {record['conn']}: {seq} after {one.previous}"
        if record["conn"] != one.connection or not one.said_hello:
            self.verdict.add("order", f"{where} without a hello")
        if seq > one.previous + 1:
            self.verdict.add("gap", where)
        elif seq <= one.previous:
            self.verdict.add("order", where)
        before = one.seen.get(seq - 1)
        if before is not None and before[1] >= event[1]:
            self.verdict.add("order", f"{where}: id {event[1]} after {before[1]}")
        one.previous, one.last = seq, max(seq, one.last)
        one.seen[seq] = event

    def _compare(self, record: Record) -> None:
        """Find places that have two events, whoever saw them."""
        place = record["user"], record["epoch"], record["seq"]
        event = record["uid"], record["id"]
        if self.places.setdefault(place, event) != event:
            self.verdict.add("disagree", f"{place} is {self.places[place]} and {event}")

    def _note_outcome(self, record: Record) -> None:
        self.outcomes.update(dict.fromkeys(record["uids"], record["kind"]))
        if record["kind"] == "ok":
            self.confirmed.update(
                dict.fromkeys(record["uids"], (record["t"], record["generation"]))
            )

    def conclude(self) -> Verdict:
        """Judge what can be judged at the end only, and return everything."""
        self.verdict.acked = len(self.confirmed)
        durable = Counter(uid for events in self.stays.values() for uid, _ in events.values())
        for uid in sorted(uid for uid, times in durable.items() if times > 1):
            self.verdict.add("disagree", f"{uid} stands at {durable[uid]} places")
        for uid in sorted(self.seen.union(durable)):
            outcome = self.outcomes.get(uid, "never written")
            if outcome in {"fail", "never written"}:
                self.verdict.add("aborted", f"{uid}: {outcome}")
        for uid in sorted(self.confirmed.keys() - durable.keys()):
            if not self._is_gone_with_reason(*self.confirmed[uid]):
                self.verdict.add("undurable", f"{uid} was confirmed")
        self._completeness()
        return self.verdict

    def _is_gone_with_reason(self, t: int, generation: int) -> bool:
        """Say whether a backup that was restored later was taken before this was confirmed."""
        return any(
            generation < restore["generation"] and t >= restore["backup"]
            for restore in self.restores
        )

    def _completeness(self) -> None:
        """Compare what each follower has applied with what stays of its user."""
        for user, events in self.stays.items():
            for number in sorted(set(range(min(events), max(events))) - events.keys()):
                self.verdict.add("gap", f"{user}: there is no {number}")
        for name, one in self.followers.items():
            stays = self.stays[one.user].items()
            due = {seq: event for seq, event in stays if seq >= one.first}
            for seq in sorted(due.keys() - one.seen.keys()):
                self.verdict.add("lost", f"{name}: {one.user} {seq} {due[seq][0]}")
            for seq in sorted(one.seen):
                if one.seen[seq] != due.get(seq):
                    self.verdict.add("disagree", f"{name}: {one.user} {seq} is not what stays")


def main(folder: str) -> int:
    """Print the findings of a run; return 1 where there are some."""
    verdict = judge(in_order(Path(folder)))
    for finding in verdict.findings:
        sys.stdout.write(f"{finding.fault}\t{finding.what}\n")
    counts = f"{verdict.acked} confirmed, {verdict.delivered} delivered"
    sys.stdout.write(f"{len(verdict.findings)} wrong; {counts}\n")
    return 1 if verdict.findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
