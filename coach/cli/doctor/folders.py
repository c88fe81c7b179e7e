"""The folders of a home: whose they are, whether they can be written, and how much room is left."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from pwd import getpwuid

from coach.engine.api.health import Check
from coach.model.machine.home import Home
from coach.settings.file import CONFIG_FILE
from coach.settings.secrets import OTHERS_MAY

NO_SPACE = 100_000_000  # bytes; an import needs as much for the log of the database
LITTLE_SPACE = 1_000_000_000  # bytes; PostgreSQL stops when it cannot write
NAMES = ("config", "data", "state", "cache")
OWNER_HINT = "run coach as that user, or choose another home: --home FOLDER"
ROOM_HINT = "make room, or move the home: --home FOLDER"


def folder_checks(home: Home, uid: int) -> Iterator[Check]:
    """Yield the room that is left, and what is wrong with the folders of a home for this user."""
    roof = nearest(home.data)
    yield room_check(shutil.disk_usage(roof).free, roof)
    for name in NAMES:
        yield from _folder(name, getattr(home, name), uid)
    yield from _config_file(home.config / CONFIG_FILE)


def nearest(folder: Path) -> Path:
    """Return the folder, or the first above it that is there."""
    return next(one for one in (folder, *folder.parents) if one.exists())


def room_check(free: int, roof: Path) -> Check:
    """Return what so many free bytes are worth."""
    room = f"{free / 1e9:.1f} GB free at {roof}"
    if free < NO_SPACE:
        full = f"the disk is full: {free / 1e6:.0f} MB free at {roof}"
        return Check("disk", "error", full, ROOM_HINT)
    low = free < LITTLE_SPACE
    return Check("disk", "warning" if low else "ok", room, ROOM_HINT if low else "")


def _folder(name: str, folder: Path, uid: int) -> Iterator[Check]:
    """Yield what keeps this user from writing there."""
    place = nearest(folder)
    if not place.is_dir():
        detail = f"{place} is a file, and {folder} cannot be a folder below it"
        yield Check(name, "error", detail, OWNER_HINT)
        return
    owner = place.stat().st_uid
    if folder.is_dir() and owner != uid:
        detail = f"{folder} belongs to {_name(owner)}, and you are {_name(uid)}"
        yield Check(name, "error", detail, OWNER_HINT)
    elif not os.access(place, os.W_OK | os.X_OK):
        detail = f"you may not write in {place}"
        yield Check(name, "error", detail, f"chmod u+rwx '{place}', or --home FOLDER")


def _config_file(file: Path) -> Iterator[Check]:
    """Yield a check where others can read or change a file that may hold a password."""
    if not file.exists():
        return
    text = file.read_bytes()
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & OTHERS_MAY and b"_url" in text:
        detail = f"{file} may hold a password, and others can read or change it ({mode:04o})"
        yield Check("config", "error", detail, f"chmod 600 '{file}'")


def _name(uid: int) -> str:
    try:
        return getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
