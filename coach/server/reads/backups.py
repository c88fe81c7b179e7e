"""Backups of the whole installation: for whoever runs coach, and nobody else."""

from coach.engine.api.backup import backups as backups_api
from coach.errors import UsageError
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NoQuery
from coach.views.security import backups as views
from coach.views.table import rows

OWNER_ALONE = "whoever runs coach sees to them, here or by coach backup"


def backups(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return the backups in the folder, oldest first, where you are who runs coach."""
    refuse_others(call)
    found = backups_api.backups(call.settings.backup.folder)
    return ApiAnswer("backup list", list(rows([views.backup(one) for one in found])))


def refuse_others(call: ApiCall) -> None:
    """Refuse whoever does not run coach: a backup holds what everybody has here."""
    if not call.is_of_owner:
        raise UsageError(OWNER_ALONE, what="backups are not yours to see")
