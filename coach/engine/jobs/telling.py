"""What an import or a rule makes known: one event a matter, never one a row."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC
from typing import TYPE_CHECKING

from coach.model.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from coach.engine.jobs.deriving import Scored
    from coach.model.accounts import Run
    from coach.model.events import Json
    from coach.model.insights import Tag
    from coach.model.rules import Breach

NAMED = 20
"""Trades that an event names; the newest, beside the full count."""


def of_import(run: Run, scored: Scored) -> list[NewEvent]:
    """Return the events of a finished import."""
    done = NewEvent("import.done", _counts(run))
    return [done, *of_tags(scored.new_tags), *of_breaches(scored.new_breaches)]


def _counts(run: Run) -> dict[str, Json]:
    return {
        "run_id": run.id,
        "account": run.account,
        "source": run.source,
        "fetched": run.fetched,
        "new": run.new,
        "known": run.known,
        "changed": run.changed,
        "skipped": run.skipped_count,
        "first": None if run.first is None else stamp(run.first),
        "last": None if run.last is None else stamp(run.last),
    }


def of_tags(tags: Iterable[Tag]) -> list[NewEvent]:
    """Return one event a bias."""
    by_bias: dict[str, list[Tag]] = defaultdict(list)
    for tag in tags:
        by_bias[tag.bias].append(tag)
    return [
        NewEvent(
            "bias.tagged",
            {
                "bias": bias,
                "formula": group[0].formula,
                "count": len(group),
                "trade_ids": [tag.trade_id for tag in group[-NAMED:]],
                "last": stamp(group[-1].at),
            },
        )
        for bias, group in sorted(by_bias.items())
    ]


def of_breaches(breaches: Iterable[Breach]) -> list[NewEvent]:
    """Return one event a rule."""
    by_rule: dict[str, list[Breach]] = defaultdict(list)
    for breach in breaches:
        by_rule[breach.rule_id].append(breach)
    return [
        NewEvent(
            "rule.breached",
            {
                "rule_id": rule_id,
                "count": len(group),
                "trade_ids": [breach.trade_id for breach in group[-NAMED:]],
                "last": stamp(group[-1].at),
                "facts": dict(group[-1].facts),
            },
        )
        for rule_id, group in sorted(by_rule.items())
    ]


def stamp(moment: datetime) -> str:
    """Return a time as RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
