"""A file that somebody is about to import: what it would bring, or what it cannot say."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from coach.advice.fills import fill_line
from coach.engine.api.statements.asked import FIELDS
from coach.errors import CoachError
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.screens.said import said
from coach.server.writes.imports import ImportFields, name_upload, request_of
from coach.views import imports as import_views
from coach.views.table import json_row
from coach.wording.visible import visible

if TYPE_CHECKING:
    from coach.engine.api.statements.looks import StatementLook
    from coach.engine.api.statements.previews import PreviewedRow
    from coach.model.events import Json
    from coach.server.uploads import UploadedForm
    from coach.server.writes.file_imports import FileImports

USUAL = ("time", "symbol", "side", "quantity", "price", "fee", "fee_currency", "id")
"""The fields that most files have; the others are asked for on demand."""
FIELD_WORDS = {
    "time": "When it was executed",
    "symbol": "What was traded",
    "base": "The coin or share that was traded",
    "quote": "The currency of the price",
    "side": "Buy or sell",
    "quantity": "How much",
    "price": "At which price",
    "total": "Price times quantity",
    "fee": "The fee",
    "rebate": "A fee that was paid back",
    "fee_currency": "The currency of the fee",
    "id": "The broker's own id",
    "order": "The id of the order",
    "account": "The account",
    "zone": "The clock of the time",
    "contract_size": "Units in one contract",
    "position": "Whether it opens or closes",
    "exit_time": "When the trade was closed",
    "exit_price": "The price at its close",
    "exit_fee": "The fee of its close",
    "profit": "The profit of the trade",
    "received": "How much was received",
    "received_currency": "The coin that was received",
    "sent": "How much was given for it",
    "sent_currency": "The coin that was given for it",
}


def look_at_statement(
    files: "FileImports", call: ApiCall, fields: ImportFields, form: "UploadedForm"
) -> ApiAnswer:
    """Look at a file that would be imported; nothing is kept."""
    label, path = form.file_name or "upload", Path(form.copy.name)
    stem = "-".join(label.rpartition(".")[0].lower().split()) or "my-mapping"
    request = request_of(fields, label)
    if fields.columns:
        request = replace(request, save=fields.save or stem)
    try:
        found = files.look(call.session, path, request)
    except CoachError as trouble:
        name_upload(trouble, path, label)
        raise
    runs = [json_row(import_views.import_result(one, dry_run=True)) for one in found.runs]
    return ApiAnswer(
        "screens statement",
        {
            "runs": list(runs),
            "rows": [_row(one) for one in found.rows],
            "why": _sentence(found.why.replace(path.name, label)),
            "questions": [
                {"name": one.name, "text": _sentence(one.text), "choices": list(one.choices)}
                for one in found.questions
            ],
            "fields": _fields(found),
            "in_file": [
                {"label": one.label, "example": visible(one.example)} for one in found.in_file
            ],
            "mapped": bool(fields.columns or fields.answers),
            "name": stem,
        },
        tuple(dict.fromkeys(one for run in found.runs for one in run.warnings)),
    )


def _sentence(text: str) -> str:
    return visible(text[:1].upper() + text[1:])


def _row(one: "PreviewedRow") -> "Json":
    """Return a row as it would be read, in the words of the terminal."""
    line = fill_line(one.fill) if one.fill else f"line {one.line}: {one.reason}"
    return {"read": one.fill is not None, "words": said(line.strip())}


def _fields(found: "StatementLook") -> "list[Json]":
    """Return what a column can mean, with the column that coach takes for it."""
    columns = found.columns
    if columns is None:
        return []
    return [
        {
            "name": name,
            "title": FIELD_WORDS.get(name, name),
            "column": columns.get(name, ""),
            "needed": name in found.missing,
            "usual": name in {*USUAL, *found.missing, *columns},
        }
        for name in sorted(FIELDS, key=_place)
    ]


def _place(name: str) -> int:
    return USUAL.index(name) if name in USUAL else len(USUAL)
