"""The ticks of a machine: what library and kernel agree on, less the shift of a namespace."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.model.machine.clock import Ticks, read_ticks

DAY_US = 86_400_000_000
UP_US = 500_250_000
STARTED = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """Return a folder like /proc of a machine that has been up for 500.25 seconds."""
    files = {
        "sys/kernel/random/boot_id": "b1\n",
        "uptime": "500.25 990.10\n",
        "stat": f"cpu  1 2 3\nbtime {STARTED.timestamp():.0f}\nprocesses 5\n",
        "self/timens_offsets": "monotonic           0         0\nboottime            0         0\n",
    }
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (tmp_path / "self/ns").mkdir()
    for name in ("time", "time_for_children"):
        (tmp_path / "self/ns" / name).symlink_to("time:[1]")
    return tmp_path


def ticks_of(proc: Path, library_us: int = UP_US + 4_000) -> Ticks:
    found = read_ticks(library_us, proc)
    assert found is not None
    return found


def test_a_machine_says_which_boot_it_is_how_long_it_is_up_and_since_when(proc: Path) -> None:
    found = ticks_of(proc)
    assert (found.boot, found.us, found.started) == ("b1", UP_US, STARTED)


def test_a_library_that_lies_is_not_believed(proc: Path) -> None:
    assert ticks_of(proc, UP_US + 3 * DAY_US).us == UP_US


def test_nor_are_files_that_say_more_than_the_library(proc: Path) -> None:
    (proc / "uptime").write_text("900000.00 1.00\n")
    assert ticks_of(proc, UP_US).us == UP_US


def test_the_shift_of_a_time_namespace_is_taken_off(proc: Path) -> None:
    (proc / "self/timens_offsets").write_text("monotonic 0 0\nboottime  259200  500000000\n")
    (proc / "uptime").write_text("259700.75 990.10\n")
    (proc / "stat").write_text(f"btime {STARTED.timestamp() - 259_200:.0f}\n")
    found = ticks_of(proc, UP_US + 3 * DAY_US + 500_000)
    assert found.us == UP_US
    assert found.started is not None
    assert abs((found.started - STARTED).total_seconds()) <= 1


def test_a_namespace_that_hides_its_shift_has_no_ticks(proc: Path) -> None:
    link = proc / "self/ns/time_for_children"
    link.unlink()
    link.symlink_to("time:[2]")
    assert read_ticks(UP_US, proc) is None
    (proc / "self/timens_offsets").write_text("")
    assert read_ticks(UP_US, proc) is None


def test_a_kernel_without_time_namespaces_shifts_nothing(proc: Path) -> None:
    (proc / "self/timens_offsets").unlink()
    assert ticks_of(proc).us == UP_US


def test_what_a_container_hides_is_done_without(proc: Path) -> None:
    (proc / "uptime").unlink()
    (proc / "stat").write_text("cpu 1 2\n")
    found = ticks_of(proc, UP_US)
    assert (found.us, found.started) == (UP_US, None)


@pytest.mark.parametrize("name", ["uptime", "self/timens_offsets"])
def test_files_that_make_no_sense_give_no_ticks(proc: Path, name: str) -> None:
    (proc / name).write_text("boottime soon\n")
    assert read_ticks(UP_US, proc) is None
