"""What an import or a rule makes known: one event a matter, never one a row.

An event's type is imported where there is one to tell: most imports tell of few.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypedDict

from coach.model.bookkeeping.import_events import ImportDone

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from coach.engine.conclusions.scoring_result import ScoringResult
    from coach.engine.conclusions.traits import Announcements
    from coach.model.accounts import Run
    from coach.model.events import NewEvent
    from coach.model.insights import Finding, Tag
    from coach.model.plans import ReasonQuestion
    from coach.model.reasons import Level
    from coach.model.rules import Breach, RuleId

NAMED = 20
"""Trades that an event names; the newest, beside the full count."""


def of_import(run: Run, scored: ScoringResult) -> list[NewEvent]:
    """Return the events of a finished import."""
    done = ImportDone(
        run_id=run.id,
        account=run.account,
        source=run.source,
        fetched=run.fetched,
        new=run.new,
        known=run.known,
        changed=run.changed,
        skipped=run.skipped_count,
        first=run.first,
        last=run.last,
    )
    return [done, *of_scoring(scored)]


def of_scoring(scored: ScoringResult) -> list[NewEvent]:
    """Return the events of what scoring found anew."""
    return [
        *of_tags(scored.new_tags),
        *of_breaches(scored.new_breaches),
        *of_traits(scored.announced),
        *of_questions(scored.asked),
    ]


def of_tags(tags: Iterable[Tag]) -> list[NewEvent]:
    """Return one event a bias."""
    by_bias: dict[str, list[Tag]] = defaultdict(list)
    for tag in tags:
        by_bias[tag.bias].append(tag)
    if not by_bias:
        return []
    from coach.model.conclusions.habit_events import BiasTagged

    return [
        BiasTagged(
            bias=bias,
            formula=group[0].formula,
            count=len(group),
            trade_ids=tuple(tag.trade_id for tag in group[-NAMED:]),
            last=group[-1].at,
        )
        for bias, group in sorted(by_bias.items())
    ]


def of_breaches(breaches: Iterable[Breach]) -> list[NewEvent]:
    """Return one event a rule."""
    by_rule: dict[RuleId, list[Breach]] = defaultdict(list)
    for breach in breaches:
        by_rule[breach.rule_id].append(breach)
    if not by_rule:
        return []
    from coach.model.promises.rule_events import RuleBreached

    return [
        RuleBreached(
            rule_id=rule_id,
            count=len(group),
            trade_ids=tuple(breach.trade_id for breach in group[-NAMED:]),
            last=group[-1].at,
            facts=group[-1].facts,
        )
        for rule_id, group in sorted(by_rule.items())
    ]


def of_traits(announced: Announcements) -> list[NewEvent]:
    """Return one event a habit that is announced or withdrawn now."""
    if not (announced.made or announced.withdrawn):
        return []
    from coach.model.conclusions.habit_events import TraitAnnounced, TraitWithdrawn

    made = [TraitAnnounced(**_claimed(one, announced.as_of)) for one in announced.made]
    withdrawn = [
        TraitWithdrawn(
            **_claimed(one.finding, announced.as_of),
            reason=one.reason,
            announced=one.trait.announced_at,
        )
        for one in announced.withdrawn
    ]
    return [*made, *withdrawn]


def of_questions(asked: Iterable[ReasonQuestion]) -> list[NewEvent]:
    """Return one event a question that is asked now."""
    questions = list(asked)
    if not questions:
        return []
    from coach.model.conclusions.habit_events import QuestionAsked
    from coach.wording.reasons import question_text

    return [
        QuestionAsked(
            question_id=one.id,
            bias=one.bias,
            reason=one.reason.kind,
            sentence=question_text(one.reason),
            n=one.reason.n,
            share=one.reason.share,
            typical=one.reason.typical,
            quartiles=one.reason.quartiles,
            unit=one.reason.unit,
            facts=one.reason.facts,
            times=one.times,
            as_of=one.asked_at,
        )
        for one in questions
    ]


class _Claim(TypedDict):
    bias: str
    level: Level
    score: float | None
    effect: float | None
    interval: tuple[float, float] | None
    unit: str
    n: int
    evidence: str | None
    as_of: datetime | None


def _claimed(finding: Finding, as_of: datetime | None) -> _Claim:
    return {
        "bias": finding.bias,
        "level": finding.level,
        "score": finding.score,
        "effect": finding.effect,
        "interval": finding.interval,
        "unit": finding.unit,
        "n": finding.n,
        "evidence": finding.evidence[0].id if finding.evidence else None,
        "as_of": as_of,
    }
