"""The tables, as the migrations must leave them.

`user_id` stands first in every table about a user. Queries are SQL text in the store's other
files; these definitions exist so that a test can compare them with what the migrations build.
"""

from coach.engine.store.tables import (
    answers,
    audit,
    candles,
    checks,
    events,
    hot,
    insights,
    ledger,
    left_out,
    notifications,
    people,
    promises,
    reflections,
    requests,
    secrets,
    sign_in,
)
from coach.engine.store.tables.base import metadata

__all__ = [
    "answers",
    "audit",
    "candles",
    "checks",
    "events",
    "hot",
    "insights",
    "ledger",
    "left_out",
    "metadata",
    "notifications",
    "people",
    "promises",
    "reflections",
    "requests",
    "secrets",
    "sign_in",
]
