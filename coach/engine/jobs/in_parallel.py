"""The same work on many things, on every core where we may fork.

The answer does not depend on how many there are.
"""

import os
import signal
import warnings
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import TypeVar

from coach.errors import CoachError
from coach.model.machine.own_process import is_own_process

Item = TypeVar("Item")
Result = TypeVar("Result")
OnProgress = Callable[[int, int | None], None]


def in_parallel(
    work: Callable[[Item], Result], items: Sequence[Item], workers: int, on_progress: OnProgress
) -> list[Result]:
    """Return the results in the order of the items, and report how many of how many are done.

    Each of so many processes takes every so many-th item. What `work` holds is shared by forking
    and never sent. In a process that is not ours nothing is forked, and the items are done one
    after another. CoachError when a process ends before its work does.
    """
    found: dict[int, Result] = {}

    def keep(place: int, answer: Result) -> None:
        found[place] = answer
        on_progress(len(found), len(items))

    if workers <= 1 or len(items) <= 1 or not is_own_process():
        for place, item in enumerate(items):
            keep(place, work(item))
    else:
        _shared_out(work, items, workers, keep)
    return [found[place] for place in range(len(items))]


def _shared_out(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    workers: int,
    keep: Callable[[int, Result], None],
) -> None:
    count = min(workers, len(items))
    started = [_started(work, items, range(first, len(items), count)) for first in range(count)]
    reading = dict(started)
    try:
        while reading:
            for ready in wait([*reading]):
                assert isinstance(ready, Connection)
                _read(ready, reading, keep)
    finally:
        for reader, process in started:
            process.terminate()
            process.join()
            reader.close()


def _started(
    work: Callable[[Item], Result], items: Sequence[Item], places: range
) -> tuple[Connection, BaseProcess]:
    context = get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    parent = os.getpid()
    process = context.Process(target=_work, args=(work, items, places, writer, parent), daemon=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # numpy's idle threads are not ours
        process.start()
    writer.close()
    assert isinstance(reader, Connection)
    return reader, process


def _work(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    places: range,
    writer: Connection,
    parent: int,
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it too, and ends us
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for place in places:
        if os.getppid() != parent:  # it was killed, and what it had open is open here still
            return
        writer.send((place, work(items[place])))
    writer.send(None)


def _read(
    ready: Connection,
    reading: dict[Connection, BaseProcess],
    keep: Callable[[int, Result], None],
) -> None:
    try:
        message = ready.recv()
    except EOFError as ended:
        reading[ready].join()
        code = reading[ready].exitcode
        raise CoachError(what=f"a process of the evaluation ended with {code}") from ended
    if message is None:
        del reading[ready]
    else:
        keep(*message)
