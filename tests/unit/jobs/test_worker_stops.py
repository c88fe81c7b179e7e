"""A worker that is told to stop stops, even where a library loses that it was told."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from coach.engine.jobs import worker
from coach.engine.jobs.worker import Worker, WorkerSetup

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
SIGNAL = 15


def unused(*_given: Any) -> Any:  # noqa: ANN401 -- of any callable that a worker has
    raise AssertionError("nothing is due")


def test_a_cancellation_that_is_lost_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "GRACE_S", 0.0)
    monkeypatch.setattr(worker, "AGAIN_S", 0.001)
    setup = WorkerSetup("", unused, lambda: NOON, unused, (), unused)

    async def loses_it() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    async def stopped() -> None:
        one = Worker(setup, unused)
        one._tasks = [asyncio.create_task(loses_it())]
        await asyncio.sleep(0)
        one.stop(SIGNAL)
        with pytest.raises(asyncio.CancelledError):
            await one._tasks[0]
        assert one.number == SIGNAL

    asyncio.run(asyncio.wait_for(stopped(), 60))
