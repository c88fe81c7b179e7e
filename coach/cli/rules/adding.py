"""`coach rules add KIND` and `--from FILE`: rules as they were typed, made or only tried."""

from typing import TYPE_CHECKING

from coach.advice.rule_words import expiry_reader, read_params, terms_among
from coach.cli.rules.answers import answer, one
from coach.cli.rules.tried import dry_run_answer
from coach.cli.rules.words import read_json

if TYPE_CHECKING:
    from coach.cli.frame import Frame
    from coach.cli.show.answers import Answer
    from coach.engine.api.promises.rules import Draft
    from coach.engine.api.session import Session


def add_kind(frame: "Frame", kind: str, params: list[str], *, only_try: bool) -> None:
    """Make a rule of a kind; `only_try` shows how often it would have been broken instead."""
    from coach.engine.api.promises import rules
    from coach.engine.api.promises.suggestions import is_habit, refuse_habit

    words = read_params(params)
    with frame.session(create=True) as session:
        if is_habit(kind):
            raise refuse_habit(kind)
        wanted = rules.Draft(kind, words, terms_among(words, frame.zone, session.clock()))
        if only_try:
            shown = _tried(session, [wanted])
        else:
            [made] = rules.add_all(session, [wanted])
            shown = one("rules add", made, frame.zone)
    frame.show(shown)


def add_file(frame: "Frame", source: str, *, only_try: bool) -> None:
    """Make the rules of a file, all or none; `only_try` shows what they would have caught."""
    from coach.engine.api.promises import rules

    given = read_json(source)
    with frame.session(create=True) as session:
        wanted = rules.drafts(given, expiry_reader(frame.zone, session.clock()))
        if only_try:
            shown = _tried(session, wanted)
        else:
            shown = answer(rules.add_all(session, wanted), "rules add", frame.zone)
    frame.show(shown)


def _tried(session: "Session", wanted: "list[Draft]") -> "Answer":
    from coach.engine.api.promises import dry_run

    return dry_run_answer(dry_run.of_drafts(session, wanted))
