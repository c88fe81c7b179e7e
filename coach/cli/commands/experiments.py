"""`coach experiments`: weeks with a rule and weeks without, and what the difference is."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Limit, page
from coach.cli.show.screen import wrapped
from coach.views import experiments as views
from coach.views.table import Table, json_row, rows
from coach.wording.experiments import (
    describe_early_end,
    describe_evidence,
    describe_registration,
    describe_start,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.promises.experiments import ExperimentView, Result

NARROW = 79

app = sub_app("Weeks with a rule and weeks without.")
Name = Annotated[str, typer.Argument(metavar="ID", help="Its id, or how that begins.")]


@app.command()
def start(
    context: typer.Context,
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Its id, as coach rules list shows.")],
    weeks: Annotated[int, typer.Option(metavar="N", help="An even number, 8 or more.")],
    outcome: Annotated[
        str, typer.Option(metavar="WHAT", help="net, return, breaches or entries.")
    ] = "net",
    quote: Annotated[
        str | None, typer.Option(metavar="CURRENCY", help="Which money, where you use several.")
    ] = None,
) -> None:
    """Register an experiment on a rule; it begins next Monday.

    \b
      coach experiments start cooldown_after_loss --weeks 12
      coach experiments start max_trades_per_day --weeks 16 --outcome entries

    What is registered cannot be changed afterwards.

    \b
    Outcomes, of the trades opened in a week:
      net       what they made, in money
      return    what they made, by their notional
      breaches  how many broke the rule
      entries   how many there were
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.promises import experiments as api

    frame = frame_of(context)
    with frame.session() as session:
        made = api.start(session, rule, api.ExperimentRequest(weeks, outcome, quote))
    frame.show(started(made))


@app.command("list")
def experiments(context: typer.Context, after: After = None, limit: Limit = None) -> None:
    """List the experiments, oldest first."""
    from coach.engine.api.promises import experiments as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.experiments(session)
    frame.show(page(answer(found), "id", after, limit))


@app.command()
def show(context: typer.Context, experiment: Name) -> None:
    """Show what was registered, and the weeks so far."""
    from coach.engine.api.promises import experiments as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.view(session, experiment)
    frame.show(shown(found))


@app.command()
def stop(context: typer.Context, experiment: Name) -> None:
    """End an experiment early; its result will say so."""
    from coach.engine.api.promises import experiments as api

    frame = frame_of(context)
    with frame.session() as session:
        ended = api.stop(session, experiment)
    frame.show(card("experiments stop", ended))


@app.command()
def result(context: typer.Context, experiment: Name) -> None:
    """Show the result, or how it stands so far."""
    from coach.engine.api.promises import experiments as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.result(session, experiment)
    frame.show(card("experiments result", found))


def started(view: "ExperimentView") -> Answer:
    """Return an experiment that was just registered."""
    one = view.experiment
    sentence = describe_start(one.id, one.rule_id, view.registered.weeks)
    data = json_row(views.registered_experiment(view))
    table = Table(views.EXPERIMENTS, [data])
    return Answer(
        "experiments start", data, table, lines=(sentence,), warnings=views.overlap_sentences(view)
    )


def answer(found: "list[ExperimentView]") -> Answer:
    """Return all experiments."""
    values = rows([views.experiment(view) for view in found])
    return Answer(
        "experiments list", list(values), Table(views.EXPERIMENTS, values, "no experiments")
    )


def shown(view: "ExperimentView") -> Answer:
    """Return one experiment: what is registered, and its weeks so far.

    The weeks to come stand in the registration alone: they are better not known beforehand.
    """
    weeks = rows([views.experiment_week(one) for one in view.weeks])
    data = json_row(views.experiment_weeks(view))
    return Answer(
        "experiments show",
        data,
        Table(views.WEEKS, weeks, f"begins with {view.registered.weeks[0]}"),
        below=("", *_wrapped(_registration_lines(view))),
        warnings=views.overlap_sentences(view),
    )


def card(command: str, found: "Result") -> Answer:
    """Return a result card: the sentence, whether the rule was kept, the weeks."""
    card: dict[str, Any] = found.card
    data = json_row(views.experiment_result(found))
    return Answer(
        command,
        data,
        Table(views.RESULT_WEEKS, card["weeks"], "no whole block of weeks is over yet"),
        below=("", *_wrapped(_card_lines(found))),
        warnings=(*found.deviations, *views.overlap_sentences(found.view)),
    )


def _card_lines(found: "Result") -> "Iterator[str]":
    card: dict[str, Any] = found.card
    yield card["verdict"]
    if card["weeks_counted"]:
        yield card["compliance"]["told"]
        yield describe_evidence(card["evidence"], card["evidence_needed"])
    if found.early:
        yield describe_early_end(card["weeks_registered"])
    yield from _registration_lines(found.view)


def _registration_lines(view: "ExperimentView") -> "Iterator[str]":
    one = view.experiment
    return describe_registration(json.loads(one.registration), one.sha256)


def _wrapped(lines: "Iterator[str]") -> "Iterator[str]":
    for line in lines:
        yield from wrapped(line, NARROW)
