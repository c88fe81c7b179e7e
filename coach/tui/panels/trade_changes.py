"""What can be said of a trade here: a label, a note; and what takes it back."""

from functools import partial
from typing import TYPE_CHECKING

from coach.engine.api import notes
from coach.engine.api.browse.trade_labels import trade_labels
from coach.engine.api.promises import labels

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.engine.api.notes import NoteChange
    from coach.engine.api.session import Session
    from coach.model.insights import Bias
    from coach.model.labels import Answer, Label
    from coach.model.trades import TradeId
    from coach.tui.desk import Desk

Given = tuple["Label", "Answer | None"]
"""An answer, and the one that stood before."""


async def label_trade(
    desk: "Desk", trade: "TradeId", answer: "Answer", bias: "Bias | None" = None
) -> bool:
    """Answer for a habit, or for the first tag that nothing was said of; say whether one was."""

    def work(session: "Session") -> Given | None:
        before = trade_labels(session, trade)
        chosen = bias or next(iter(before.unlabelled), None)
        if chosen is None:
            return None
        return labels.label(session, trade, chosen, answer), before.answer(chosen)

    done = await desk.change(_said, work, _back)
    return done is not None


def _said(given: Given | None) -> str:
    if given is None:
        return "nothing of it is unlabelled; L labels any habit"
    label, _ = given
    return f"{label.bias}: {label.answer}"


def _back(given: Given | None) -> "Callable[[Session], object] | None":
    if given is None:
        return None
    label, before = given
    if before is None:
        return lambda session: labels.remove(session, label.trade_id, label.bias)
    return lambda session: labels.label(session, label.trade_id, label.bias, before)


async def take_labels_back(desk: "Desk", trade: "TradeId") -> None:
    """Take back all that was said of a trade."""

    def work(session: "Session") -> "list[Label]":
        given = trade_labels(session, trade).answers
        return [labels.remove(session, trade, bias) for bias in given]

    await desk.change(_said_of_gone, work, _given_again)


def _said_of_gone(gone: "list[Label]") -> str:
    if not gone:
        return "nothing was said of it"
    return f"taken back: {', '.join(f'{one.bias} {one.answer}' for one in gone)}"


def _given_again(gone: "list[Label]") -> "Callable[[Session], object] | None":
    return partial(_give_again, gone) if gone else None


def _give_again(gone: "list[Label]", session: "Session") -> object:
    return [labels.label(session, x.trade_id, x.bias, x.answer, x.reason) for x in gone]


async def note_trade(desk: "Desk", trade: "TradeId", text: str) -> None:
    """Write a note on a trade."""

    def work(session: "Session") -> "NoteChange":
        return notes.add(session, notes.subject(session, trade), text)

    await desk.change("noted", work, _note_back)


def _note_back(change: "NoteChange") -> "Callable[[Session], object] | None":
    if not change.changed:
        return None
    return partial(_remove_note, int(change.note.id))


def _remove_note(number: int, session: "Session") -> object:
    return notes.remove(session, number)
