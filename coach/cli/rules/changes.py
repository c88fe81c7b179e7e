"""`coach rules history`, `diff` and `rollback`: what a rule said before, and the way back."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.rules.answers import one
from coach.cli.show.answers import Answer
from coach.views import rules as views
from coach.views.table import Table, rows

if TYPE_CHECKING:
    from coach.engine.api.promises.revisions import Difference
    from coach.model.rules import Revision

RuleName = Annotated[str, typer.Argument(metavar="RULE", help="Its id, as the list shows it.")]


def history(
    context: typer.Context,
    rule: Annotated[
        str | None, typer.Argument(metavar="RULE", help="Its id; without one, of all rules.")
    ] = None,
) -> None:
    """Show every revision of a rule, also of a removed one."""
    from coach.engine.api.promises import revisions as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.history(session, rule)
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
    from coach.engine.api.promises import revisions as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.diff(session, rule, before, after)
    frame.show(differences_answer(found))


def rollback(
    context: typer.Context,
    rule: RuleName,
    to: Annotated[
        int | None, typer.Option(metavar="N", help="This revision, not the one before the last.")
    ] = None,
) -> None:
    """Let a rule say what it said before: a new revision."""
    from coach.engine.api.promises import revisions as api

    frame = frame_of(context)
    with frame.session() as session:
        changed = api.rollback(session, rule, to)
    frame.show(one("rules rollback", changed))


def revisions_answer(found: "list[Revision]") -> Answer:
    """Return revisions, oldest first."""
    values = rows([views.rule_revision(revision) for revision in found])
    return Answer("rules history", list(values), Table(views.REVISIONS, values, "no rules yet"))


def differences_answer(found: "list[Difference]") -> Answer:
    """Return what differs."""
    values = rows([views.difference(difference) for difference in found])
    return Answer("rules diff", list(values), Table(views.DIFFERENCES, values, "no difference"))
