"""Works that go on side by side until the first of them ends."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")


async def first_result(*works: Coroutine[object, object, T]) -> T:
    """Return the result of the first work that ends, of several the one named first.

    The others are cancelled, and have ended when this returns.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        done = next(task for task in tasks if task.done())
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for task in tasks:  # what went wrong in a second one is nobody's question
            if not task.cancelled():
                task.exception()
    return done.result()
