"""The description of the routes that is published: what is sent, what comes back."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

ANSWER = {
    "type": "object",
    "description": "What the command prints with --json; its schema stands in docs/schemas.",
    "required": ["schema_version", "command", "data", "warnings"],
    "properties": {
        "schema_version": {"type": "integer", "const": 1},
        "command": {"type": "string"},
        "data": {},
        "warnings": {"type": "array", "items": {"type": "string"}},
    },
}
REFUSAL = {
    "type": "object",
    "required": ["schema_version", "error"],
    "properties": {
        "schema_version": {"type": "integer", "const": 1},
        "error": {
            "type": "object",
            "required": ["code", "message", "hint"],
            "properties": {name: {"type": "string"} for name in ("code", "message", "hint")},
        },
    },
}
NOT_OURS = ("HTTPValidationError", "ValidationError")


def described(app: FastAPI) -> dict[str, Any]:
    """Return the description; the framework's own form of errors is left out."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        for path, methods in made["paths"].items():
            for one in methods.values():
                _complete(one["responses"], is_answer=path.startswith("/api/"))
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        for name in NOT_OURS:
            schemas.pop(name, None)
        schemas.update(Answer=ANSWER, Refusal=REFUSAL)
        app.openapi_schema = made
    return app.openapi_schema


def _complete(responses: dict[str, Any], *, is_answer: bool) -> None:
    responses.pop("422", None)
    responses["default"] = {"description": "An error.", "content": _json("Refusal")}
    for status, response in responses.items():
        if is_answer and status.startswith("2") and not response.get("content"):
            response["content"] = _json("Answer")


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
