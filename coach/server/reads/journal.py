"""What the trader said: labels, plans, answers, notes; and what was noted of it: events, audit."""

import re
from dataclasses import replace
from itertools import islice
from typing import Annotated

from pydantic import Field

from coach.engine.api import events as events_api
from coach.engine.api import notes as notes_api
from coach.engine.api.keys import audit as audit_api
from coach.engine.api.promises import labels as labels_api
from coach.engine.api.promises import plans as plans_api
from coach.engine.api.promises import questions as questions_api
from coach.engine.api.trades import require_symbol
from coach.errors import UsageError
from coach.model.events import EventId
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import (
    NewestQuery,
    NoQuery,
    PageQuery,
    RouteQuery,
    Since,
    Symbol,
    Until,
)
from coach.views import events as event_views
from coach.views import labels as label_views
from coach.views import notes as note_views
from coach.views import plans as plan_views
from coach.views.reasons import reason_question
from coach.views.security import audit as audit_views
from coach.views.table import json_row, rows

EVENT_ID = re.compile(r"[0-9A-Za-z]{26}")
MOST_EVENTS = 1000


class NotesQuery(NewestQuery):
    """Which notes."""

    words: Annotated[
        tuple[str, ...], Field(description="Notes that hold all of them; repeat.")
    ] = ()
    since: Since = None
    until: Until = None
    symbol: Symbol = None
    removed: Annotated[bool, Field(description="Those that were removed, instead.")] = False


class EventsQuery(RouteQuery):
    """Which events: after an id or since a time, up to one, of some types."""

    since: Annotated[str | None, Field(description="The id of the last one seen, or a time.")] = (
        None
    )
    until: Annotated[str | None, Field(description="The id of the last one wanted, or a time.")] = (
        None
    )
    type: Annotated[
        tuple[str, ...], Field(description="Such as rule.breached or rule.; repeat.")
    ] = ()
    limit: Annotated[int, Field(ge=1, le=MOST_EVENTS, description="The oldest so many.")] = 200


class VerificationQuery(RouteQuery):
    """The end of the chain that was kept elsewhere."""

    head: Annotated[str, Field(description="NUMBER:HASH")] = ""


def labels(call: ApiCall, _: PageQuery) -> ApiAnswer:
    """Return what the trader said of single trades."""
    found = labels_api.labels(call.session)
    gone = labels_api.labels_of_gone_trades(call.session)
    values = [
        label_views.listed_label(one, trade_gone=is_gone)
        for some, is_gone in ((found, False), (gone, True))
        for one in some
    ]
    return ApiAnswer("label --list", list(rows(values)), label_views.gone_sentences(gone))


def label_questions(call: ApiCall, _: PageQuery) -> ApiAnswer:
    """Return the open questions of the week: about random trades, then about rules."""
    found, asked = labels_api.questions(call.session), questions_api.open_questions(call.session)
    values = [
        *map(label_views.open_question, found),
        *map(label_views.open_reason_question, asked),
    ]
    return ApiAnswer("label questions", list(rows(values)))


def plans(call: ApiCall, _: PageQuery) -> ApiAnswer:
    """Return what was declared beforehand, and the styles that were confirmed."""
    found, styles = plans_api.plans(call.session), questions_api.styles(call.session)
    values = [*map(plan_views.declared_plan, found), *map(plan_views.style, styles)]
    return ApiAnswer("plans list", list(rows(values)))


def questions(call: ApiCall, _: PageQuery) -> ApiAnswer:
    """Return what coach asks about rules of the trader's: open, answered, lapsed."""
    found = questions_api.questions(call.session)
    return ApiAnswer("plans questions", list(rows([reason_question(asked) for asked in found])))


def notes(call: ApiCall, query: NotesQuery) -> ApiAnswer:
    """Return the notes, oldest day or opening of a trade first."""
    if query.words and not any(word.strip() for word in query.words):
        raise UsageError("leave words out to see all", what="which words?")
    symbol = query.symbol.upper() if query.symbol else None
    wanted = notes_api.NoteFilter(
        query.words,
        call.since(query.since),
        call.until(query.until),
        symbol,
        query.removed,
        query.page,
    )
    found = notes_api.notes(call.session, wanted, call.zone)
    if symbol and not found:
        require_symbol(call.session, symbol)
    command = "note search" if query.words else "note list"
    return ApiAnswer(command, list(rows([note_views.written_note(note) for note in found])))


def events(call: ApiCall, query: EventsQuery) -> ApiAnswer:
    """Return what changed, in order and without a gap; the last id is where to go on."""
    choice, after = replace(events_api.EVERYTHING, types=events_api.types_named(query.type)), None
    since, until = (text.strip() if text else None for text in (query.since, query.until))
    if since and EVENT_ID.fullmatch(since):
        after = since
    elif begin := call.since(since):
        choice = replace(choice, since=begin)
    if until and EVENT_ID.fullmatch(until):
        choice = replace(choice, last=EventId(until))
    elif end := call.until(until):
        choice = replace(choice, until=end)
    found = islice(events_api.every(call.session, after, choice), query.limit)
    return ApiAnswer("events", list(rows([event_views.event(one) for one in found])))


def devices(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return who follows under a name, and how far behind."""
    found = events_api.device_positions(call.session)
    return ApiAnswer(
        "events devices", list(rows([event_views.device_position(one) for one in found]))
    )


def audit(call: ApiCall, query: NewestQuery) -> ApiAnswer:
    """Return who did what, the newest first."""
    found = audit_api.events(call.session, query.page)
    names = audit_api.actor_names(call.session, found)
    return ApiAnswer("audit", list(rows([audit_views.audit_event(one, names) for one in found])))


def audit_head(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return the end of the chain, to be kept elsewhere."""
    return ApiAnswer("audit head", json_row(audit_views.audit_head(audit_api.head(call.session))))


def audit_verification(call: ApiCall, query: VerificationQuery) -> ApiAnswer:
    """Return whether the chain is whole, recomputed."""
    exported = audit_api.parse_head(query.head) if query.head else None
    found = audit_api.verify(call.session, exported)
    return ApiAnswer("audit verify", json_row(audit_views.audit_verification(found)))
