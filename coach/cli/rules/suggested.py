"""`coach rules add --from HABIT`: the rule that answers a habit, tried first and then made."""

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from coach.advice.rule_page import params_text
from coach.advice.rule_words import read_params, terms_among
from coach.cli.rules.answers import one
from coach.cli.rules.tried import dry_run_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coach.cli.frame import Frame
    from coach.engine.api.promises.suggestions import RuleSuggestion
    from coach.model.events import Json

NOT_MADE = "no rule was made"
QUESTION = "Make this rule?"


def add_answer(frame: "Frame", habit: str, words: list[str], *, only_try: bool) -> None:
    """Show what the rule would have caught, and make it where the person at the terminal agrees.

    `words` are terms, and parameters in place of those that are suggested.
    """
    from coach.engine.api.promises import dry_run, rules
    from coach.engine.api.promises.suggestions import first_suggestion

    given = read_params(words)
    with frame.session(create=True) as session:
        terms = terms_among(given, frame.zone, session.clock())
        suggestion = first_suggestion(session, habit)
        wanted = rules.Draft(suggestion.kind, {**suggestion.params, **given}, terms)
        if only_try or frame.output.as_a_table:
            tried = dry_run_answer(dry_run.of_drafts(session, [wanted]))
            heading = _heading(habit, suggestion, wanted.params)
            frame.show(replace(tried, lines=(heading, *tried.lines)))
        if only_try:
            return
        if frame.output.as_a_table and not frame.sure(QUESTION):
            frame.talk.hint(NOT_MADE)
            return
        [made] = rules.add_all(session, [wanted])
    frame.show(one("rules add", made, frame.zone))


def _heading(habit: str, suggestion: "RuleSuggestion", params: "Mapping[str, object]") -> str:
    """Say which rule answers the habit, and whose its number is."""
    typed = params_text(cast("Mapping[str, Json]", params)).replace(", ", " ")
    own = suggestion.own
    chosen = bool(own) and params.get(own) == suggestion.params.get(own)
    whose = f"; {own} is from your own tagged trades" if chosen else ""
    return f"what answers {habit}: {suggestion.kind} {typed}".rstrip() + whose
