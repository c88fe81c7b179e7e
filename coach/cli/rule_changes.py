"""`coach rules history`, `diff` and `rollback`: what a rule said before, and the way back."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.answers import Answer
from coach.cli.frame import frame_of
from coach.views.table import Column, Table, rows

if TYPE_CHECKING:
    from coach.engine.api.revisions import Difference
    from coach.model.rules import Revision

REVISIONS = (
    Column("at", "at", "time"),
    Column("rule_id", "rule"),
    Column("revision", "rev", "number"),
    Column("parent"),
    Column("state", "state"),
    Column("params", "says"),
    Column("actor", "by"),
    Column("reason", "why"),
    Column("note"),
    Column("expires"),
    Column("lock_hours"),
    Column("kind"),
    Column("evidence"),
    Column("engine_version"),
    Column("input_sha256"),
)
DIFFERENCES = (Column("field", "field"), Column("was", "was"), Column("now", "now"))
HOUR_S = 3_600

RuleName = Annotated[str, typer.Argument(metavar="RULE", help="Its id, as the list shows it.")]


def history(
    context: typer.Context,
    rule: Annotated[
        str | None, typer.Argument(metavar="RULE", help="Its id; without one, of all rules.")
    ] = None,
) -> None:
    """Show every revision of a rule, also of a removed one."""
    from coach.engine.api import revisions as api

    frame = frame_of(context)
    with frame.desk() as desk:
        found = api.history(desk, rule)
    frame.show(revisions_answer(found))


def diff(
    context: typer.Context,
    rule: RuleName,
    before: Annotated[
        int | None, typer.Option("--from", metavar="N", help="Another revision than the parent.")
    ] = None,
    after: Annotated[
        int | None, typer.Option("--to", metavar="N", help="Another revision than the last.")
    ] = None,
) -> None:
    """Show what two revisions of a rule say differently."""
    from coach.engine.api import revisions as api

    frame = frame_of(context)
    with frame.desk() as desk:
        found = api.diff(desk, rule, before, after)
    frame.show(differences_answer(found))


def rollback(
    context: typer.Context,
    rule: RuleName,
    to: Annotated[
        int | None, typer.Option(metavar="N", help="This revision, not the one before the last.")
    ] = None,
) -> None:
    """Let a rule say what it said before: a new revision."""
    from coach.cli import rules
    from coach.engine.api import revisions as api

    frame = frame_of(context)
    with frame.desk() as desk:
        changed = api.rollback(desk, rule, to)
    frame.show(rules.one("rules rollback", changed))


def revisions_answer(found: "list[Revision]") -> Answer:
    """Return revisions, oldest first."""
    values = rows([revision_row(one) for one in found])
    return Answer("rules history", list(values), Table(REVISIONS, values, "no rules yet"))


def differences_answer(found: "list[Difference]") -> Answer:
    """Return what differs."""
    values = rows([{"field": one.field, "was": one.was, "now": one.now} for one in found])
    return Answer("rules diff", list(values), Table(DIFFERENCES, values, "no difference"))


def revision_row(one: "Revision") -> dict[str, object]:
    """Return a revision as its fields."""
    return {
        "rule_id": one.rule.id,
        "revision": one.rule.revision,
        "parent": one.parent,
        "kind": one.rule.kind,
        "params": one.rule.params,
        "state": one.state,
        "note": one.rule.note,
        "expires": one.rule.expires_at,
        "lock_hours": one.rule.lock_s / HOUR_S,
        "reason": one.reason,
        "evidence": one.evidence,
        "actor": one.actor,
        "at": one.at,
        "engine_version": one.engine_version,
        "input_sha256": one.input_sha256,
    }
