"""What the trader says: labels, plans, answers, notes."""

from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from coach.engine.api import events as events_api
from coach.engine.api import notes as notes_api
from coach.engine.api.promises import labels as labels_api
from coach.engine.api.promises import plans as plans_api
from coach.engine.api.promises import questions as questions_api
from coach.errors import Invalid
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.writes.body import NoBody, RequestBody, exact
from coach.views import events as event_views
from coach.views import labels as label_views
from coach.views import notes as note_views
from coach.views import plans as plan_views
from coach.views.reasons import reason_question
from coach.views.table import json_row
from coach.wording import moments

if TYPE_CHECKING:
    from datetime import date

    from coach.model.journal.notes import NotedTrade

Reply = Annotated[str, Field(description="yes, no or unsure.")]
NoteText = Annotated[str, Field(description="What to remember.")]


class LabelBody(RequestBody):
    """Whether a trade was a habit."""

    trade: Annotated[str, Field(description="Its id, or the beginning of it.")]
    bias: Annotated[str, Field(description="The habit.")]
    answer: Reply
    reason: Annotated[str, Field(description="Why.")] = ""


class PlanBody(RequestBody):
    """A plan, with what its kind takes."""

    kind: Annotated[str, Field(description="dca, momentum, only, night_shift, stop or target.")]
    symbols: tuple[str, ...] = ()
    percent: Annotated[str | None, Field(description="From the entry.")] = None
    start: Annotated[str, Field(description="HH:MM")] = ""
    end: Annotated[str, Field(description="HH:MM")] = ""


class AnswerBody(RequestBody):
    """Whether a rule is the trader's."""

    answer: Reply


class NoteBody(RequestBody):
    """A note on a trade or on a day."""

    text: NoteText
    trade: Annotated[str | None, Field(description="Its id, or the beginning of it.")] = None
    day: Annotated[str | None, Field(description="Such as 2026-03-04, or today.")] = None

    @model_validator(mode="after")
    def _is_on_one_thing(self) -> Self:
        if (self.trade is None) == (self.day is None):
            raise ValueError("name a trade or a day")
        return self


class NoteTextBody(RequestBody):
    """Another text of a note."""

    text: NoteText


def give_label(call: ApiCall, body: LabelBody) -> ApiAnswer:
    """Say whether a trade was that habit."""
    kept = labels_api.label(call.session, body.trade, body.bias, body.answer, body.reason)
    return ApiAnswer("label", json_row(label_views.given_label(kept)))


def take_label_back(call: ApiCall, _: NoBody, trade: str, bias: str) -> ApiAnswer:
    """Take an answer about a trade back."""
    gone = labels_api.remove(call.session, trade, bias)
    return ApiAnswer("label --remove", json_row(label_views.given_label(gone)))


def add_plan(call: ApiCall, body: PlanBody) -> ApiAnswer:
    """Declare a plan."""
    wanted = plans_api.PlanRequest(
        body.symbols, exact("percent", body.percent), body.start, body.end
    )
    return _plan("plans add", plans_api.add(call.session, body.kind, wanted))


def remove_plan(call: ApiCall, _: NoBody, plan: str) -> ApiAnswer:
    """Drop a plan, or take an answer back."""
    answered = questions_api.find_question(call.session, plan)
    if answered is None:
        return _plan("plans remove", plans_api.remove(call.session, plan))
    return _question("plans remove", questions_api.take_back(call.session, answered))


def answer_question(call: ApiCall, body: AnswerBody, question: str) -> ApiAnswer:
    """Say whether a rule is the trader's."""
    return _question("plans answer", questions_api.answer(call.session, question, body.answer))


def add_note(call: ApiCall, body: NoteBody) -> ApiAnswer:
    """Write a note on a trade or a day."""
    change = notes_api.add(call.session, _subject(call, body), body.text)
    return answered_note("note add", change)


def forget_device(call: ApiCall, _: NoBody, device: str) -> ApiAnswer:
    """Forget how far a reader is; it begins anew."""
    events_api.forget_device(call.session, device)
    return ApiAnswer("events forget", json_row(event_views.forgotten_device(device)))


def edit_note(call: ApiCall, body: NoteTextBody, number: str) -> ApiAnswer:
    """Change the text of a note."""
    return answered_note("note edit", notes_api.edit(call.session, numbered(number), body.text))


def remove_note(call: ApiCall, _: NoBody, number: str) -> ApiAnswer:
    """Remove a note."""
    return answered_note("note remove", notes_api.remove(call.session, numbered(number)))


def restore_note(call: ApiCall, _: NoBody, number: str) -> ApiAnswer:
    """Bring a removed note back."""
    return answered_note("note restore", notes_api.restore(call.session, numbered(number)))


def _subject(call: ApiCall, body: NoteBody) -> "NotedTrade | date":
    if body.trade is not None:
        return notes_api.subject(call.session, body.trade)
    day = moments.named_day(str(body.day), call.zone, call.session.clock())
    if day is None:
        raise Invalid("day", f"not {body.day!r}", "one day", example="2026-03-04")
    return day


def numbered(text: str) -> int:
    """Return the number of a note; one that no column holds stands for a text that is none."""
    return int(text) if text.isascii() and text.isdecimal() else 0


def answered_note(command: str, change: "notes_api.NoteChange") -> ApiAnswer:
    """Return a note after a request, and why nothing changed where nothing did."""
    note = json_row(note_views.written_note(change.note))
    return ApiAnswer(command, note, note_views.unchanged_sentences(command, change))


def _plan(command: str, change: "plans_api.PlanChange") -> ApiAnswer:
    return ApiAnswer(command, json_row(plan_views.declared_plan(change.plan)), change.warnings)


def _question(command: str, change: "questions_api.QuestionChange") -> ApiAnswer:
    return ApiAnswer(command, json_row(reason_question(change.question)), change.warnings)
