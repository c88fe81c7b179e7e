"""`coach rules dry-run` and `status`: a rule held against the past, and how things stand."""

from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.rule_words import PARAM_HINT, TERMS, expiry_reader, read_params
from coach.cli import exits
from coach.cli.frame import frame_of
from coach.cli.rules.answers import signed_lines
from coach.cli.rules.presets import try_preset
from coach.cli.rules.tried import dry_run_answer
from coach.cli.rules.words import read_json
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.views.rules import STANDINGS, rule_standing
from coach.views.table import Table, rows

if TYPE_CHECKING:
    from coach.cli.frame import Frame
    from coach.engine.api.promises.dry_run import DryRun
    from coach.engine.api.promises.rules import RuleView

FAIL_ON = ("breach", "never")


def dry_run(
    context: typer.Context,
    rule: Annotated[
        str | None, typer.Argument(metavar="RULE", help="A rule's id, or a kind to try.")
    ] = None,
    params: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUE", help="How much of a kind.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="FILE", help="A rule as JSON, - for stdin.")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(metavar="NAME", help="The rules of a preset.")
    ] = None,
) -> None:
    """Hold a rule against your history, keeping nothing.

    \b
      coach rules dry-run cooldown_after_loss
      coach rules dry-run cooldown_after_loss minutes=60
      coach rules dry-run --preset ftmo-2-step account_size=100000

    It shows what the rule would have caught, and what that cost beside your own other trades of
    the same weeks, with a 90 % interval: removing any trades by their outcome would look good.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    frame = frame_of(context)
    if preset is not None and source is None and (rule is None or "=" in rule):
        try_preset(frame, preset, [*([rule] if rule else []), *(params or [])])
        return
    if sum(one is not None for one in (rule, source, preset)) != 1:
        what = "name a RULE or a KIND, or give --from FILE or --preset NAME"
        raise UsageError(PARAM_HINT, what=what)
    frame.show(dry_run_answer(_runs(frame, rule, params or [], source)))


def _runs(
    frame: "Frame", rule: str | None, params: list[str], source: str | None
) -> "list[DryRun]":
    """Return the dry runs of a rule, of a kind with parameters, or of the rules in a file."""
    from coach.engine.api.promises import dry_run as api
    from coach.engine.api.promises import rules

    given = None if source is None else read_json(source)
    words = read_params(params)
    for term in TERMS:
        words.pop(term, None)
    with frame.session() as session:
        if source is not None:
            drafts = rules.drafts(given, expiry_reader(frame.zone, session.clock()))
            return [api.of_given(session, one.kind, one.params) for one in drafts]
        if rule is not None and (words or not _stored(rule, rules.rules(session))):
            return [api.of_given(session, rule, words)]
        return [api.of_stored(session, str(rule))]


def _stored(name: str, views: "list[RuleView]") -> bool:
    return any(view.rule.id == name for view in views)


def status(
    context: typer.Context,
    rule: Annotated[str | None, typer.Argument(metavar="RULE", help="Only this one.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Breaches from here on.")
    ] = None,
    fail_on: Annotated[
        str, typer.Option(metavar="WHAT", help="Leave with 5 on a breach, or never.")
    ] = "never",
) -> None:
    """Say which rules are broken, and which are paused or expired.

    \b
      coach rules status --since 1d --fail-on breach

    With --fail-on breach a broken rule that is not paused ends in exit code 5.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.promises import rules as api
    from coach.wording import moments

    frame = frame_of(context)
    if fail_on not in FAIL_ON:
        raise UsageError("use --fail-on breach", what=f"--fail-on takes {' or '.join(FAIL_ON)}")
    with frame.session() as session:
        begin = moments.since(since, frame.zone, session.clock())
        found = api.standing(session, rule, begin)
    frame.show(status_answer(found))
    if fail_on == "breach" and any(one.breaches for one in found if one.rule.active):
        raise typer.Exit(exits.FOUND_SOMETHING)


def status_answer(found: "list[RuleView]") -> Answer:
    """Return which rules are broken."""
    values = rows([rule_standing(one) for one in found])
    signed = {one.id: one for view in found if view.breaches for one in view.commitments}
    below = tuple(signed_lines(signed[number] for number in sorted(signed)))
    return Answer(
        "rules status", list(values), Table(STANDINGS, values, "no rules yet"), below=below
    )
