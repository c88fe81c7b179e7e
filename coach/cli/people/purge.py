"""`coach purge`: a person and everything that is theirs, for good."""

from typing import TYPE_CHECKING

import typer

from coach.cli.frame import frame_of
from coach.cli.people.place import Name, people_place
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.views.security import purges as views
from coach.views.table import json_row

if TYPE_CHECKING:
    from coach.cli.frame import Frame
    from coach.engine.api.people.place import SignInPlace
    from coach.engine.api.people.purge import PurgePlace


def purge(context: typer.Context, name: Name) -> None:
    """Remove a person and all that is theirs.

    Trades, rules, answers, notes, keys, sessions, jobs, candles that nobody else needs, what is
    remembered for them and the lines of logs that name them. Of their audit chain one hash stays,
    which names nobody. Their data keys are destroyed, and the key of keys is replaced by a new one,
    so that older backups open none of them. A backup that is restored later is purged, too.
    """
    from coach.engine.api.backup import backups
    from coach.engine.api.people import purge as people
    from coach.wiring import clock

    frame = frame_of(context)
    folder = frame.settings.backup.folder
    with people_place(frame) as place:
        if not frame.sure(f"remove {name} and everything that is theirs, for good?"):
            raise UsageError(what="nobody was removed")
        found = people.purge(_purge_place(frame, place), name, clock())
    kept = backups.backups(folder)
    row = views.purged(found, [str(one.path) for one in kept], _former(frame))
    text = f"removed: {name}, {row['rows']:,} rows"
    frame.show(Answer("purge", json_row(row), text=text))
    if kept:
        frame.talk.warning(
            f"{len(kept)} backups in {folder} may hold what was theirs: make a new one,"
            " then remove them"
        )
    for former in row["clusters"]:
        frame.talk.warning(f"{former} holds what was there before PostgreSQL was upgraded")
    if not row["keys_destroyed"]:
        frame.talk.warning("their sealed keys in older backups still open with the key of keys")
    else:
        frame.talk.hint("next: coach keys export-recovery --out FILE")


def _former(frame: "Frame") -> list[str]:
    from coach.engine.api import database

    settings = frame.settings
    found = [] if settings.database_url else database.former_clusters(settings.home)
    return [str(path) for path in found]


def _purge_place(frame: "Frame", place: "SignInPlace") -> "PurgePlace":
    from coach.engine.api import database
    from coach.engine.api.keys import keys
    from coach.engine.api.people.purge import PurgePlace
    from coach.wiring import candle_places, database_url, keyring

    settings = frame.settings
    places = candle_places(settings, frame.talk.warning)
    own = database.status(settings.home, settings.database_url).log
    return PurgePlace(
        connection=place.connection,
        url=database_url(settings, create=False),
        objects=lambda: places.objects,
        hot=lambda: places.hot,
        logs=database.log_files(settings.home.state, own),
        vault=settings.kek.folder,
        keyring=lambda: keyring(settings),
        sealed_beside=keys.sealed_beside(settings.engine),
        cache=settings.home.cache,
    )
