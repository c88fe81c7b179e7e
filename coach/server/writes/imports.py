"""`POST /api/imports`: a statement that is uploaded, imported as the command imports a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, Json

from coach.engine.api import imports
from coach.errors import CoachError
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.writes.body import RequestBody
from coach.views import imports as import_views
from coach.views.table import json_row

if TYPE_CHECKING:
    from coach.server.uploads import UploadedForm
    from coach.server.writes.file_imports import FileImports


class ImportFields(RequestBody):
    """How a statement is read; the fields of the form beside its file."""

    format: Annotated[str | None, Field(description="Read it as this, do not guess.")] = None
    account: Annotated[str | None, Field(description="Into this account.")] = None
    dry_run: Annotated[bool, Field(description="Count, but keep nothing.")] = False
    strict: Annotated[bool, Field(description="One unreadable row refuses the file.")] = False
    zone: Annotated[str, Field(description="The clock of the file's times.")] = ""
    anyway: Annotated[bool, Field(description="Also fills known but for their clock.")] = False
    shorts: Annotated[bool | None, Field(description="Whether the account can be short.")] = None
    columns: Annotated[
        Json[dict[str, str]], Field(description="The columns of a file by field, as JSON.")
    ] = {}  # noqa: RUF012 -- pydantic copies it
    answers: Annotated[
        Json[dict[str, str]], Field(description="What the file cannot say, as JSON.")
    ] = {}  # noqa: RUF012 -- pydantic copies it
    save: Annotated[str, Field(description="The name that the mapping is kept under.")] = ""
    rows_of: Annotated[
        str | None, Field(description="Only the rows of a file that name this account.")
    ] = None


def import_statement(
    files: "FileImports", call: ApiCall, fields: ImportFields, form: "UploadedForm"
) -> ApiAnswer:
    """Import an account statement; its format is recognised."""
    label, path = form.file_name or "upload", Path(form.copy.name)
    request = request_of(fields, label)
    try:
        run = files.statement(call.session, path, request)
    except CoachError as trouble:
        name_upload(trouble, path, label)
        raise
    row = json_row(import_views.import_result(run, dry_run=fields.dry_run))
    return ApiAnswer("import csv", row, run.warnings)


def request_of(fields: ImportFields, label: str) -> imports.ImportRequest:
    """Return how a file of this name is to be read."""
    return imports.ImportRequest(
        fields.format,
        fields.account,
        fields.dry_run,
        fields.strict,
        label,
        zone=fields.zone,
        anyway=fields.anyway,
        shorts=fields.shorts,
        columns=fields.columns,
        answers=fields.answers,
        save=fields.save,
        rows_of=fields.rows_of,
    )


def name_upload(trouble: CoachError, path: Path, label: str) -> None:
    """Let an error name the file as its sender does, not the private copy."""
    for name, fact in trouble.facts.items():
        if isinstance(fact, str):
            trouble.facts[name] = fact.replace(str(path), label).replace(path.name, label)
