"""`coach rules add --from HABIT`: the rule that answers a habit, tried first and then made."""

from typing import TYPE_CHECKING

from coach.cli.rules.answers import one
from coach.cli.rules.page import params_text
from coach.cli.rules.runs import dry_run_answer
from coach.cli.rules.words import read_params, terms_among

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from coach.cli.frame import Frame
    from coach.engine.api.promises.suggestions import RuleSuggestion

QUESTION = "Make this rule? [y/N]"


def add_answer(frame: "Frame", habit: str, words: list[str]) -> None:
    """Show what the rule would have caught, and make it where the person at the terminal agrees.

    `words` are terms, and parameters in place of those that are suggested.
    """
    from coach.engine.api.promises import dry_run, rules
    from coach.engine.api.promises.suggestions import first_suggestion

    given = read_params(words)
    with frame.session(create=True) as session:
        terms = terms_among(given, frame.zone, session.clock())
        suggestion = first_suggestion(session, habit)
        params = {**suggestion.params, **given}
        tried = dry_run.of_given(session, suggestion.kind, params)
        if frame.output.as_a_table:
            frame.show(dry_run_answer([tried]))
            if not frame.sure(QUESTION):
                return
        made = rules.add(session, suggestion.kind, params, terms)
    frame.show(one("rules add", made, frame.zone))


def suggestion_lines(suggestions: "Iterable[RuleSuggestion]") -> "Iterator[str]":
    """Yield each rule that answers a habit, as the command that tries it."""
    for found in suggestions:
        params = params_text(found.params).replace(", ", " ")
        yield f"a rule that answers it: coach rules dry-run {found.kind} {params}".rstrip()
