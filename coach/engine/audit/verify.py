"""Whether a chain is whole: no event changed, left out, put in or cut off."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from coach.model.machine.audit import FIRST_LINK, AuditEvent, AuditHead, hash_of


@dataclass(frozen=True, slots=True)
class AuditVerification:
    """The answer: how many events were looked at, and the first thing that is wrong, if any."""

    events: int
    head: AuditHead
    fault: str = field(default="")


def verify(
    events: Iterable[AuditEvent], head: AuditHead, exported: AuditHead | None = None
) -> AuditVerification:
    """Recompute every hash in order; compare the end with the head, and with one kept elsewhere.

    Only a head that was kept elsewhere tells of a chain that was written anew from the beginning.
    """
    n, previous, met = 0, FIRST_LINK, exported is None or exported == AuditHead(0, FIRST_LINK)
    for event in events:
        n += 1
        if fault := _fault(event, n, previous):
            return AuditVerification(n - 1, head, fault)
        previous = event.hash
        met = met or (exported is not None and (n, event.hash) == (exported.n, exported.hash))
    if (head.n, head.hash) != (n, previous):
        what = f"the chain ends with event {n}, and its head names event {head.n}"
        return AuditVerification(n, head, what)
    if not met and exported is not None:
        what = f"event {exported.n} is not the one whose hash was kept elsewhere"
        return AuditVerification(n, head, what)
    return AuditVerification(n, head)


def _fault(event: AuditEvent, n: int, previous: bytes) -> str:
    if event.n != n:
        return f"event {n} is missing: the next is {event.n}"
    if event.previous != previous:
        return f"event {n} does not follow the one before it"
    if event.hash != hash_of(event):
        return f"event {n} was changed"
    return ""
