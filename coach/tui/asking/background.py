"""Work that goes on beside the keys: one kind of it at a time, where it says so."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from textual.dom import DOMNode

Work = Callable[[], Coroutine[Any, Any, None]]


def begin_work(node: "DOMNode", work: Work, group: str, *, exclusive: bool = False) -> None:
    """Begin work of a group; `exclusive` gives up what the group was at.

    Work is handed over as a function: what is given up before it began is then never made.
    """
    node.run_worker(cast("Any", work), group=group, exclusive=exclusive)
