"""Whose the database is: nobody else gets in, and no existing folder is opened for it."""

import os
import pwd
import shutil
import socket
import stat
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coach.engine.postgres import binaries, embedded
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.place import PRIVATE_UIDS
from coach.engine.store.connect import connect

if TYPE_CHECKING:
    from subprocess import Popen

AsUser = Callable[[int, Callable[[], object]], str]
Coach = Callable[..., "Popen[str]"]
NOBODY = 65534
NAMELESS = 12345
pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(
        not binaries.readable_by_others(Path(sys.prefix)), reason="others cannot enter here"
    ),
]


def permissions(folder: Path) -> list[tuple[str, int, int, int]]:
    """Return what stands on every folder above, and beside: who may do what."""
    steps = [*folder.resolve().parents, Path("/var/lib"), Path(sys.prefix)]
    seen = [(str(step), step.stat()) for step in steps]
    return [(name, stat.S_IMODE(of.st_mode), of.st_uid, of.st_gid) for name, of in seen]


def owned_by(uid: int, folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    os.chown(folder, uid, uid)
    return folder


def knock(folder: Path | None) -> None:
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(f"{folder}/.s.PGSQL.5432")


def listing(folder: Path | None) -> list[Path]:
    return list(Path(f"{folder}").iterdir())


def start(data: Path) -> Callable[[], str]:
    return lambda: embedded.ensure_running(DatabaseHome(data, throwaway=True))


def owner(home: DatabaseHome) -> int:
    return Path(f"/proc/{embedded.state(home).pid}").stat().st_uid


@pytest.fixture(params=["closed", "open"])
def roots_home(request: pytest.FixtureRequest, tmp_path: Path, open_folder: Path) -> Path:
    """Return a home of root's, below folders that are closed or open to others."""
    folders = {"closed": tmp_path, "open": open_folder}
    return folders[str(request.param)] / "home"


def test_roots_database_opens_no_folder_and_is_closed_to_others(
    roots_home: Path, as_user: AsUser
) -> None:
    before = permissions(roots_home)
    home = DatabaseHome(roots_home / "data", throwaway=True)
    try:
        embedded.ensure_running(home)
        state = embedded.state(home)
        assert permissions(roots_home) == before
        assert owner(home) in PRIVATE_UIDS
        assert "PermissionError" in as_user(NOBODY, lambda: knock(state.socket))
        for folder in (state.cluster, state.cluster / "base", state.socket):
            assert "PermissionError" in as_user(NOBODY, partial(listing, folder))
    finally:
        embedded.discard(home)
    assert permissions(roots_home) == before


def test_roots_database_stays_in_a_home_that_is_open(open_folder: Path) -> None:
    home = DatabaseHome(open_folder / "data", throwaway=True)
    embedded.ensure_running(home)
    assert embedded.state(home).cluster.is_relative_to(open_folder)
    embedded.discard(home)


def test_roots_database_leaves_a_folder_that_somebody_else_can_change(open_folder: Path) -> None:
    theirs = owned_by(NOBODY, open_folder / "theirs")
    theirs.chmod(0o755)
    home = DatabaseHome(theirs / "data", throwaway=True)
    embedded.ensure_running(home)
    assert embedded.state(home).cluster.is_relative_to("/var/lib/coach")
    embedded.discard(home)


def test_programs_out_of_the_servers_reach_are_copied_for_it(
    tmp_path: Path, coach: Coach, start_script: str
) -> None:
    site = tmp_path / "site"
    for part in (binaries.PACKAGE, f"{binaries.PACKAGE}.libs"):
        shutil.copytree(binaries._site_packages() / part, site / part)
    home = DatabaseHome(tmp_path / "data", throwaway=True)
    closer = f"import sys; sys.path.insert(0, {str(site)!r})\n"
    starter = coach(closer + start_script, home.data, "throwaway")
    answer = starter.communicate(timeout=120)
    assert answer == (f"{embedded.ensure_running(home)}\n", "")
    program = Path(f"/proc/{embedded.state(home).pid}/exe").readlink()
    embedded.discard(home)
    assert program.is_relative_to("/var/lib/coach")
    assert binaries.readable_by_others(program.parent)
    assert program.stat().st_uid == 0


def test_an_ordinary_user_keeps_everything_in_the_home(open_folder: Path, as_user: AsUser) -> None:
    home = DatabaseHome(owned_by(NOBODY, open_folder / "theirs") / "data")
    url = as_user(NOBODY, start(home.data))
    assert url.startswith("postgresql://")
    assert embedded.state(home).cluster.is_relative_to(home.data)
    assert owner(home) == NOBODY
    with connect(url) as as_root:
        assert as_root.execute("select current_user").fetchone() == ("coach",)
    folder = embedded.state(home).socket
    assert "PermissionError" in as_user(NAMELESS, lambda: knock(folder))
    assert as_user(NOBODY, lambda: embedded.discard(home)) == "None"
    assert not (home.data / "postgresql").exists()


def test_root_starts_an_ordinary_users_database_as_that_user(
    open_folder: Path, as_user: AsUser
) -> None:
    home = DatabaseHome(owned_by(NOBODY, open_folder / "theirs") / "data")
    url = as_user(NOBODY, start(home.data))
    embedded.stop(home)
    with connect(embedded.ensure_running(home)) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert owner(home) == NOBODY
    assert as_user(NOBODY, start(home.data)) == url
    embedded.discard(home)


def test_a_user_without_a_name_is_told_what_to_do(open_folder: Path, as_user: AsUser) -> None:
    with pytest.raises(KeyError):
        pwd.getpwuid(NAMELESS)
    data = owned_by(NAMELESS, open_folder / "theirs") / "data"
    assert "user id 12345 has no name here" in as_user(NAMELESS, start(data))


def test_a_home_too_deep_for_a_socket_keeps_it_in_a_private_folder(
    open_folder: Path, as_user: AsUser
) -> None:
    home = DatabaseHome(owned_by(NOBODY, open_folder / "theirs") / ("deep" * 30))
    assert as_user(NOBODY, start(home.data)).startswith("postgresql://")
    folder = embedded.state(home).socket
    assert folder is not None
    assert folder.name.startswith(f"coach-{NOBODY}-")
    assert (stat.S_IMODE(folder.stat().st_mode), folder.stat().st_uid) == (0o700, NOBODY)
    embedded.discard(home)
    folder.symlink_to(open_folder)
    refusal = as_user(NOBODY, start(home.data))
    folder.unlink()
    assert "is not a folder that only user 65534 can enter" in refusal


def test_a_home_this_user_cannot_write_is_named(open_folder: Path, as_user: AsUser) -> None:
    refusal = as_user(NOBODY, start(open_folder / "data"))
    assert refusal == f"DatabaseTrouble: database: Permission denied: {open_folder / 'data'}"
