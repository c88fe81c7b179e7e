"""Backups of the whole installation, made and verified by whoever runs coach.

A restore stands at the terminal: it puts aside the database that a server works on.
"""

from typing import Annotated

from pydantic import Field

from coach.engine.api.backup import backups as backups_api
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.backups import refuse_others
from coach.server.writes.body import NoBody, RequestBody
from coach.server.writes.route import MADE, WriteRoute
from coach.views.security import backups as views
from coach.views.table import json_row
from coach.wiring import database_url, object_store


class BackupKeyBody(RequestBody):
    """The key that opens a backup; it is used once and kept nowhere."""

    key: Annotated[
        str, Field(description="The key: AGE-SECRET-KEY-1..., or several, a line each.", repr=False)
    ]


def create(call: ApiCall, _: NoBody) -> ApiAnswer:
    """Make a backup of this moment; the newest 14 stay."""
    refuse_others(call)
    wishes = call.settings.backup
    url = database_url(call.settings, create=False)
    now = call.session.clock()
    objects = object_store(call.settings)
    made = backups_api.make(url, objects, wishes.folder, wishes.recipients, now)
    return ApiAnswer("backup create", json_row(views.made_backup(made, verified=False)))


def verify(call: ApiCall, body: BackupKeyBody, backup: str) -> ApiAnswer:
    """Read a backup back and compare every table; it is named by its file name."""
    refuse_others(call)
    found = backups_api.in_folder(call.settings.backup.folder, backup)
    keys = backups_api.keys_in(body.key)
    url = database_url(call.settings, create=False)
    read = backups_api.verify(url, found.path, keys, call.session.clock())
    return ApiAnswer("backup verify", json_row(views.verification(str(found.path), read)))


ROUTES = (
    WriteRoute("POST", "/api/backups", "backup-creation", create, status=MADE, calls_out=True),
    WriteRoute(
        "POST",
        "/api/backups/{backup}/verify",
        "backup-verification",
        verify,
        BackupKeyBody,
        calls_out=True,
    ),
)
