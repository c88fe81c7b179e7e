"""A follower that takes nothing is given up, whatever it took before."""

import asyncio

import pytest

from coach.server.streams.patience import WriteLimit

PATIENCE_S = 0.05


async def taken() -> None:
    """Take a write at once."""


async def never_taken() -> None:
    await asyncio.Event().wait()


def test_a_write_that_nobody_takes_ends_the_block() -> None:
    async def follow() -> None:
        async with WriteLimit(PATIENCE_S) as limit:
            for _ in range(3):
                await limit.write(taken())
            await limit.write(never_taken())

    with pytest.raises(TimeoutError):
        asyncio.run(follow())


def test_a_block_that_writes_nothing_for_long_goes_on() -> None:
    async def follow() -> str:
        async with WriteLimit(PATIENCE_S) as limit:
            await limit.write(taken())
            await asyncio.sleep(3 * PATIENCE_S)
            await limit.write(taken())
        return "over"

    assert asyncio.run(follow()) == "over"


def test_a_block_that_is_cancelled_is_no_timeout() -> None:
    async def follow() -> None:
        async with WriteLimit(PATIENCE_S) as limit:
            await limit.write(never_taken())

    async def cancel() -> None:
        task = asyncio.create_task(follow())
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancel())
