"""Checks that were kept, and what was signed for a breach."""

from typing import Annotated

from pydantic import Field

from coach.engine.api.promises import check_history
from coach.engine.api.promises import commitments as commitments_api
from coach.errors import UsageError
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NewestQuery, NoQuery, Since, Symbol, Until
from coach.views.promises import checks as check_views
from coach.views.promises import commitments as commitment_views
from coach.views.table import json_row, rows


class ChecksQuery(NewestQuery):
    """Which checks."""

    since: Since = None
    until: Until = None
    symbol: Symbol = None


class CommitmentsQuery(NewestQuery):
    """Which commitments."""

    words: Annotated[tuple[str, ...], Field(description="That hold all of them; repeat.")] = ()
    rule: Annotated[str | None, Field(description="Those that its breach shows.")] = None
    removed: Annotated[bool, Field(description="Those that were removed, instead.")] = False


def checks(call: ApiCall, query: ChecksQuery) -> ApiAnswer:
    """Return the checks that were kept, with what was done after each."""
    symbol = query.symbol.upper() if query.symbol else None
    wanted = check_history.CheckFilter(
        call.since(query.since), call.until(query.until), symbol, query.page
    )
    found = check_history.history(call.session, wanted)
    return ApiAnswer("check", json_row(check_views.check_history(found)))


def commitments(call: ApiCall, query: CommitmentsQuery) -> ApiAnswer:
    """Return what was signed to be read at a breach, by number."""
    if query.words and not any(word.strip() for word in query.words):
        raise UsageError("leave words out to see all", what="which words?")
    wanted = commitments_api.CommitmentFilter(query.words, query.rule, query.removed, query.page)
    found = commitments_api.commitments(call.session, wanted)
    listed = rows([commitment_views.commitment(one) for one in found])
    command = "commit search" if query.words else "commit list"
    return ApiAnswer(command, list(listed))


def commitment(call: ApiCall, _: NoQuery, commitment: str) -> ApiAnswer:
    """Return one commitment, also a removed one."""
    found = commitments_api.commitment_named(call.session, commitment_number(commitment))
    return ApiAnswer("commit show", json_row(commitment_views.commitment(found)))


def commitment_number(text: str) -> int:
    """Return the number of a commitment; 0, which none has, for a text that is none."""
    return int(text) if text.isascii() and text.isdecimal() else 0
