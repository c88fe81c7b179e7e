"""What is said of each answer beside its data: statuses, headers, and the form of errors."""

from typing import TYPE_CHECKING

from coach.server.answers import MEDIA_TYPE

if TYPE_CHECKING:
    from coach.model.events import Json

REFUSAL: "Json" = {
    "type": "object",
    "description": "An error, as the command prints it.",
    "required": ["schema_version", "error"],
    "properties": {
        "schema_version": {"type": "integer", "const": 1},
        "error": {
            "type": "object",
            "required": ["code", "message", "hint"],
            "properties": {
                "code": {"type": "string", "pattern": "^E_[A-Z_]+$"},
                "message": {"type": "string"},
                "hint": {"type": "string"},
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
TEXT: "Json" = {"type": "string"}
NUMBER: "Json" = {"type": "integer", "minimum": 1}
HEADERS: "dict[str, Json]" = {
    "RateLimit": {
        "description": "What is left in each bucket: r tokens, full again in t seconds.",
        "schema": TEXT,
    },
    "RateLimit-Policy": {
        "description": "Each bucket: q tokens in w seconds.",
        "schema": TEXT,
    },
    "Retry-After": {"description": "Seconds after which to ask again.", "schema": NUMBER},
    "Idempotency-Replayed": {
        "description": "The answer was given before, to a request with this key.",
        "schema": {"type": "string", "const": "true"},
    },
}
BUCKETS = ("RateLimit", "RateLimit-Policy")
EVERYWHERE = {
    400: "The request makes no sense: a parameter, a header or the body.",
    403: "It does not come from you, but from another user or a page of another site.",
    404: "What was named is not there.",
    409: "What is there does not allow it, or another process is writing.",
    421: "It was sent to another name than this server's.",
    422: "coach will not do this, and says why; or the key belongs to another request.",
    429: "Too much was asked.",
    500: "A fault of coach's.",
    503: "The database, a key or a source does not answer.",
}
WITH_A_BODY = {413: "The body is too large."}
OF_A_BROKER = {502: "A broker answered something that cannot be used."}
OF_EVENTS = {410: "Events that were not read yet have left."}
MAY_COME_BACK = frozenset({409, 429, 503})
WAITS = ("Retry-After",)


def refusals(*more: dict[int, str]) -> "dict[str, Json]":
    """Return the errors of a route, by their statuses."""
    said = EVERYWHERE.copy()
    for some in more:
        said |= some
    return {str(status): _refusal(status, said[status]) for status in sorted(said)}


def _refusal(status: int, description: str) -> "Json":
    named = (*BUCKETS, *(WAITS if status in MAY_COME_BACK else ()))
    return {
        "description": description,
        "headers": headers(named),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Refusal"}}},
    }


def headers(names: tuple[str, ...]) -> "dict[str, Json]":
    """Return headers by reference."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
