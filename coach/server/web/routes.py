"""The routes of the client: its page by every name of a screen, its files, the printed digest."""

from html import escape
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from coach.errors import CoachError
from coach.server.doors.identity import who_asks
from coach.server.refusals import refusal, status_of
from coach.server.web.files import ASSETS, ClientFile, client_files
from coach.server.web.page import digest_page, plain_page, shell_page

if TYPE_CHECKING:
    from coach.server.sessions import OpenSession

SCREENS = (
    "",
    *("week", "trades", "habits", "rules", "what-if", "reflect", "imports", "accounts"),
    "settings",
)
SEE_OTHER, NOT_MODIFIED, NOT_FOUND = 303, 304, 404
FOR_EVER = "public, max-age=31536000, immutable"


def web(open_session: "OpenSession") -> APIRouter:
    """Return the routes; who has not signed in is led there, and gets the files all the same."""
    router = APIRouter(include_in_schema=False)
    for name in SCREENS:
        router.add_api_route(f"/{name}", _screen, methods=["GET"], response_class=Response)
    router.add_api_route(
        f"{ASSETS}/{{version}}/{{name:path}}", _asset, methods=["GET"], response_class=Response
    )

    @router.get("/digest", response_class=Response)
    @router.get("/digest/{week}", response_class=Response)
    def digest(week: str | None = None) -> Response:
        if who_asks() is None:
            return RedirectResponse("/sign-in", SEE_OTHER)
        from coach.engine.api import digests

        try:
            with open_session() as session:
                return digest_page(digests.digest(session, week))
        except CoachError as trouble:
            told = f'<h1>Digest</h1><p>{escape(str(trouble))}</p><p><a href="/">coach</a></p>'
            return plain_page("Digest", told, status=status_of(trouble))

    return router


async def _screen() -> Response:
    if who_asks() is None:
        return RedirectResponse("/sign-in", SEE_OTHER)
    return shell_page()


async def _asset(request: Request, version: str, name: str) -> Response:
    files = client_files()
    found = files.by_name.get(name)
    if found is None or version != files.version:
        return refusal(NOT_FOUND, "E_NOT_FOUND", "not found", "load the page again")
    return _sent(found, request)


def _sent(found: ClientFile, request: Request) -> Response:
    headers = {"Cache-Control": FOR_EVER, "ETag": f'"{found.sha256}"', "Vary": "Accept-Encoding"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=NOT_MODIFIED, headers=headers)
    if found.packed and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.packed, headers=headers, media_type=found.kind)
    return Response(found.content, headers=headers, media_type=found.kind)
