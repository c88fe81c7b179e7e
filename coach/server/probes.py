"""`/livez` and `/readyz`: whether the process runs, and whether it can answer."""

from threading import Event
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response

from coach._version import VERSION
from coach.advice.hints import hint_of, remedy_text
from coach.engine.api.health import Check
from coach.engine.api.live.readiness import readiness
from coach.errors import CoachError, spell_out
from coach.server.answers import json_response
from coach.settings.redaction import redact
from coach.views.health import health_check
from coach.views.table import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.server.sessions import OpenSession

NOT_NOW = 503
LEAVING = Check("server", "error", "it was told to end", "ask another server")


def probes(open_session: "OpenSession", leaving: Event) -> APIRouter:
    """Return the routes of the probes; neither is counted against a limit.

    Once the server is `leaving` it is not ready, whatever else it could do.
    """
    router = APIRouter(tags=["probes"])

    @router.get("/livez", summary="Whether the process runs", response_class=Response)
    async def livez() -> Response:
        return json_response({"ok": True, "version": VERSION})

    @router.get("/readyz", summary="Whether it can answer", response_class=Response)
    def readyz() -> Response:
        checks = [LEAVING] if leaving.is_set() else _checks(open_session)
        health = _health(checks)
        ok = health != "failing"
        told = rows([health_check(check, _what_to_do) for check in checks])
        return json_response(
            {"ok": ok, "health": health, "checks": list(told)}, 200 if ok else NOT_NOW
        )

    return router


def _health(checks: "Sequence[Check]") -> str:
    """Return what the checks come to: one that needs care degrades, one that is not well fails."""
    states = {check.state for check in checks}
    return "failing" if "error" in states else "degraded" if "warning" in states else "ok"


def _checks(open_session: "OpenSession") -> list[Check]:
    try:
        with open_session() as session:
            return list(readiness(session))
    except CoachError as trouble:
        what = redact(trouble.message(spell_out))
        return [Check("database", "error", what, redact(hint_of(trouble)))]


def _what_to_do(check: Check) -> str:
    return remedy_text(check.remedy, {}) if check.remedy else check.hint
