"""The plain text of an edit lies in memory, in a folder of its owner alone, and goes."""

import fcntl
import os
import stat
from pathlib import Path

import pytest

from coach.sops.memory import folder_in_memory, memory_folders

DISK = "36 35 98:0 / {place} rw - ext4 /dev/root rw\n"
MEMORY = "37 36 0:5 / {place} rw shared:3 - tmpfs tmpfs rw\n"


def mounts(folder: Path, text: str) -> Path:
    file = folder / "mountinfo"
    file.write_text("35 1 98:0 / / rw - ext4 /dev/root rw\n" + text)
    return file


def test_a_folder_on_a_disk_is_not_taken(tmp_path: Path) -> None:
    found = memory_folders(str(tmp_path), mounts(tmp_path, ""))
    assert found == []


def test_the_users_own_folder_in_memory_comes_first(tmp_path: Path) -> None:
    found = memory_folders(str(tmp_path), mounts(tmp_path, MEMORY.format(place=tmp_path)))
    assert found[0] == tmp_path


def test_a_disk_that_is_mounted_within_memory_is_a_disk(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    both = MEMORY.format(place=tmp_path) + DISK.format(place=inner)
    assert memory_folders(str(inner), mounts(tmp_path, both)) == []


def test_where_the_system_does_not_say_there_is_no_such_folder(tmp_path: Path) -> None:
    assert memory_folders(str(tmp_path), tmp_path / "absent") == []


def test_the_folder_is_its_owners_alone_and_goes(tmp_path: Path) -> None:
    with folder_in_memory(tmp_path) as folder:
        (folder / "plain").write_text("secret")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_command_left_goes_and_what_a_living_one_has_stays(tmp_path: Path) -> None:
    left, held = (tmp_path / f"coach-secrets-{os.getuid()}-{name}" for name in ("left", "held"))
    for folder in (left, held):
        folder.mkdir()
        (folder / "plain").write_text("secret")
    handle = os.open(held, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with folder_in_memory(tmp_path):
        assert (left.exists(), held.exists()) == (False, True)
    os.close(handle)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_the_folder_goes_whatever_happens(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), folder_in_memory(tmp_path):
        raise error
    assert list(tmp_path.iterdir()) == []
