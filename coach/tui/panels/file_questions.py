"""What a file cannot say, asked one question after the other: clock, columns, currency, words."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from coach.advice.hints import message_of
from coach.engine.api.statements import asked
from coach.errors import UnknownClock
from coach.tui.prompts.choice import ChoicePrompt
from coach.tui.prompts.line import LinePrompt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import App

    from coach.engine.api.imports import ImportRequest
    from coach.errors import CoachError

LETTERS = "abcdefghijklmnoprstuvwxzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
"""Those that name columns; y goes on and q leaves."""
NONE = ("-", "none of them")
ON_WHICH_CLOCK = "On which clock are its times, such as Europe/Madrid or UTC?"
KEPT_AS = "Once it is imported, files like it are read in the same way. Keep that as"
WHAT_IS_WHAT = "Which column is what? y goes on, a letter changes one."


class FileQuestions:
    """The questions of one refusal; `note` says what was wrong with what was answered before."""

    def __init__(self, app: "App[Any]", note: str, columns: "Mapping[str, str]") -> None:
        self._app, self._note, self._named = app, note, dict(columns)

    async def answer(
        self, trouble: "CoachError", request: "ImportRequest"
    ) -> "ImportRequest | None":
        """Return the request with a person's answers; None where they leave or nothing is asked."""
        if isinstance(trouble, UnknownClock) and not request.zone:
            typed = await self._typed(f"{message_of(trouble)}\n\n{ON_WHICH_CLOCK}")
            return replace(request, zone=typed) if typed else None
        if not request.columns and (columns := asked.proposed_columns(trouble)):
            named = await self._columns(trouble, self._named or columns)
            return await self._kept(replace(request, columns=named)) if named else None
        answers = dict(request.answers)
        for question in asked.questions(trouble):
            if question.choices:
                reply = await self._chosen(question.text, question.choices)
            else:
                reply = await self._typed(question.text)
            if not reply:
                return None
            answers[asked.answer_name(question)] = reply
        return replace(request, answers=answers) if answers != request.answers else None

    async def _kept(self, request: "ImportRequest") -> "ImportRequest | None":
        """Return the request with the name under which its columns are kept, and its account is."""
        proposed = asked.mapping_name(request.label)
        typed = await self._app.push_screen_wait(LinePrompt(KEPT_AS, proposed))
        return None if typed is None else replace(request, save=typed.strip() or proposed)

    async def _columns(
        self, trouble: "CoachError", proposed: dict[str, str]
    ) -> dict[str, str] | None:
        """Return what each column is once somebody agrees; what coach did not find is asked."""
        header, named = asked.header(trouble), dict(proposed)
        why = self._with_note(message_of(trouble))
        for field in asked.missing_fields(trouble):
            if field not in named:
                column = await self._column(field, header, f"{why}\n\n")
                if column is None:
                    return None
                named[field] = column
        fields = dict(zip(LETTERS, dict.fromkeys([*named, *asked.USUAL_FIELDS]), strict=False))
        question = f"{why}\n\n{WHAT_IS_WHAT}"
        while True:
            shown = [
                (letter, f"{field:14} {named.get(field) or '-'}")
                for letter, field in fields.items()
            ]
            agree = ("y", "these are my columns")
            taken = await self._app.push_screen_wait(ChoicePrompt(question, [agree, *shown]))
            if taken is None or taken == "y":
                return None if taken is None else {one: at for one, at in named.items() if at}
            changed = await self._column(fields[taken], header)
            named[fields[taken]] = named.get(fields[taken], "") if changed is None else changed

    async def _column(self, field: str, header: tuple[str, ...], why: str = "") -> str | None:
        """Return the column of a field, empty for none; None where the question is left."""
        letters = dict(zip(LETTERS, header, strict=False))
        question = f"{why}Which column is the {field}?"
        answers = [*letters.items(), NONE]
        taken = await self._app.push_screen_wait(ChoicePrompt(question, answers))
        return None if taken is None else letters.get(taken, "")

    async def _chosen(self, text: str, choices: tuple[str, ...]) -> str | None:
        keys = dict(zip("123456789", choices, strict=False))
        prompt = ChoicePrompt(self._with_note(text), list(keys.items()))
        taken = await self._app.push_screen_wait(prompt)
        return None if taken is None else keys[taken]

    async def _typed(self, text: str) -> str | None:
        typed = await self._app.push_screen_wait(LinePrompt(self._with_note(text)))
        return typed and typed.strip()

    def _with_note(self, text: str) -> str:
        return f"{self._note}\n\n{text}" if self._note else text
