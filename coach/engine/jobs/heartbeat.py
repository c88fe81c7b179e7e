"""A worker's sign of life: it touches a file while its loop turns and its database answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from coach.engine.jobs.sign_of_life import BEAT_S
from coach.model.machine.home import private_folder


@asynccontextmanager
async def heartbeat(path: Path | None) -> AsyncIterator[None]:
    """Touch the file every few seconds while the block runs; None gives no sign."""
    if path is None:
        yield
        return
    task = asyncio.create_task(_beat(path))
    try:
        yield
    finally:
        task.cancel()


async def _beat(path: Path) -> None:
    while True:
        _touch(path)
        await asyncio.sleep(BEAT_S)


def _touch(path: Path) -> None:
    with suppress(OSError):  # there is no sign then, which is what whoever looks will say
        private_folder(path.parent)
        path.touch(mode=0o600)
