"""Rules held against the past and not kept: a read, though what is asked for is a body."""

from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends
from starlette.responses import Response

from coach.engine.api.promises import dry_run as dry_run_api
from coach.engine.api.promises import rules as rules_api
from coach.model.plain import plain
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import refuse_every
from coach.server.strict_bodies import StrictRoute
from coach.server.writes.promises import RulesBody, expiry_reader
from coach.views.rule_checks import dry_run
from coach.views.table import rows

if TYPE_CHECKING:
    from coach.engine.api.promises.dry_run import DryRun
    from coach.server.sessions import OpenSession
    from coach.settings.values import Settings

PATH = "/api/rules/dry-run"
ANSWERS = "dry-run|dry-run[]"
STORED = "rule"


class DryRunBody(RulesBody):
    """A rule as `POST /api/rules` takes it, or several; or `rule`, the id of one that is kept."""


def dry_runs(open_session: "OpenSession", settings: "Settings") -> APIRouter:
    """Return the route that holds rules against the past; it changes nothing and takes no key."""
    router = APIRouter(tags=["read"], route_class=StrictRoute)

    @router.post(
        PATH,
        summary="Hold rules against the past",
        response_class=Response,
        name=PATH,
        dependencies=[Depends(refuse_every)],
    )
    def respond(body: DryRunBody) -> Response:
        with open_session() as session:
            return answer(ApiCall(session, settings), body).response()

    return router


def answer(call: ApiCall, body: RulesBody) -> ApiAnswer:
    """Return what rules would have caught; of a single rule, that alone."""
    values = rows([dry_run(one) for one in _runs(call, body)])
    return ApiAnswer("rules dry-run", plain(values[0] if len(values) == 1 else values))


def _runs(call: ApiCall, body: RulesBody) -> "list[DryRun]":
    given = body.root
    if isinstance(given, dict) and given.keys() == {STORED}:
        return [dry_run_api.of_stored(call.session, str(given[STORED]))]
    drafts = rules_api.drafts(given, expiry_reader(call))
    return [dry_run_api.of_given(call.session, one.kind, one.params) for one in drafts]
