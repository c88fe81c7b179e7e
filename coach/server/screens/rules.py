"""Rules with their pages, what is proposed, their revisions, and a dry run of what is typed."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from coach.advice.dry_runs import dry_run_lines
from coach.advice.rule_page import page, params_text, wall_time
from coach.advice.rule_words import TERMS, read_params
from coach.engine.api.promises import calibration, dry_run, presets, revisions
from coach.engine.api.promises import rules as rules_api
from coach.model.plain import plain
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NoQuery, RouteQuery
from coach.server.screens.said import said, said_lines, with_words
from coach.views import calibrations as proposal_views
from coach.views import rules as views
from coach.views.table import Column, json_row
from coach.wording.rules import describe_proposal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.promises.rules import Badge, RuleView
    from coach.model.events import Json
    from coach.model.proposals import Proposal
    from coach.model.rules import Breach, Revision

COLUMNS = (
    Column("breaches", "broken", "number"),
    Column("last_breach", "last broken", "time"),
)
LAST_BREACHES = 5
ACTORS = {"user": "you", "system": "coach"}


class DraftQuery(RouteQuery):
    """A rule as it is typed: its kind, or the rule that is changed, and NAME=VALUE words."""

    kind: str | None = None
    rule: str | None = None
    words: Annotated[str, Field(description="NAME=VALUE words, parted by spaces.")] = ""


def rules(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return every rule with its page, what is proposed, and the sets to begin with."""
    found = rules_api.rules(call.session)
    last: dict[str, list[Breach]] = {one.rule.id: [] for one in found}
    for breach in reversed(rules_api.breaches(call.session) if found else []):
        kept = last.setdefault(breach.rule_id, [])
        if len(kept) < LAST_BREACHES:
            kept.append(breach)
    return ApiAnswer(
        "screens rules",
        {
            "rules": [_rule(one, last[one.rule.id], call.zone) for one in found],
            "proposals": [_proposal(one) for one in calibration.proposals(call.session)],
            "presets": [
                {"name": one.name, "title": one.title, "rules": [*_preset_rules(one)]}
                for one in presets.presets()
            ],
        },
    )


def _preset_rules(one: presets.PresetView) -> "Iterator[Json]":
    for rule in one.rules:
        yield {"kind": rule.kind, "params": plain(dict(rule.params)), "sentence": rule.sentence}


def _rule(view: "RuleView", last: "list[Breach]", zone: str) -> "Json":
    row = with_words(COLUMNS, json_row(views.rule(view)), zone)
    first, *lines = page(view, last, zone)
    return {
        **row,
        "state": view.state,
        "typed": params_text(view.rule.params).replace(", ", " "),
        "params_text": params_text(view.rule.params),
        "title": said(first),
        "said": said(view.sentence),
        "lines": said_lines(lines),
        "moved": None if view.badge is None else _badge(view.badge, zone),
    }


def _badge(badge: "Badge", zone: str) -> "Json":
    """Return how a threshold moved, and the evidence of that."""
    who = ACTORS.get(badge.actor, badge.actor)
    lines = [
        f"{params_text(badge.was)} → {params_text(badge.now)}",
        f"by {who}, {wall_time(badge.at, zone)}",
        badge.reason,
    ]
    return {"short": said(lines[0]), "lines": said_lines(lines)}


def _proposal(one: "Proposal") -> "Json":
    row = json_row(proposal_views.short_proposal(one))
    return {**row, "title": said(describe_proposal(row)), "sentence": said(one.sentence)}


def rule_history(call: ApiCall, _: NoQuery, rule_id: str) -> ApiAnswer:
    """Return the revisions of a rule, newest first, with what each changed."""
    found = revisions.history(call.session, rule_id)
    told = [_revision(call, rule_id, one) for one in reversed(found)]
    return ApiAnswer("screens rule history", told)


def _revision(call: ApiCall, rule_id: str, one: "Revision") -> "Json":
    who = ACTORS.get(one.actor, one.actor)
    changes = revisions.diff(call.session, rule_id, one.parent, one.rule.revision)
    told = [f"{change.field}: {_told(change.was)} → {_told(change.now)}" for change in changes]
    return {
        "revision": one.rule.revision,
        "title": said(f"{one.state}, {wall_time(one.at, call.zone)}, by {who}: {one.reason}"),
        "changes": said_lines(told),
    }


def _told(value: object) -> str:
    return "nothing" if value is None else str(value)


def draft(call: ApiCall, query: DraftQuery) -> ApiAnswer:
    """Return what a rule that is typed would have caught; nothing of it is kept."""
    params = read_params(query.words.split())
    terms = {name: params.pop(name) for name in TERMS if name in params}
    kind = query.kind
    if query.rule is not None:
        rule = rules_api.view(call.session, query.rule).rule
        merged = {**rule.params, **params}
        params = {name: value for name, value in merged.items() if value is not None}
        kind = rule.kind
    run = dry_run.of_given(call.session, kind or "", params)
    lines = [one.strip() for one in dry_run_lines(run)]
    return ApiAnswer(
        "screens rule draft",
        {"lines": said_lines(lines), "kind": kind, "params": plain(params), "terms": plain(terms)},
    )
