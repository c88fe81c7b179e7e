"""The look at the installation: a user with too many events is named once a day."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from coach.engine.api.live.activity import InstallationActivity
from coach.engine.store.connect import CoachConnection
from coach.errors import DatabaseTrouble
from coach.server.log import logging_to
from coach.server.observed.metrics import ServerMetrics
from coach.server.observed.watch import ActivityWatch

NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)


class Watched(ActivityWatch):
    """A look at numbers that the test names."""

    events: dict[str, int]
    now: datetime = NOON

    def __init__(self) -> None:
        super().__init__(no_connection, ServerMetrics(), lambda: self.now)

    def _read(self, _: datetime) -> InstallationActivity | None:
        return InstallationActivity({}, 0, self.events, 0)


@contextmanager
def no_connection() -> Iterator[CoachConnection]:
    """Lend none: the database does not answer."""
    raise DatabaseTrouble(what="it does not answer")
    yield  # type: ignore[unreachable]


def test_a_user_above_the_mark_is_warned_of_once_a_day(tmp_path: Path) -> None:
    file, watch = tmp_path / "log", Watched()
    with logging_to(file, lambda: NOON):
        watch.events = {"ann": 10_001, "bob": 10_000}
        watch.look()
        watch.events = {"ann": 12_000, "bob": 10_001}
        watch.look()
        watch.now += timedelta(days=1)
        watch.look()
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(line["user"], line["events"]) for line in lines] == [
        ("ann", 10_001),
        ("bob", 10_001),
        ("ann", 12_000),
        ("bob", 10_001),
    ]
    assert {(line["level"], line["event"], line["mark"]) for line in lines} == {
        ("warning", "many events", 10_000)
    }


def test_a_database_that_does_not_answer_ends_no_watch() -> None:
    metrics = ServerMetrics()
    with ActivityWatch(no_connection, metrics, lambda: NOON) as watch:
        watch.look()
    assert metrics.registry.get_sample_value("coach_database_up") == 0
