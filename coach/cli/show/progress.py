"""A progress bar for a person who looks on; for everybody else nothing at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from coach.cli.show.talk import Talk
from coach.wording.visible import visible

ProgressCallback = Callable[[int, int | None], None]


@contextmanager
def progress(talk: Talk, doing: str) -> Iterator[ProgressCallback | None]:
    """Yield what to tell the bar, or None where nobody looks on; the bar leaves no trace."""
    if not talk.someone_looks_on:
        yield None
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
