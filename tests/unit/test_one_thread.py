"""Sums must not depend on how many cores a machine has."""

import os

import pytest

from coach.settings import one_thread

NAME = "OPENBLAS_NUM_THREADS"


def test_a_process_computes_on_one_thread_unless_the_user_chose(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(NAME, "3")
    one_thread()
    assert os.environ[NAME] == "3"
    monkeypatch.delenv(NAME)
    one_thread()
    assert os.environ.pop(NAME) == "1"
