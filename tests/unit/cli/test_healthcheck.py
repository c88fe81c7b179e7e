"""`coach healthcheck worker`: when a worker of this home gave its last sign of life."""

import asyncio
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess

from coach.engine.api.live.probe import look_at_worker
from coach.engine.jobs.heartbeat import heartbeat
from coach.engine.jobs.sign_of_life import sign_of_life
from coach.model.machine.home import Home

Coach = Callable[..., CompletedProcess[str]]
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def home_at(folder: Path) -> Home:
    return Home(*(folder / name for name in ("config", "data", "state", "cache")))


def touched(folder: Path, ago: timedelta) -> Home:
    """Return a home whose worker gave a sign of life so long before noon."""
    home = home_at(folder)
    home.state.mkdir()
    sign = sign_of_life(home.state)
    sign.touch()
    moment = (NOW - ago).timestamp()
    os.utime(sign, (moment, moment))
    return home


def test_a_home_without_a_worker_is_not_well(home: Path, real: Coach) -> None:
    ended = real("healthcheck", "worker", "--json")
    data = json.loads(ended.stdout)["data"]
    assert (ended.returncode, data["process"], data["ok"]) == (1, "worker", False)
    assert str(home) in data["detail"]


def test_a_recent_sign_of_life_is_believed(tmp_path: Path) -> None:
    assert look_at_worker(touched(tmp_path, timedelta(seconds=39)), NOW).ok


def test_an_old_one_is_not(tmp_path: Path) -> None:
    found = look_at_worker(touched(tmp_path, timedelta(seconds=41)), NOW)
    assert not found.ok
    assert found.detail.startswith("its last sign of life is 41 s old")


def test_a_worker_gives_one_while_it_works(tmp_path: Path) -> None:
    sign = tmp_path / "state" / "worker.alive"

    async def work() -> None:
        async with heartbeat(sign):
            await asyncio.sleep(0)  # its task has its first turn

    asyncio.run(work())
    assert sign.stat().st_mode & 0o077 == 0


def test_a_sign_that_cannot_be_given_stops_no_worker(tmp_path: Path) -> None:
    (tmp_path / "state").touch()  # a file in the place of the folder

    async def work() -> None:
        async with heartbeat(tmp_path / "state" / "worker.alive"):
            await asyncio.sleep(0)

    asyncio.run(work())
    assert (tmp_path / "state").is_file()
