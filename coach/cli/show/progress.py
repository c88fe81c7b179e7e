"""A progress bar for a person who looks on; for everybody else nothing at all.

Whoever has the screen read aloud hears how far it is, at most every half a minute.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from coach.cli.show.talk import Talk
from coach.wording.visible import visible

ProgressCallback = Callable[[int, int | None], None]
EVERY_S = 30.0


@contextmanager
def progress(talk: Talk, doing: str) -> Iterator[ProgressCallback | None]:
    """Yield what to tell the bar, or None where nobody looks on; the bar leaves no trace."""
    if not talk.someone_looks_on:
        yield None
        return
    if talk.accessible:
        talk.hint(f"{doing} begins")
        yield spoken_progress(talk, doing)
        talk.hint(f"{doing} has ended")
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(file=talk.stream)
    says = TextColumn("{task.description}", markup=False)
    columns = (says, BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=console.is_dumb_terminal
    ) as bar:
        task = bar.add_task(visible(doing), total=None)

        def report(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        yield report


def spoken_progress(
    talk: Talk, doing: str, ticks: Callable[[], float] = monotonic
) -> ProgressCallback:
    """Return what says how far a work is, in a line of its own, at most every half a minute."""
    said = ticks()

    def report(done: int, total: int | None) -> None:
        nonlocal said
        if ticks() - said < EVERY_S:
            return
        said = ticks()
        whole = "" if total is None else f" of {total:,}"
        talk.hint(f"{doing}, still working: {done:,}{whole}")

    return report
