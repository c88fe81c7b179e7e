"""JSON as every face writes it: one line, safe to print, in one object around each answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from coach.wording.visible import visible_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.model.events import Json

SCHEMA_VERSION = 1


def compact(value: Json) -> str:
    """Return one line of JSON, safe to print."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return visible_json(text)


def envelope(command: str, data: Json, warnings: Sequence[str] = ()) -> Json:
    """Return the one object that an answer is."""
    return {
        "schema_version": SCHEMA_VERSION,
        "command": command,
        "data": data,
        "warnings": list(warnings),
    }


def error_object(code: str, message: str, hint: str) -> Json:
    """Return the one object that an error is; secrets were taken out of its texts before."""
    error: Json = {"code": code, "message": message, "hint": hint}
    return {"schema_version": SCHEMA_VERSION, "error": error}
