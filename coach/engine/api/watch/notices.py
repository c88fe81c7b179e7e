"""What whoever watches is told, one thing after the other."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

NoticeKind = Literal[
    "account", "stream", "fills", "breach", "earlier", "cooldown", "trouble", "tick"
]
"""account: how it is followed · stream: what became of that · earlier: breaches of before ·
tick: a second of a cooldown."""


@dataclass(frozen=True, slots=True)
class WatchNotice:
    """One thing that whoever watches is told.

    `state` is of a kind's own: how an account is followed (stream, asked), what became of a stream
    (open, gap, silent, lost, refused), whether a cooldown begins or is over, the code of a trouble.
    `trade_id` is the trade of a breach, `until` the end of a cooldown, `fills` how many are new.
    `commitments` are what the user signed for such a breach.
    """

    kind: NoticeKind
    at: datetime
    told: str
    account: str = ""
    state: str = ""
    rule_id: str = ""
    trade_id: str = ""
    until: datetime | None = None
    fills: int = 0
    commitments: tuple[str, ...] = ()
