"""Connecting a broker, and what takes that back."""

from functools import partial
from typing import TYPE_CHECKING

from coach.engine.api import accounts
from coach.engine.api.broker.leave import disconnect
from coach.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from coach.engine.api.accounts import AccountSummary
    from coach.engine.api.session import Session
    from coach.tui.desk import Desk

Connected = tuple["AccountSummary", bool]
"""The account, and whether it was there before."""


async def connect_broker(desk: "Desk", broker: str, file: "Path", account: str) -> None:
    """Connect an account by the key in a file."""

    def work(session: "Session") -> Connected:
        before = {one.name for one in accounts.overview(session)}
        made = accounts.connect(session, broker, key_in(file), account)
        return made, made.name in before

    await desk.change(
        lambda done: f"connected {done[0].name}; s reads what is there", work, _left_again
    )


def _left_again(done: Connected) -> "Callable[[Session], object]":
    return partial(_leave, done[0].name, done[1])


def _leave(name: str, was_there: bool, session: "Session") -> object:
    """End the connection; the account leaves with it where connecting made it and it is empty."""
    if was_there or accounts.summary(session, name).fills:
        return disconnect(session, name)
    return accounts.remove(session, name)


def key_in(file: "Path") -> str:
    """Return the text of a key file; UsageError where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        reason = getattr(trouble, "strerror", None) or "it is not text"
        hint = "give the file that the broker let you download"
        raise UsageError(hint, what=f"cannot read the key file: {reason}") from trouble
