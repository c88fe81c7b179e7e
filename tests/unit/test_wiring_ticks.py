"""How long the machine has been up: it only grows, and somebody may not say."""

from pathlib import Path

import pytest

from coach import wiring


def test_the_ticks_grow_and_name_their_boot() -> None:
    first, second = wiring.ticks(), wiring.ticks()
    if first is None or second is None:
        pytest.skip("this machine does not name its boot")
    assert first.boot == second.boot
    assert 0 < first.us <= second.us


def test_a_machine_that_names_no_boot_counts_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(wiring, "PROC", tmp_path)
    assert wiring.ticks() is None
