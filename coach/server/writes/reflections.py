"""Asking the Rational Future Self, and choosing how it speaks.

A model may take a minute: a question is a job. Its answer comes as a `coach.reflect` event, and
`GET /api/reflections/ID` has it with what it rests on; the job's result names that id.
"""

from typing import Annotated

from pydantic import Field

from coach.engine.api import notes as notes_api
from coach.engine.api.jobs import requests
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.writes.body import NoBody, RequestBody
from coach.server.writes.journal import answered_note, numbered
from coach.views import jobs as job_views
from coach.views.table import json_row


class QuestionOfYoursBody(RequestBody):
    """A question; without one the answer says how things stand."""

    question: Annotated[str, Field(description="In your words.")] = ""
    after: Annotated[
        str, Field(description="The id of the answer before it in a conversation.")
    ] = ""


def ask(call: ApiCall, body: QuestionOfYoursBody) -> ApiAnswer:
    """Ask the Rational Future Self: a job, whose answer is told as an event."""
    found = requests.ask_for_reflection(call.session, body.question, body.after)
    return ApiAnswer("jobs show", json_row(job_views.job(found)))


def share_note(call: ApiCall, _: NoBody, number: str) -> ApiAnswer:
    """Let the language model read a note."""
    return answered_note("note share", notes_api.share(call.session, numbered(number)))


def unshare_note(call: ApiCall, _: NoBody, number: str) -> ApiAnswer:
    """Let no language model read a note any more."""
    return answered_note("note unshare", notes_api.unshare(call.session, numbered(number)))
