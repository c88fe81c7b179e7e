"""Files are their owner's alone from the first moment, and nothing half-written stays."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.files import private_copy, write_private
from coach.model.machine.home import private_folder


@pytest.fixture(params=[0o000, 0o022, 0o077])
def _any_umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(int(request.param))
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("_any_umask")
def test_a_file_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    file = write_private(tmp_path / "key", b"secret")
    assert (mode(file), file.read_bytes()) == (0o600, b"secret")


@pytest.mark.usefixtures("_any_umask")
def test_folders_are_their_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "one" / "two")
    assert (mode(folder), mode(folder.parent)) == (0o700, 0o700)


@pytest.mark.usefixtures("_any_umask")
def test_a_copy_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    with private_copy(tmp_path, "stream-", ".csv") as copy:
        assert mode(Path(copy.name)) == 0o600
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_others_could_read_becomes_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("old")
    file.chmod(0o644)
    with file.open() as reader:
        write_private(file, b"new")
        assert reader.read() == "old"
    assert (mode(file), file.read_bytes()) == (0o600, b"new")


def test_only_a_group_that_is_named_may_read_along(tmp_path: Path) -> None:
    file = write_private(tmp_path / "server.conf", b"", readers=os.getegid())
    assert mode(file) == 0o640


def test_a_draft_that_was_left_is_neither_used_nor_kept(tmp_path: Path) -> None:
    """It may be anything by now: a link to a file of somebody else, say."""
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    (tmp_path / ".key.draft").symlink_to(victim)
    write_private(tmp_path / "key", b"secret")
    assert victim.read_text() == "untouched"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["key", "victim"]


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    file = write_private(tmp_path / "key", b"old")
    with pytest.raises(TypeError):
        write_private(file, "no bytes")  # type: ignore[arg-type]
    assert file.read_bytes() == b"old"
    write_private(file, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_the_copy_of_a_killed_command_goes_and_that_of_a_living_one_stays(tmp_path: Path) -> None:
    (tmp_path / "stream-dead.csv").write_text("trades")
    (tmp_path / "other.csv").write_text("no copy of ours")
    with private_copy(tmp_path, "stream-", ".csv") as living:
        with private_copy(tmp_path, "stream-", ".csv"):
            assert Path(living.name).exists()
        assert sorted(path.name for path in tmp_path.iterdir()) == [
            "other.csv",
            Path(living.name).name,
        ]


def test_the_copy_of_a_process_that_is_gone_is_held_by_nobody(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from coach.files import private_copy\n"
        "with private_copy(Path(sys.argv[1]), 'stream-', '.csv'): os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path], check=False)
    assert len(list(tmp_path.iterdir())) == 1
    with private_copy(tmp_path, "stream-", ".csv"):
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.root
def test_nothing_private_is_written_into_a_folder_of_somebody_else(tmp_path: Path) -> None:
    """Everybody may write there, and its owner may put another file in the place of ours."""
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    os.chown(theirs, 12345, 12345)
    theirs.chmod(0o777)
    folder = os.open(theirs, os.O_RDONLY)
    child = os.fork()
    if child == 0:
        os.setuid(65534)
        try:
            write_private(Path(f"/proc/self/fd/{folder}") / "key", b"secret")
        except PermissionError as refused:
            os._exit(7 if refused.strerror == "it belongs to another user" else 8)
        os._exit(9)
    os.close(folder)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    assert list(theirs.iterdir()) == []
