"""The statements of ../shared/cases/analytics, imported as a trader would."""

from pathlib import Path

from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.session import Session
from coach.model.accounts import Run

ANALYTICS = Path(__file__).parents[1].parent / "shared" / "cases" / "analytics"


def bring(session: Session, name: str, account: str = "main", shorts: bool | None = None) -> Run:
    """Import a statement by its name."""
    request = ImportRequest(account=account, shorts=shorts)
    return import_statement(session, ANALYTICS / f"{name}.csv", request)
