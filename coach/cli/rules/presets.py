"""`coach rules presets`, and a preset that is tried on the past before its rules are made."""

from typing import TYPE_CHECKING, Annotated, cast

import typer

from coach.advice.dry_runs import caught_lines
from coach.advice.rule_words import read_params, terms_among
from coach.cli.frame import frame_of
from coach.cli.rules.answers import answer
from coach.cli.rules.suggested import NOT_MADE
from coach.cli.show.answers import Answer
from coach.model.plain import plain
from coach.views import rules as views
from coach.views.rule_checks import DRY_RUNS, dry_run
from coach.views.table import Table, rows
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coach.cli.frame import Frame
    from coach.engine.api.promises.dry_run import DryRun
    from coach.engine.api.promises.presets import PresetView
    from coach.engine.api.promises.rules import Draft
    from coach.engine.api.session import Session
    from coach.model.events import Json

HOW_TO_SEE = (
    "",
    "one of them, with its source: coach rules presets swing,",
    "or coach rules presets ftmo-2-step account_size=100000",
)
OURS = "coach: round numbers"


def presets(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="One of them; without it, all.")
    ] = None,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUE", help="The account it is for.")
    ] = None,
) -> None:
    """List rules to begin with, whose they are and as of when.

    \b
      coach rules presets
      coach rules presets ftmo-2-step account_size=100000
      coach rules add --preset ftmo-2-step account_size=100000 since=2026-11-01

    A programme of a prop firm takes account_size, and currency (USD), since (the account's first
    day), reset and zone. Firms change their rules often: the firm's own page decides.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.promises import presets as api

    frame = frame_of(context)
    if name is None:
        frame.show(presets_answer(api.presets()))
        return
    frame.show(preset_answer(api.preset_view(name, _account(read_params(words or [])))))


def add_preset(frame: "Frame", name: str, words: list[str]) -> None:
    """Show how often each rule would have been broken, then make them where a person agrees.

    `words` describe the account of a programme, and the terms of the rules.
    """
    from coach.engine.api.promises import rules

    with frame.session(create=True) as session:
        preset, wanted = _wanted(frame, session, name, words)
        if frame.output.as_a_table:
            frame.show(_tried(session, preset, wanted))
            which = "these" if len(wanted) > 1 else "this"
            if not frame.sure(f"Make {which} {counted(len(wanted), 'rule')}?"):
                frame.talk.hint(NOT_MADE)
                return
        made = rules.add_all(session, wanted)
    frame.show(answer(made, "rules add", frame.zone))


def try_preset(frame: "Frame", name: str, words: list[str]) -> None:
    """Show how often each rule of a preset would have been broken, and keep nothing."""
    with frame.session() as session:
        preset, wanted = _wanted(frame, session, name, words)
        shown = _tried(session, preset, wanted)
    frame.show(shown)


def _wanted(
    frame: "Frame", session: "Session", name: str, words: list[str]
) -> "tuple[PresetView, list[Draft]]":
    from coach.engine.api.promises import presets as api
    from coach.engine.api.promises import rules

    given = read_params(words)
    terms = terms_among(given, frame.zone, session.clock())
    return api.preset_view(name, _account(given)), rules.preset(name, _account(given), terms)


def _tried(session: "Session", preset: "PresetView", wanted: "list[Draft]") -> Answer:
    from coach.engine.api.promises import dry_run as api

    return tried_answer(preset, api.of_drafts(session, wanted))


def presets_answer(found: "Sequence[PresetView]") -> Answer:
    """Return every preset; a person reads its source whole on the page of one."""
    values = rows([views.preset(one) for one in found])
    lines = [
        {**row, "source": one.source.split("/")[2] if one.source else OURS}
        for one, row in zip(found, values, strict=True)
    ]
    people = Table(views.PRESETS, lines)
    table = Table(views.PRESETS, values)
    return Answer("rules presets", list(values), table, for_people=people, below=HOW_TO_SEE)


def preset_answer(found: "PresetView") -> Answer:
    """Return one preset."""
    [value] = rows([views.preset(found)])
    lines = (*_heading(found), *(f"  {one.sentence}." for one in found.rules), *_notes(found))
    return Answer("rules presets", value, Table(views.PRESETS, [value]), lines=lines)


def tried_answer(found: "PresetView", runs: "Sequence[DryRun]") -> Answer:
    """Return how often each rule of a preset would have been broken."""
    values = rows([dry_run(one) for one in runs])
    caught = (line for one in runs for line in caught_lines(one))
    lines = (*_heading(found), *caught, *_notes(found))
    return Answer("rules dry-run", plain(values), Table(DRY_RUNS, values), lines=lines)


def _heading(found: "PresetView") -> "Iterator[str]":
    yield f"{found.name}: {found.title}"
    if found.source:
        yield f"  {found.source} as of {found.source_date}"


def _notes(found: "PresetView") -> "Iterator[str]":
    yield from (f"  note: {note}" for note in found.notes)


def _account(given: dict[str, object]) -> "dict[str, Json]":
    return cast("dict[str, Json]", given)
