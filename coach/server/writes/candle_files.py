"""`POST /api/candles`: a file of candles that is uploaded, imported as the command imports one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from coach.engine.api.candles import CandleFileNaming
from coach.errors import CoachError
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.writes.body import RequestBody
from coach.server.writes.imports import name_upload
from coach.views import candles as candle_views
from coach.views.table import json_row

if TYPE_CHECKING:
    from coach.server.uploads import UploadedForm
    from coach.server.writes.file_imports import FileImports


class CandleFields(RequestBody):
    """Whose candles they are; the fields of the form beside its file."""

    source: Annotated[str, Field(description="Who told them, such as my-data.")]
    symbol: Annotated[
        str | None, Field(description="Whose they are, or the only ones to take.")
    ] = None


def import_candles(
    files: "FileImports", call: ApiCall, fields: CandleFields, form: "UploadedForm"
) -> ApiAnswer:
    """Import a file of candles; the length of its bars is seen from it."""
    label, path = form.file_name or "upload", Path(form.copy.name)
    naming = CandleFileNaming(fields.source, fields.symbol, label)
    try:
        tally = files.candles(call.session, path, naming)
    except CoachError as trouble:
        name_upload(trouble, path, label)
        raise
    return ApiAnswer("candles import", json_row(candle_views.candle_import(tally)), tally.warnings)
