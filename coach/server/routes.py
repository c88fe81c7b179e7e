"""Every route that reads, in one table; each answers what a command answers."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Annotated, Any, cast

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.published.schemas import JSON_SCHEMA
from coach.server.reads import (
    backups,
    channels,
    entries,
    guard,
    history,
    holdings,
    insights,
    journal,
    kept_checks,
    promises,
    reflections,
)
from coach.server.reads.query import (
    NewestQuery,
    NoQuery,
    OwnPageQuery,
    PageQuery,
    RouteQuery,
    refuse_repeated,
)
from coach.views.candles import COVERAGE_KEY
from coach.views.labels import LABEL_KEY, QUESTION_KEY
from coach.views.paging import rows_of_page
from coach.views.rules import BREACH_KEY, REVISION_KEY

if TYPE_CHECKING:
    from coach.model.events import Json
    from coach.server.sessions import OpenSession
    from coach.settings.values import Settings

NAMED = re.compile(r"{(\w+)}")
Read = Callable[..., ApiAnswer]


@dataclass(frozen=True, slots=True)
class ReadRoute:
    """A path, what it answers with, and the parameters that it takes beside those of the path.

    `answers` are the nouns of its data, as `published.schemas` reads them. The rows of a list that
    is read page by page are named by their `key`.
    """

    path: str
    answers: str
    read: Read
    query: type[RouteQuery] = NoQuery
    key: str = ""


READS = (
    ReadRoute("/api/status", "status", history.status),
    ReadRoute("/api/accounts", "account[]", history.accounts, PageQuery, "name"),
    ReadRoute("/api/imports", "import[]", history.import_list, PageQuery, "run_id"),
    ReadRoute(
        "/api/trades", "trade[]|open-trade[]", history.round_trips, history.TradesQuery, "id"
    ),
    ReadRoute("/api/coverage", "coverage[]", holdings.coverage, holdings.CoverageQuery, "id"),
    ReadRoute("/api/fills", "fill[]", holdings.fills, holdings.FillsQuery, "id"),
    ReadRoute("/api/fills/{fill}", "fill-history", holdings.fill, holdings.FillQuery),
    ReadRoute(
        "/api/pnl/{currency}",
        "converted-trade[]",
        holdings.converted_trades,
        holdings.CoverageQuery,
        "trade_id",
    ),
    ReadRoute("/api/pnl", "profit", history.pnl, history.ProfitQuery),
    ReadRoute("/api/entries", "entry[]", entries.entries, entries.EntriesQuery, "id"),
    ReadRoute("/api/reconcile", "reconciliation", entries.reconcile, entries.ReconcileQuery),
    ReadRoute("/api/biases", "finding[]", insights.biases, insights.FindingsQuery),
    ReadRoute(
        "/api/why/{what}", "bias-evidence|trade-evidence", insights.why, insights.EvidenceQuery
    ),
    ReadRoute("/api/tags", "tag[]", insights.tags, insights.TagsQuery, "id"),
    ReadRoute("/api/labels", "listed-label[]", journal.labels, PageQuery, LABEL_KEY),
    ReadRoute(
        "/api/labels/questions", "question[]", journal.label_questions, PageQuery, QUESTION_KEY
    ),
    ReadRoute("/api/plans", "plan[]", journal.plans, PageQuery, "id"),
    ReadRoute("/api/questions", "reason-question[]", journal.questions, PageQuery, "id"),
    ReadRoute("/api/notes", "note[]", journal.notes, journal.NotesQuery, "id"),
    ReadRoute("/api/rules", "rule-view[]", promises.rules, PageQuery, "id"),
    ReadRoute("/api/rules/status", "rule-standing[]", promises.standing, promises.StandingQuery),
    ReadRoute(
        "/api/rules/breaches", "breach[]", promises.breaches, promises.BreachesQuery, BREACH_KEY
    ),
    ReadRoute(
        "/api/rules/history", "revision[]", promises.history, promises.HistoryQuery, REVISION_KEY
    ),
    ReadRoute(
        "/api/rules/proposals", "proposal[]", promises.proposals, promises.ProposalsQuery, "id"
    ),
    ReadRoute("/api/rules/schema", JSON_SCHEMA, promises.rule_schema),
    ReadRoute("/api/rules/presets", "preset[]", promises.preset_list),
    ReadRoute("/api/rules/{rule_id}", "rule-view", promises.rule),
    ReadRoute(
        "/api/rules/{rule_id}/diff",
        "revision-difference[]",
        promises.differences,
        promises.DifferenceQuery,
    ),
    ReadRoute("/api/guard", "guard", guard.guard),
    ReadRoute("/api/check", "check", promises.check, promises.CheckQuery),
    ReadRoute("/api/checks", "check-history", kept_checks.checks, kept_checks.ChecksQuery),
    ReadRoute(
        "/api/commitments",
        "commitment[]",
        kept_checks.commitments,
        kept_checks.CommitmentsQuery,
        "id",
    ),
    ReadRoute("/api/commitments/{commitment}", "commitment", kept_checks.commitment),
    ReadRoute("/api/simulate", "simulation", insights.simulation, insights.SimulationQuery),
    ReadRoute("/api/experiments", "experiment[]", promises.experiments, PageQuery, "id"),
    ReadRoute("/api/experiments/{experiment_id}", "experiment-weeks", promises.experiment),
    ReadRoute(
        "/api/experiments/{experiment_id}/result", "experiment-result", promises.experiment_result
    ),
    ReadRoute("/api/digests", "digest", insights.digest, insights.DigestQuery),
    ReadRoute(
        "/api/digests/{week}/verification", "digest-verification", insights.digest_verification
    ),
    ReadRoute("/api/candles", "candle-coverage[]", history.candle_list, PageQuery, COVERAGE_KEY),
    ReadRoute(
        "/api/candles/sources", "candle-sources", history.candle_sources, history.SourcesQuery
    ),
    ReadRoute("/api/events", "event[]", journal.events, journal.EventsQuery),
    ReadRoute("/api/events/devices", "device-position[]", journal.devices),
    ReadRoute(
        "/api/reflections",
        "reflection[]",
        reflections.reflections,
        reflections.ReflectionsQuery,
    ),
    ReadRoute("/api/reflections/usage", "model-usage", reflections.usage, reflections.UsageQuery),
    ReadRoute("/api/reflections/{reflection}", "reflection", reflections.reflection),
    ReadRoute("/api/channels", "channel[]", channels.channels),
    ReadRoute("/api/deliveries", "delivery[]", channels.log),
    ReadRoute("/api/backups", "backup[]", backups.backups),
    ReadRoute("/api/jobs", "job[]", history.job_list, PageQuery, "run_id"),
    ReadRoute("/api/jobs/{run}", "job", history.job),
    ReadRoute("/api/audit", "audit[]", journal.audit, NewestQuery, "n"),
    ReadRoute("/api/audit/head", "audit-head", journal.audit_head),
    ReadRoute(
        "/api/audit/verification",
        "audit-verification",
        journal.audit_verification,
        journal.VerificationQuery,
    ),
)
"""The more exact path stands first where two could answer."""


def reading(
    open_session: "OpenSession",
    settings: "Settings",
    routes: Sequence[ReadRoute] = READS,
    *,
    published: bool = True,
) -> APIRouter:
    """Return the routes that read, each over a session of its own in a thread."""
    router = APIRouter(tags=["read"])
    for route in routes:
        summary = (route.read.__doc__ or "").removeprefix("Return ").rstrip(".")
        router.get(
            route.path,
            summary=summary[:1].upper() + summary[1:],
            response_class=Response,
            name=route.path,
            include_in_schema=published,
        )(_endpoint(route, open_session, settings))
    return router


def _endpoint(
    route: ReadRoute, open_session: "OpenSession", settings: "Settings"
) -> Callable[..., Response]:
    """Return a function whose signature says what the route takes."""
    names = NAMED.findall(route.path)

    def respond(request: Request, query: RouteQuery, **named: str) -> Response:
        refuse_repeated(request, route.query)
        with open_session() as session:
            call = ApiCall(session, settings)
            answer = route.read(call, query, *(named[name] for name in names))
            return page_of(answer, route.key, query).response()

    respond.__signature__ = _signature(route.query, names)  # type: ignore[attr-defined]
    return respond


def page_of(answer: ApiAnswer, key: str, query: RouteQuery) -> ApiAnswer:
    """Return the page of an answer that a query asks for; all of it where it is one already."""
    if not isinstance(query, PageQuery) or isinstance(query, OwnPageQuery):
        return answer
    listed = cast("list[dict[str, Json]]", answer.data)
    return replace(answer, data=list(rows_of_page(listed, key, query.after, query.limit)))


def _signature(query: type[RouteQuery], names: list[str]) -> Signature:
    asked: list[tuple[str, Any]] = [("request", Request), ("query", Annotated[query, Query()])]
    asked += [(name, Annotated[str, Path()]) for name in names]
    keyword = Parameter.KEYWORD_ONLY
    return Signature([Parameter(name, keyword, annotation=hint) for name, hint in asked])
