"""`coach rules`: promises to yourself; make, pause and drop them, see where they were broken."""

import json
from pathlib import Path
from typing import Annotated

import typer

from coach.advice.rule_page import LAST_BREACHES
from coach.advice.rule_words import PARAM_HINT, read_params, terms_among
from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.rules import calibration, changes, runs
from coach.cli.rules.adding import add_file, add_kind
from coach.cli.rules.answers import answer, breaches_answer, each_breach, one, removed, shown
from coach.cli.rules.presets import add_preset, presets, try_preset
from coach.cli.rules.suggested import add_answer
from coach.cli.rules.words import PROMISE, KindsHelp
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Last, Limit, page
from coach.errors import UsageError
from coach.views import rules as views
from coach.views.paging import list_page

app = sub_app("Promises to yourself, and where you broke them.", former={"check": "status"})
RuleName = Annotated[str, typer.Argument(metavar="RULE", help="Its id, as the list shows it.")]
Words = Annotated[list[str] | None, typer.Argument(metavar="NAME=VALUE", help="How much of it.")]


@app.command(cls=KindsHelp, help=PROMISE)
def add(
    context: typer.Context,
    kind: Annotated[str | None, typer.Argument(metavar="KIND", help="What is promised.")] = None,
    params: Words = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="FILE|HABIT", help="Rules as JSON, - for stdin; or a habit."
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Rules to begin with, as coach rules presets lists."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how often each would have been broken, no more.")
    ] = False,
) -> None:
    """Make a promise."""
    from coach.engine.api.promises.suggestions import is_habit

    frame = frame_of(context)
    # without a KIND the first NAME=VALUE stands in its place
    words = [*([kind] if kind else []), *(params or [])]
    if source is not None and preset is None and is_habit(source) and not Path(source).exists():
        add_answer(frame, source, words, only_try=dry_run)
    elif preset is not None and source is None and (kind is None or "=" in kind):
        (try_preset if dry_run else add_preset)(frame, preset, words)
    elif sum(one is not None for one in (kind, source, preset)) != 1:
        raise UsageError(PARAM_HINT, what="name one KIND, or --from FILE, or --preset NAME")
    elif kind is not None:
        add_kind(frame, kind, params or [], only_try=dry_run)
    else:
        add_file(frame, str(source), only_try=dry_run)


@app.command()
def show(context: typer.Context, rule: RuleName) -> None:
    """Show one rule: its terms, what waits, and its last breaches."""
    from coach.engine.api.pages import ListPage
    from coach.engine.api.promises import breaches as breaches_api
    from coach.engine.api.promises import rules as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.view(session, rule)
        last = list(breaches_api.stream(session, rule, page=ListPage(newest=LAST_BREACHES)))
    frame.show(shown(found, last[::-1], frame.zone))


@app.command()
def edit(
    context: typer.Context,
    rule: RuleName,
    params: Words = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept.")] = "",
) -> None:
    """Change a rule, or its note=, expires= and lock_hours=.

    \b
      coach rules edit cooldown_after_loss minutes=45 --reason "30 was too short"
      coach rules edit max_trades_per_day lock_hours=72

    What loosens a locked rule waits; tightening is immediate. Every change is a revision:
    coach rules history RULE shows them, coach rules rollback RULE takes the last one back.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.promises import rules as api

    frame = frame_of(context)
    words = read_params(params or [])
    with frame.session() as session:
        terms = terms_among(words, frame.zone, session.clock())
        changed = api.edit(session, rule, words, terms, reason)
    frame.show(one("rules edit", changed, frame.zone))


@app.command("list")
def rules(context: typer.Context, after: After = None, limit: Limit = None) -> None:
    """List the rules, and how often each was broken."""
    from coach.engine.api.promises import rules as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.rules(session)
    frame.show(page(answer(found, zone=frame.zone), "id", after, limit))


@app.command()
def breaches(
    context: typer.Context,
    rule: Annotated[
        str | None, typer.Argument(metavar="RULE", help="Its id; without one, of all rules.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Day, week, time, or 30d.")
    ] = None,
    after: After = None,
    limit: Limit = None,
    last: Last = None,
) -> None:
    """List where the rules were broken, oldest first, with the fills.

    \b
      coach rules breaches
      coach rules breaches cooldown_after_loss --since 30d
      coach rules breaches --last 10
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.promises import breaches as api
    from coach.engine.api.promises.commitments import standing_for
    from coach.wording import moments

    frame = frame_of(context)
    page_of_list = list_page(after, limit, last)
    with frame.session() as session:
        begin = moments.since(since, frame.zone, session.clock())
        found = api.stream(session, rule, begin, page_of_list)
        if frame.output.as_a_table:
            listed = list(found)
            signed = standing_for(session, {one.rule_id for one in listed})
            frame.show(breaches_answer(listed, signed))
        else:
            frame.output.write_each("rules breaches", views.BREACHES, each_breach(found))


@app.command()
def pause(context: typer.Context, rule: RuleName) -> None:
    """Pause a rule; what it saw stays."""
    _set_active(context, rule, active=False)


@app.command()
def resume(context: typer.Context, rule: RuleName) -> None:
    """Resume a rule; it is held against what it missed."""
    _set_active(context, rule, active=True)


@app.command()
def remove(context: typer.Context, rule: RuleName) -> None:
    """Drop a rule and its breaches."""
    from coach.engine.api.promises import rules as api

    frame = frame_of(context)
    with frame.session() as session:
        gone = api.remove(session, rule)
    frame.show(removed(gone, frame.zone))


@app.command()
def schema(context: typer.Context) -> None:
    """Print the JSON Schema of a rule."""
    from coach.engine.api.promises import rules as api

    data = api.schema()
    frame_of(context).show(Answer("rules schema", data, text=json.dumps(data, indent=2)))


def _set_active(context: typer.Context, rule: str, *, active: bool) -> None:
    from coach.engine.api.promises import rules as api

    frame = frame_of(context)
    with frame.session() as session:
        changed = api.set_active(session, rule, active)
    frame.show(one("rules resume" if active else "rules pause", changed, frame.zone))


for command in (changes.history, changes.diff, changes.rollback):
    app.command()(command)
app.command()(presets)
app.command("dry-run")(runs.dry_run)
app.command()(runs.status)
app.command()(calibration.calibrate)
app.command()(calibration.proposals)
app.command()(calibration.accept)
app.command()(calibration.dismiss)
