"""What an import or a rule makes known: one event a matter, never one a row."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC
from typing import TYPE_CHECKING

from coach.model.events import NewEvent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from coach.engine.jobs.announcing import Announcements
    from coach.engine.jobs.concluding import Scored
    from coach.model.accounts import Run
    from coach.model.events import Json
    from coach.model.insights import Finding, Tag
    from coach.model.rules import Breach

NAMED = 20
"""Trades that an event names; the newest, beside the full count."""


def of_import(run: Run, scored: Scored) -> list[NewEvent]:
    """Return the events of a finished import."""
    return [NewEvent("import.done", _counts(run)), *of_scoring(scored)]


def of_scoring(scored: Scored) -> list[NewEvent]:
    """Return the events of what scoring found anew."""
    return [
        *of_tags(scored.new_tags),
        *of_breaches(scored.new_breaches),
        *of_traits(scored.announced),
    ]


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


def of_traits(announced: Announcements) -> list[NewEvent]:
    """Return one event a habit that is announced or withdrawn now."""
    as_of = None if announced.as_of is None else stamp(announced.as_of)
    made = [
        NewEvent("trait.announced", {**_claimed(finding), "as_of": as_of})
        for finding in announced.made
    ]
    withdrawn = [
        NewEvent(
            "trait.withdrawn",
            {
                **_claimed(one.finding),
                "as_of": as_of,
                "reason": one.reason,
                "announced": stamp(one.trait.announced_at),
            },
        )
        for one in announced.withdrawn
    ]
    return [*made, *withdrawn]


def _claimed(finding: Finding) -> dict[str, Json]:
    interval = finding.interval
    return {
        "bias": finding.bias,
        "level": finding.level,
        "score": finding.score,
        "effect": finding.effect,
        "interval": None if interval is None else list(interval),
        "unit": finding.unit,
        "n": finding.n,
        "evidence": finding.evidence[0].id if finding.evidence else None,
    }


def stamp(moment: datetime) -> str:
    """Return a time as RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
