"""The description of the routes that is published: what is sent, what comes back."""

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from coach.server.answers import MEDIA_TYPE
from coach.server.published import responses
from coach.server.published.schemas import data_schema, nouns_of, parts_of
from coach.server.reads.dry_runs import ANSWERS as DRY_RUN_ANSWER
from coach.server.reads.dry_runs import PATH as DRY_RUNS
from coach.server.routes import READS
from coach.server.writing import UPLOADS, WRITES

if TYPE_CHECKING:
    from coach.model.events import Json

NOT_OURS = ("HTTPValidationError", "ValidationError")
PREFIX = "/api/"
EVENTS = "/api/events"
CONNECT = "/api/connect/"


def described(app: FastAPI) -> dict[str, Any]:
    """Return the description; the framework's own form of errors is left out."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        answers = _answers()
        for path, methods in made["paths"].items():
            for method, one in methods.items():
                _complete(one, path, answers.get((method, path), ""))
        parts = made.setdefault("components", {})
        schemas = parts.setdefault("schemas", {})
        for name in NOT_OURS:
            schemas.pop(name, None)
        schemas["Refusal"] = responses.REFUSAL
        for noun in nouns_of(answers.values()):
            schemas |= parts_of(noun)
        parts["headers"] = responses.HEADERS
        app.openapi_schema = made
    return app.openapi_schema


def _answers() -> dict[tuple[str, str], str]:
    """Return what each route answers, by its method and path."""
    reads = {("get", route.path): route.answers for route in READS}
    writes = {(route.method.lower(), route.path): route.answers for route in WRITES}
    uploads = {("post", route.path): route.answers for route in UPLOADS}
    return reads | writes | uploads | {("post", DRY_RUNS): DRY_RUN_ANSWER}


def _complete(operation: dict[str, Any], path: str, answers: str) -> None:
    """Complete the description of one operation in place."""
    found = operation["responses"]
    found.pop("422", None)
    if not path.startswith(PREFIX):
        return
    writes = any(one["in"] == "header" for one in operation.get("parameters", ())) and answers
    for response in found.values():
        if answers:
            response["content"] = {MEDIA_TYPE: {"schema": _envelope(answers)}}
        named = (*responses.BUCKETS, *(("Idempotency-Replayed",) if writes else ()))
        response["headers"] = responses.headers(named)
    found |= responses.refusals(
        responses.WITH_A_BODY if writes or path == DRY_RUNS else {},
        responses.OF_EVENTS if path.startswith(EVENTS) else {},
        responses.OF_A_BROKER if path.startswith(CONNECT) else {},
    )


def _envelope(answers: str) -> "Json":
    return {
        "type": "object",
        "description": "What the command prints with --json.",
        "required": ["schema_version", "command", "data", "warnings"],
        "properties": {
            "schema_version": {"type": "integer", "const": 1},
            "command": {"type": "string"},
            "data": data_schema(answers),
            "warnings": {"type": "array", "items": {"type": "string"}},
        },
        "additionalProperties": False,
    }
