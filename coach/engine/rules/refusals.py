"""What is no promise although each of its values is in range: it is refused with its reason."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from coach.errors import Invalid

if TYPE_CHECKING:
    from datetime import datetime

    from coach.model.rules import Rule


def refuse_past_expiry(rule: Rule, now: datetime, before: Rule | None = None) -> None:
    """Raise Invalid where a rule would expire before now, or before its lock lets it.

    An expiry that the rule has already may stay.
    """
    ends = rule.expires_at
    if ends is None or (before is not None and before.expires_at == ends):
        return
    if ends <= now:
        allowed = "a time that lies ahead"
        hint = "30d is in thirty days; what the rule caught after its expiry would be lost"
        raise Invalid("expires", f"not {_written(ends)}, which is past", allowed, hint=hint)
    sooner = before is not None and (before.expires_at is None or ends < before.expires_at)
    if before is not None and sooner and ends <= now + timedelta(seconds=before.lock_s):
        allowed = f"a time after the lock, {_written(now + timedelta(seconds=before.lock_s))}"
        hint = "the change waits for the lock and cannot end the rule before that"
        raise Invalid("expires", f"not {_written(ends)}", allowed, hint=hint)


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
