"""`coach rules history`, `diff` and `rollback`: what a rule said before, and the way back."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.rules.answers import one
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Limit, page
from coach.errors import UsageError
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
    after: After = None,
    limit: Limit = None,
) -> None:
    """Show every revision of a rule, also of a removed one."""
    from coach.engine.api.promises import revisions as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.history(session, rule)
    frame.show(page(revisions_answer(found), views.REVISION_KEY, after, limit))


def diff(
    context: typer.Context,
    rule: RuleName,
    first: Annotated[
        int | None, typer.Argument(metavar="N", help="This revision, not the parent.")
    ] = None,
    second: Annotated[
        int | None, typer.Argument(metavar="M", help="With this one, not the last.")
    ] = None,
    before: Annotated[
        int | None, typer.Option("--from", metavar="N", help="Another revision than the parent.")
    ] = None,
    after: Annotated[
        int | None, typer.Option("--to", metavar="N", help="Another revision than the last.")
    ] = None,
) -> None:
    """Show what two revisions of a rule say differently.

    \b
      coach rules diff cooldown_after_loss
      coach rules diff cooldown_after_loss 1 2
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.promises import revisions as api

    frame = frame_of(context)
    earlier = _one_of(first, before, "--from")
    later = _one_of(second, after, "--to")
    with frame.session() as session:
        found = api.diff(session, rule, earlier, later)
    frame.show(differences_answer(found))


def rollback(
    context: typer.Context,
    rule: RuleName,
    revision: Annotated[
        int | None, typer.Argument(metavar="N", help="This one, not the one before the last.")
    ] = None,
    to: Annotated[int | None, typer.Option(metavar="N", help="The same, as an option.")] = None,
) -> None:
    """Let a rule say what it said before: a new revision.

    \b
      coach rules rollback cooldown_after_loss
      coach rules rollback cooldown_after_loss 1
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.promises import revisions as api

    frame = frame_of(context)
    number = _one_of(revision, to, "--to")
    with frame.session() as session:
        changed = api.rollback(session, rule, number)
    frame.show(one("rules rollback", changed, frame.zone))


def _one_of(argument: int | None, option: int | None, name: str) -> int | None:
    """Return the revision that was given by its place or by the option; UsageError: by both."""
    if argument is not None and option is not None:
        what = f"revision {argument} and {name} {option} are both given"
        raise UsageError(f"leave {name} out", what=what)
    return option if argument is None else argument


def revisions_answer(found: "list[Revision]") -> Answer:
    """Return revisions, oldest first."""
    values = rows([views.rule_revision(revision) for revision in found])
    return Answer("rules history", list(values), Table(views.REVISIONS, values, "no rules yet"))


def differences_answer(found: "list[Difference]") -> Answer:
    """Return what differs."""
    values = rows([views.difference(difference) for difference in found])
    return Answer("rules diff", list(values), Table(views.DIFFERENCES, values, "no difference"))
