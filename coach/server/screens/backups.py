"""Backups on the screen of whoever runs coach, and the commands that a terminal alone takes."""

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from coach.engine.api.backup import backups as backups_api
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NoQuery
from coach.server.screens.said import with_words
from coach.views.security import backups as views
from coach.views.table import json_row

if TYPE_CHECKING:
    from coach.engine.api.backup.backups import BackupFile
    from coach.model.events import Json


def backups(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return the backups, the newest first, and who opens them; nothing for anybody else."""
    wishes = call.settings.backup
    found = backups_api.backups(wishes.folder) if call.is_of_owner else []
    return ApiAnswer(
        "screens backups",
        {
            "may_see": call.is_of_owner,
            "folder": str(wishes.folder) if call.is_of_owner else "",
            "recipients": list(wishes.recipients) if call.is_of_owner else [],
            "backups": [_backup(one, call.zone) for one in reversed(found)],
        },
    )


def _backup(one: "BackupFile", zone: str) -> "Json":
    row = json_row(views.backup(one))
    return {
        **with_words(views.BACKUPS, row, zone),
        "name": Path(one.path).name,
        "restore": f"coach backup restore {quote(str(one.path))}",
    }
