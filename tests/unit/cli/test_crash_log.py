"""The log of unexpected errors is its owner's alone."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.cli import crash


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_the_log_is_its_owners_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        trouble = ValueError("password=secret")
        _, log = crash.record(tmp_path / "state", trouble, datetime(2026, 4, 1, tzinfo=UTC))
    finally:
        os.umask(before)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700
    assert "secret" not in log.read_text()
