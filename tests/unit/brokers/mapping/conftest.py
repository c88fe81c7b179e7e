"""Files written in a test, read by a mapping that is given as a person gives it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coach.brokers.base import Row
from coach.brokers.statements import open_statement
from coach.brokers.statements.clocks import find_zone
from coach.brokers.statements.mapping.choice import MappingChoice
from coach.brokers.statements.statement import Statement

Opened = Callable[..., Statement]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    def open_text(
        text: str, choice: MappingChoice | None = None, zone: str = "", name: str = "file.csv"
    ) -> Statement:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        clock = find_zone(zone) if zone else None
        return open_statement(path, file_name=name, zone=clock, choice=choice)

    return open_text


@pytest.fixture
def rows(opened: Opened) -> Callable[..., list[Row]]:
    return lambda *args, **more: list(opened(*args, **more).rows())
