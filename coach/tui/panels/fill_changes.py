"""Leaving a fill out and taking it back, and what takes either back."""

from functools import partial
from string import ascii_lowercase
from typing import TYPE_CHECKING

from coach.advice.fills import fill_line
from coach.engine.api.fills import single
from coach.engine.api.fills.single import FillFilter
from coach.tui.prompts.choice import ChoicePrompt
from coach.tui.prompts.line import LinePrompt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import App

    from coach.engine.api.fills.single import FillChange
    from coach.engine.api.session import Session
    from coach.model.bookkeeping.fill_reports import StoredFillRow
    from coach.model.trades import TradeId
    from coach.tui.desk import Desk

LETTERS = ascii_lowercase.replace("q", "")
"""Of fills to choose from; q leaves the choice."""


async def leave_fill_out(app: "App[None]", desk: "Desk", trade: "TradeId") -> None:
    """Ask which fill of a trade does not count, and why; then leave it out."""
    fills = await desk.threads.ask(
        lambda session: single.fills(session, FillFilter(trade=trade))[: len(LETTERS)]
    )
    chosen = await app.push_screen_wait(
        ChoicePrompt("Which fill does not count?", list(_answers(fills)))
    )
    if chosen is None:
        return
    fill = dict(zip(LETTERS, fills, strict=False))[chosen]
    reason = await app.push_screen_wait(LinePrompt("Why does it not count?"))
    if not reason or not reason.strip():
        return
    name = fill.key.hex()
    await desk.change(
        _said, lambda session: single.leave_out(session, name, reason, fill.account), _back
    )


async def take_fill_back(desk: "Desk", fill_id: str, account: str) -> None:
    """Let a fill count again."""
    await desk.change(
        lambda _: f"fill {fill_id[:8]} counts again",
        lambda session: single.take_back(session, fill_id, account),
        _out_again,
    )


def _answers(fills: "Sequence[StoredFillRow]") -> "list[tuple[str, str]]":
    return [(key, fill_line(one.fill).strip()) for key, one in zip(LETTERS, fills, strict=False)]


def _said(change: "FillChange") -> str:
    row = change.history.row
    return f"fill {row.key.hex()[:8]} left out: {row.reason}"


def _back(change: "FillChange") -> "Callable[[Session], object] | None":
    if not change.changed:
        return None
    row = change.history.row
    return lambda session: single.take_back(session, row.key.hex(), row.account)


def _out_again(change: "FillChange") -> "Callable[[Session], object] | None":
    """Return what leaves a held fill out again, for the reason that it had last."""
    row = change.history.row
    if not change.changed or not row.held:
        return None
    reason = change.history.decisions[-1].reason
    return partial(_leave_out, row.key.hex(), row.account, reason)


def _leave_out(fill_id: str, account: str, reason: str, session: "Session") -> object:
    return single.leave_out(session, fill_id, reason, account)
