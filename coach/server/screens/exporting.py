"""What is yours, as a file that the browser saves: an export of the user who asks, as a zip."""

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from coach.advice.exports.nouns import exported_nouns
from coach.engine.api.exports.downloads import packed

if TYPE_CHECKING:
    from coach.server.sessions import OpenSession

PIECE = 1 << 16


def exporting(open_session: "OpenSession") -> APIRouter:
    """Return the route of exports; no description for programs has it."""
    router = APIRouter()

    def export(form: str) -> Response:
        with open_session() as session:
            file = packed(session, form, exported_nouns)
        headers = {
            "Content-Disposition": f'attachment; filename="coach-{form}.zip"',
            "Cache-Control": "no-store",
        }
        return StreamingResponse(_pieces(file), headers=headers, media_type="application/zip")

    router.get("/api/screens/export/{form}", response_class=Response, include_in_schema=False)(
        export
    )
    return router


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
