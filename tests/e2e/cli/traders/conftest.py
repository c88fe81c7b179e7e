"""What tests with a trader of their own share: the trader, and commands that speak as them."""

import json
from collections.abc import Callable
from functools import partial
from subprocess import CompletedProcess
from typing import Any
from uuid import uuid4

import pytest

Coach = Callable[..., CompletedProcess[str]]
HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"


def data(ended: CompletedProcess[str]) -> Any:  # noqa: ANN401 -- JSON
    """Return what a command said in JSON; it succeeded and said nothing else."""
    assert (ended.returncode, ended.stderr) == (0, "")
    return json.loads(ended.stdout)["data"]


@pytest.fixture
def trader() -> dict[str, str]:
    """A trader of the test's own, in the home that the tests share."""
    return {"COACH_USER": f"t{uuid4().hex}"}


@pytest.fixture
def coach(coach: Coach, trader: dict[str, str]) -> Coach:
    assert coach("users", "add", trader["COACH_USER"]).returncode == 0
    return partial(coach, **trader)


@pytest.fixture
def on_terminal(on_terminal: Coach, trader: dict[str, str]) -> Coach:
    return partial(on_terminal, **trader)
