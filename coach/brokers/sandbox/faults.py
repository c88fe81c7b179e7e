"""What can go wrong at a broker, on order.

A plan spoils answers (by the number of the request, or by chance) and entries (some share of them).
Chance is drawn from the plan's seed and the request's number: the same plan spoils the same things.
"""

from collections.abc import Mapping
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError

AnswerFault = Literal[
    "too_many_requests",
    "too_many_requests_retry_after",
    "too_many_requests_html",
    "internal_error",
    "bad_gateway",
    "unavailable",
    "slow",
    "malformed",
    "truncated",
    "html",
    "stuck_cursor",
    "empty_page",
    "lies",
    "banned",
    "restricted",
]
EntryFault = Literal[
    "size_in_quote",
    "reversal",
    "correction",
    "synthetic",
    "nine_digits",
    "shared_trade_id",
    "shared_trade_time",
    "unknown_side",
    "extra_fields",
]
LoginFault = Literal[
    "denied",
    "wrong_state",
    "other_issuer",
    "used_code",
    "fewer_scopes",
    "more_scopes",
    "no_refresh_token",
    "clock_skew",
    "rotated_refresh",
    "lost_answer",
    "deaf_revoke",
]


TransactionFault = Literal["pending", "failed", "unknown_type", "simple_buy"]
LiveFault = Literal["refused", "silent", "gap", "cut", "shutdown"]


class SandboxPlan(BaseModel):
    """Which faults to inject.

    `at` names requests by number (the first is 1), `chance` gives shares of all requests; both
    count only requests whose path contains `path`. `entries` are spoiled for `share` of the fills.
    `transactions` adds some to the wallets that are no plain entries: one that is pending for a day
    and a half, one that failed, one of a type unheard of, and a buy in the app.
    `login` spoils what the server of tokens does. `per_second` is the broker's limit of requests
    (0: none), `drift_ms` how far the clock that checks Binance's time stamps is ahead of ours.
    `live` spoils the streams: they refuse, fall silent, leave out a number, break off at a fill
    instead of telling of it, or say that their server restarts. `lag_s` is how long a live fill is
    told before it is listed. `control` opens /sandbox/faults.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Mapping[NonNegativeInt, AnswerFault] = Field(default_factory=dict)
    chance: Mapping[AnswerFault, float] = Field(default_factory=dict)
    entries: frozenset[EntryFault] = frozenset()
    transactions: frozenset[TransactionFault] = frozenset()
    login: frozenset[LoginFault] = frozenset()
    share: float = Field(default=0.1, ge=0, le=1)
    path: str = ""
    seed: NonNegativeInt = 0
    per_second: NonNegativeInt = 30
    retry_after_s: NonNegativeInt = 1
    slow_s: float = Field(default=1.0, ge=0, le=600)
    drift_ms: int = Field(default=0, ge=-86_400_000, le=86_400_000)
    live: frozenset[LiveFault] = frozenset()
    lag_s: float = Field(default=0.0, ge=0, le=600)
    control: bool = False

    def fault(self, number: int) -> AnswerFault | None:
        """Return what spoils the answer to this request, if anything."""
        if number in self.at:
            return self.at[number]
        if not self.chance:
            return None
        luck = float(np.random.default_rng([self.seed, number]).random())
        for fault, share in self.chance.items():
            if luck < share:
                return fault
            luck -= share
        return None


def plan_from(text: bytes) -> SandboxPlan | None:
    """Read a plan as /sandbox/faults takes it, or None when it is none."""
    try:
        plan = SandboxPlan.model_validate_json(text)
    except ValidationError:
        return None
    return plan.model_copy(update={"control": True})
