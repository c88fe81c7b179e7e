"""How questions and notes read on a terminal."""

from dataclasses import replace
from io import StringIO

import pytest

from coach.cli.commands import labels, trades, why
from coach.cli.notes import group as notes
from coach.cli.show.output import Output
from coach.cli.show.screen import Screen
from coach.engine.api.habits import OURS
from coach.engine.api.promises.labels import QuestionView
from coach.engine.api.trades import TradeView
from coach.model.journal.notes import NotedTrade
from coach.model.trades import TradeId
from coach.wording.reasons import question_text
from tests.unit.views.samples import (
    NOTE,
    QUESTION,
    REASON_QUESTION,
    ROUND_TRIP,
    TRADE_EVIDENCE,
)

SCREEN = Screen(width=80, color=False)


def test_open_questions_are_read_in_two_groups(terminal: StringIO) -> None:
    view = QuestionView(QUESTION, ROUND_TRIP)
    other = QuestionView(replace(QUESTION, bias="fomo"), ROUND_TRIP)
    Output(terminal, json=False).show(labels.questions([view, other], [REASON_QUESTION]), SCREEN)
    first, second, third, *rule = terminal.getvalue().splitlines()
    assert first == "Random trades of 2026-W14: was it that habit?"
    assert second == "  abcdefgh  BTC-USD long, opened 2026-04-01 09:00: revenge, fomo"
    assert third == "Is it a rule of yours?"
    assert " ".join(rule).startswith("  disposition-target: You close gains when they reach")


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_question_about_a_rule_loses_no_word_on_any_terminal(
    terminal: StringIO, width: int
) -> None:
    Output(terminal, json=False).show(
        labels.questions([], [REASON_QUESTION]), replace(SCREEN, width=width)
    )
    lines = terminal.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    heading = "Is it a rule of yours? disposition-target:"
    assert " ".join(lines).split() == [
        *heading.split(),
        *question_text(REASON_QUESTION.reason).split(),
    ]


def test_the_drawer_of_a_trade_ends_with_what_was_noted(terminal: StringIO) -> None:
    found = replace(TRADE_EVIDENCE, notes=(NOTE,))
    Output(terminal, json=False).show(why.of_trade(found, OURS, "UTC"), SCREEN)
    shown = terminal.getvalue()
    assert shown.endswith("note 3: =chased it\n      and \\x1b[31msaw it\n")


def test_a_trade_with_notes_says_how_many(terminal: StringIO) -> None:
    views = [TradeView(ROUND_TRIP, "main", "loss", (), notes=count) for count in (2, 0)]
    Output(terminal, json=False).show(trades.answer(views), SCREEN)
    head, noted, plain = (line.split() for line in terminal.getvalue().splitlines())
    assert (head[-1], noted[-1], plain[-1]) == ("notes", "2", "-")


def test_a_note_whose_trade_is_gone_says_so(terminal: StringIO) -> None:
    """A later import can join the trade to another one, and an undone import ends it."""
    assert isinstance(NOTE.about, NotedTrade)
    gone = replace(NOTE, about=replace(NOTE.about, now=None))
    joined = replace(NOTE, about=replace(NOTE.about, now=TradeId("0123456789abcdef")))
    Output(terminal, json=False).show(notes.listing("note list", [gone, joined], "UTC"), SCREEN)
    first, *_, second, _, _ = terminal.getvalue().splitlines()
    assert first == "3  BTC-USD long of 2026-04-01 09:00, trade abcdefgh, which is gone"
    assert second == "3  BTC-USD long of 2026-04-01 09:00, now part of trade 01234567"
