"""Imports of files: statements and candles, as whoever answers an upload asks for them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from coach.engine.api import candles, imports
from coach.engine.api.statements import looks
from coach.server.calls import ApiCall

if TYPE_CHECKING:
    from pathlib import Path

    from coach.engine.api.session import Session
    from coach.model.accounts import Run
    from coach.settings.values import Settings


class FileImports(Protocol):
    """Imports files for the user of a session."""

    def statement(self, session: "Session", path: "Path", request: imports.ImportRequest) -> "Run":
        """Import an account statement."""

    def look(
        self, session: "Session", path: "Path", request: imports.ImportRequest
    ) -> looks.StatementLook:
        """Look at an account statement; nothing is kept."""

    def candles(
        self, session: "Session", path: "Path", naming: candles.CandleFileNaming
    ) -> "candles.FileTally":
        """Import a file of candles."""


@dataclass(frozen=True, slots=True)
class LookRequest:
    """A look at a file as an import would read it."""

    request: imports.ImportRequest


@dataclass(frozen=True, slots=True)
class DirectImports:
    """Imports files in the thread that asks."""

    settings: "Settings"

    def statement(self, session: "Session", path: "Path", request: imports.ImportRequest) -> "Run":
        """Import an account statement."""
        return imports.import_statement(session, path, request)

    def look(
        self, session: "Session", path: "Path", request: imports.ImportRequest
    ) -> looks.StatementLook:
        """Look at an account statement; nothing is kept."""
        return looks.look(session, path, request)

    def candles(
        self, session: "Session", path: "Path", naming: candles.CandleFileNaming
    ) -> "candles.FileTally":
        """Import a file of candles."""
        call = ApiCall(session, self.settings)
        with call.candle_places() as places:
            tally = candles.import_file(session, places, path, naming, None)
        tally.warnings[:0] = call.heard
        return tally
