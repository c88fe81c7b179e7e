"""What a route answers, as JSON: the very object that the command line prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from coach.advice.hints import completed
from coach.model.events import Json
from coach.wording.json_text import compact, envelope

MEDIA_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """The answer of a route: the command that says the same, its data and its warnings."""

    command: str
    data: Json
    warnings: Sequence[str] = ()

    def response(self, status: int = 200) -> Response:
        """Return it as a response."""
        warnings = tuple(map(completed, self.warnings))
        return json_response(envelope(self.command, self.data, warnings), status)


def json_response(
    content: Json, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return JSON as a response, with the bytes that the command line writes."""
    return Response(f"{compact(content)}\n", status, headers, MEDIA_TYPE)
