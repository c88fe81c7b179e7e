"""Every route that changes something, in one table; each answers what a command answers."""

from asyncio import Semaphore
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import APIRouter, Body, Depends, Path
from fastapi.concurrency import contextmanager_in_threadpool
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from coach.engine.api.live.keyed_requests import answer_after_work, answer_in_one_transaction
from coach.errors import CoachError, Locked
from coach.files import private_copy
from coach.model.machine.home import private_folder
from coach.model.machine.keyed_requests import KeptAnswer, KeyedRequest
from coach.server.answers import MEDIA_TYPE, ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.insights import SimulationQuery
from coach.server.reads.query import refuse_every
from coach.server.refusals import refuse, status_of
from coach.server.request_keys import HEADER, KEY, key_of, keyed_request
from coach.server.routes import NAMED
from coach.server.screens.statements import look_at_statement
from coach.server.strict_bodies import StrictRoute, refuse_body
from coach.server.uploads import FILE, FORM, UploadedForm, content_of, read_form
from coach.server.writes import (
    backups,
    brokers,
    channels,
    commitments,
    fills,
    history,
    journal,
    promises,
    reflections,
)
from coach.server.writes.body import NoBody
from coach.server.writes.candle_files import CandleFields, import_candles
from coach.server.writes.imports import ImportFields, import_statement
from coach.server.writes.route import MADE, QUEUED, Write, WriteRoute

if TYPE_CHECKING:
    from coach.server.sessions import OpenSession
    from coach.server.writes.file_imports import FileImports
    from coach.settings.values import Settings

OneBody = TypeVar("OneBody", bound=BaseModel)
ACCOUNT = "{name}"
"""In a path; it may hold a slash, written as %2F."""
MOST_IMPORTS = 2
"""At once; each takes a core, a connection and a thread while it goes on."""
REPLAYED = "Idempotency-Replayed"
FIRST_FAULT_OF_OURS = 500
KEY_DESCRIBED = {
    "parameters": [
        {
            "name": HEADER,
            "in": "header",
            "required": True,
            "description": "Names this request, however often it is sent: a UUID.",
            "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
        }
    ]
}


@dataclass(frozen=True, slots=True)
class UploadRoute:
    """A path that takes a form: what it answers, what does the work, its fields beside the file.

    One that is not `published` is the browser client's own.
    """

    path: str
    answers: str
    write: Write
    fields: type[BaseModel]
    published: bool = True


UPLOADS = (
    UploadRoute("/api/imports", "import-result", import_statement, ImportFields),
    UploadRoute("/api/candles", "candle-import", import_candles, CandleFields),
)
LOOKS = (
    UploadRoute("/api/screens/statement", "", look_at_statement, ImportFields, published=False),
)
"""At files that would be imported."""
WRITES = (
    WriteRoute(
        "POST", "/api/labels", "label", journal.give_label, journal.LabelBody, concludes=True
    ),
    WriteRoute("DELETE", "/api/labels/{trade}/{bias}", "label", journal.take_label_back),
    WriteRoute(
        "POST", "/api/plans", "plan", journal.add_plan, journal.PlanBody, MADE, concludes=True
    ),
    WriteRoute(
        "DELETE", "/api/plans/{plan}", "plan|reason-question", journal.remove_plan, concludes=True
    ),
    WriteRoute(
        "POST",
        "/api/questions/{question}/answer",
        "reason-question",
        journal.answer_question,
        journal.AnswerBody,
        concludes=True,
    ),
    WriteRoute(
        "POST",
        "/api/fills/{fill}/leave-out",
        "fill-history",
        fills.leave_out,
        fills.LeaveOutBody,
        concludes=True,
    ),
    WriteRoute(
        "POST",
        "/api/fills/{fill}/take-back",
        "fill-history",
        fills.take_back,
        fills.TakeBackBody,
        concludes=True,
    ),
    WriteRoute("POST", "/api/notes", "note", journal.add_note, journal.NoteBody, MADE),
    WriteRoute("PATCH", "/api/notes/{number}", "note", journal.edit_note, journal.NoteTextBody),
    WriteRoute("DELETE", "/api/notes/{number}", "note", journal.remove_note),
    WriteRoute("POST", "/api/notes/{number}/restore", "note", journal.restore_note),
    WriteRoute("POST", "/api/checks", "check", commitments.check, commitments.CheckBody, MADE),
    WriteRoute(
        "POST",
        "/api/trades/{what}/confidence",
        "trade-confidence",
        commitments.give_confidence,
        commitments.ConfidenceBody,
        MADE,
    ),
    WriteRoute(
        "POST", "/api/commitments", "commitment", commitments.sign, commitments.CommitmentBody, MADE
    ),
    WriteRoute(
        "DELETE", "/api/commitments/{commitment}", "commitment", commitments.remove_commitment
    ),
    WriteRoute(
        "POST",
        "/api/commitments/{commitment}/restore",
        "commitment",
        commitments.restore_commitment,
    ),
    WriteRoute("POST", "/api/notes/{number}/share", "note", reflections.share_note),
    WriteRoute("POST", "/api/notes/{number}/unshare", "note", reflections.unshare_note),
    WriteRoute(
        "POST", "/api/reflections", "job", reflections.ask, reflections.QuestionOfYoursBody, QUEUED
    ),
    WriteRoute("POST", "/api/rules", "rule-view[]", promises.add_rules, promises.RulesBody, MADE),
    WriteRoute(
        "PATCH", "/api/rules/{rule_id}", "rule-view", promises.edit_rule, promises.RuleEditBody
    ),
    WriteRoute("DELETE", "/api/rules/{rule_id}", "rule-view", promises.remove_rule),
    WriteRoute("POST", "/api/rules/{rule_id}/pause", "rule-view", promises.pause_rule),
    WriteRoute("POST", "/api/rules/{rule_id}/resume", "rule-view", promises.resume_rule),
    WriteRoute(
        "POST",
        "/api/rules/{rule_id}/rollback",
        "rule-view",
        promises.roll_back_rule,
        promises.RollbackBody,
    ),
    WriteRoute(
        "POST", "/api/rules/proposals/{proposal}/accept", "proposal", promises.accept_proposal
    ),
    WriteRoute(
        "POST", "/api/rules/proposals/{proposal}/dismiss", "proposal", promises.dismiss_proposal
    ),
    WriteRoute(
        "POST", "/api/rules/proposals/{proposal}/reopen", "proposal", promises.reopen_proposal
    ),
    WriteRoute(
        "POST",
        "/api/experiments",
        "registered-experiment",
        promises.start_experiment,
        promises.ExperimentBody,
        MADE,
    ),
    WriteRoute(
        "POST",
        "/api/experiments/{experiment_id}/stop",
        "experiment-result",
        promises.stop_experiment,
    ),
    WriteRoute(
        "PATCH",
        "/api/accounts/{name}",
        "account[]",
        history.set_account,
        history.AccountBody,
        concludes=True,
    ),
    WriteRoute(
        "DELETE", "/api/accounts/{name}", "account[]", brokers.remove_account, concludes=True
    ),
    WriteRoute(
        "POST", "/api/connect/binance", "account[]", brokers.connect_binance, brokers.BinanceBody
    ),
    WriteRoute(
        "POST", "/api/connect/coinbase", "account[]", brokers.connect_coinbase, brokers.CoinbaseBody
    ),
    WriteRoute(
        "POST", "/api/connect/kraken", "account[]", brokers.connect_kraken, brokers.KrakenBody
    ),
    WriteRoute("POST", "/api/accounts/{name}/disconnect", "disconnection", brokers.disconnect),
    WriteRoute("DELETE", "/api/events/devices/{device}", "forgotten-device", journal.forget_device),
    WriteRoute("POST", "/api/imports/sync", "job", brokers.sync, brokers.SyncBody, QUEUED),
    WriteRoute(
        "POST", "/api/candles/fetch", "job", brokers.fetch_candles, brokers.FetchBody, QUEUED
    ),
    WriteRoute(
        "POST",
        "/api/rules/calibrate",
        "calibration|calibration[]",
        promises.calibrate,
        promises.CalibrateBody,
    ),
    WriteRoute(
        "PUT", "/api/zone", "zone-setting", history.set_zone, history.ZoneBody, concludes=True
    ),
    WriteRoute("PUT", "/api/tone", "tone-setting", history.set_tone, history.ToneBody),
    WriteRoute("DELETE", "/api/imports/{run}", "import-undo", history.undo_import, concludes=True),
    *channels.ROUTES,
    *backups.ROUTES,
    WriteRoute("POST", "/api/jobs/{run}/retry", "job", history.retry_job),
    WriteRoute("POST", "/api/simulate", "simulation", history.simulate, SimulationQuery, MADE),
)


def writing(open_session: "OpenSession", settings: "Settings", files: "FileImports") -> APIRouter:
    """Return the routes that change something, each over a session of its own in a thread.

    Imports of files take turns before they take a session: other requests find a connection.
    """
    turns = Semaphore(MOST_IMPORTS)
    router = APIRouter(tags=["write"], route_class=StrictRoute)
    for route in WRITES:
        router.add_api_route(
            route.path.replace(ACCOUNT, f"{ACCOUNT[:-1]}:path}}"),
            _endpoint(route, open_session, settings),
            methods=[route.method],
            summary=(route.write.__doc__ or "").rstrip("."),
            response_class=Response,
            status_code=route.status,
            name=f"{route.method} {route.path}",
            openapi_extra=KEY_DESCRIBED,
            dependencies=[
                Depends(refuse_every),
                *([Depends(refuse_body)] * (route.body is NoBody)),
            ],
        )
    for upload in (*UPLOADS, *LOOKS):
        router.add_api_route(
            upload.path,
            _upload_endpoint(upload, open_session, settings, partial(upload.write, files), turns),
            methods=["POST"],
            summary=(upload.write.__doc__ or "").rstrip("."),
            response_class=Response,
            status_code=MADE,
            name=f"POST {upload.path}",
            include_in_schema=upload.published,
            openapi_extra={**KEY_DESCRIBED, "requestBody": _form_described(upload.fields)},
            dependencies=[Depends(refuse_every)],
        )
    return router


def _endpoint(
    route: WriteRoute, open_session: "OpenSession", settings: "Settings"
) -> Callable[..., Response]:
    """Return a function whose signature says what the route takes."""
    names = NAMED.findall(route.path)

    def respond(request: Request, body: BaseModel | None = None, **named: str) -> Response:
        wanted = _checked(route.body, {}) if body is None else body
        keyed = keyed_request(request, route.path, wanted.model_dump(mode="json"))
        with open_session() as session:
            call = ApiCall(session, settings)
            answered = partial(route.write, call, wanted, *(named[name] for name in names))
            work = partial(_kept, answered, route.status)
            if route.calls_out:
                return _sent(*answer_after_work(session, keyed, work))
            return _sent(
                *answer_in_one_transaction(session, keyed, work, concludes=route.concludes)
            )

    respond.__signature__ = _signature(route, names)  # type: ignore[attr-defined]
    return respond


def _upload_endpoint(
    route: UploadRoute,
    open_session: "OpenSession",
    settings: "Settings",
    write: Write,
    turns: Semaphore,
) -> Callable[..., Awaitable[Response]]:
    """Return a function that reads the form of a request, and answers when its turn has come."""

    def respond(keyed: KeyedRequest, fields: BaseModel, form: UploadedForm) -> Response:
        with open_session() as session:
            answered = partial(write, ApiCall(session, settings), fields, form)
            return _sent(*answer_after_work(session, keyed, partial(_kept, answered, MADE)))

    async def upload(request: Request) -> Response:
        key_of(request.headers.getlist(HEADER))
        folder = private_folder(settings.home.cache)
        copying = private_copy(folder, "upload-", ".csv")
        async with contextmanager_in_threadpool(copying) as copy:
            form = await read_form(request, copy)
            fields = _checked(route.fields, form.fields)
            keyed = keyed_request(request, route.path, dict(content_of(form)))
            async with turns:
                return await run_in_threadpool(respond, keyed, fields, form)

    return upload


def _checked(model: type[OneBody], fields: dict[str, str]) -> OneBody:
    """Return a body of these fields; RequestValidationError where they are not those of it."""
    try:
        return model.model_validate(fields)
    except ValidationError as trouble:
        found = [{**one, "loc": ("body", *one["loc"])} for one in trouble.errors()]
        raise RequestValidationError(found) from trouble


def _kept(answered: Callable[[], ApiAnswer], status: int) -> KeptAnswer:
    """Return what is kept of an answer, or of a refusal that would be the same another time."""
    try:
        response = answered().response(status)
    except CoachError as trouble:
        if isinstance(trouble, Locked) or status_of(trouble) >= FIRST_FAULT_OF_OURS:
            raise
        response = refuse(trouble)
    return KeptAnswer(response.status_code, {}, bytes(response.body).decode())


def _sent(answer: KeptAnswer, replayed: bool) -> Response:
    headers = {**answer.headers, **({REPLAYED: "true"} if replayed else {})}
    return Response(answer.body, answer.status, headers, MEDIA_TYPE)


def _signature(route: WriteRoute, names: list[str]) -> Signature:
    asked: list[tuple[str, Any, Any]] = [("request", Request, Parameter.empty)]
    if any(one.is_required() for one in route.body.model_fields.values()):
        asked.append(("body", Annotated[route.body, Body()], Parameter.empty))
    elif route.body is not NoBody:
        asked.append(("body", Annotated[route.body | None, Body()], None))
    asked += [(name, Annotated[str, Path()], Parameter.empty) for name in names]
    keyword = Parameter.KEYWORD_ONLY
    return Signature(
        [Parameter(name, keyword, annotation=hint, default=value) for name, hint, value in asked]
    )


def _form_described(fields: type[BaseModel]) -> dict[str, Any]:
    schema = fields.model_json_schema()
    schema["properties"][FILE] = {"type": "string", "format": "binary"}
    schema["required"] = [FILE, *schema.get("required", ())]
    return {"required": True, "content": {FORM: {"schema": schema}}}
