"""Leaving a fill out, and taking it back."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from coach.engine.api.fills import single
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.writes.body import RequestBody
from coach.views.holdings import fills as views
from coach.views.table import json_row

if TYPE_CHECKING:
    from coach.engine.api.fills.single import FillChange

Account = Annotated[str | None, Field(description="Where two accounts hold a fill of one id.")]


class LeaveOutBody(RequestBody):
    """Why a fill does not count."""

    reason: Annotated[str, Field(description="It is kept, and stands in the event.")]
    account: Account = None


class TakeBackBody(RequestBody):
    """In which account the fill is."""

    account: Account = None


def leave_out(call: ApiCall, body: LeaveOutBody, fill: str) -> ApiAnswer:
    """Leave a fill out for good: it counts for nothing until it is taken back."""
    change = single.leave_out(call.session, fill, body.reason, body.account)
    return _changed("fills leave-out", change)


def take_back(call: ApiCall, body: TakeBackBody, fill: str) -> ApiAnswer:
    """Let a fill count again that was left out."""
    change = single.take_back(call.session, fill, body.account)
    return _changed("fills take-back", change)


def _changed(command: str, change: "FillChange") -> ApiAnswer:
    row = json_row(views.fill_history(change.history))
    return ApiAnswer(command, row, views.unchanged_fill(command, change))
