"""What `coach experiments` shows: JSON and TSV agree, lines fit, the hash can be made."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from coach.advice.cells import cell
from coach.cli.commands import experiments
from coach.cli.show.answers import Answer
from coach.cli.show.output import Output
from coach.cli.show.screen import Screen
from coach.engine.api.promises.experiments import ExperimentView, Overlap, Result, WeekView
from coach.engine.experiments.card import card
from coach.engine.experiments.outcomes import CountedWeek
from coach.engine.experiments.registered import read
from coach.engine.experiments.registration import ExperimentPlan, register
from coach.model.experiments import ExperimentId
from coach.model.rules import Rule, RuleId

if TYPE_CHECKING:
    from coach.model.experiments import ExperimentState

NOW = datetime(2026, 4, 2, 9, tzinfo=UTC)
RULE = Rule(RuleId("max_trades_per_day"), "max_trades_per_day", {"limit": 5}, active=True)
NAMES = tuple(f"2026-W{number}" for number in range(15, 27))
MADE = register(ExperimentPlan(RULE, "u", NAMES, "UTC", "net", "USD", "1.0"), NOW)
SAID = read(MADE)
WEEKS = [
    CountedWeek(name, on, 4, 0 if on else 2, 0, Decimal(9 if on else -9) + place % 3, Decimal(400))
    for place, (name, on) in enumerate(zip(NAMES, SAID.on, strict=True))
]
BEGUN = (WeekView(NAMES[0], SAID.on[0], NOW, NOW + timedelta(days=7), counted=False),)
VIEW = ExperimentView(MADE, SAID, BEGUN, on_now=SAID.on[0], intact=True)
NOT_YET = ExperimentView(MADE, SAID, (), on_now=None, intact=True)
SCREEN = Screen(width=80, color=False, zone="UTC")


def result_of(count: int, *, early: bool = False) -> Result:
    state: ExperimentState = "stopped" if early else "running"
    over = replace(MADE, state=state, looked=count // 4)
    view = replace(VIEW, experiment=over)
    return Result(view, card(SAID, WEEKS[:count], state), early, early, ("something moved",))


def answers() -> Iterator[Answer]:
    yield experiments.started(NOT_YET)
    yield experiments.answer([NOT_YET, VIEW])
    yield experiments.answer([])
    yield experiments.shown(NOT_YET)
    yield experiments.shown(VIEW)
    yield experiments.card("experiments result", result_of(0))
    yield experiments.card("experiments result", result_of(12))
    yield experiments.card("experiments stop", result_of(4, early=True))


EACH = pytest.mark.parametrize("answer", list(answers()), ids=lambda answer: answer.command)


def said(answer: Answer, *, as_json: bool = False) -> str:
    stream = StringIO()
    Output(stream, json=as_json).show(answer, SCREEN)
    return stream.getvalue()


@EACH
def test_json_and_tsv_agree_cell_by_cell(answer: Answer) -> None:
    data = json.loads(said(answer, as_json=True))["data"]
    each = data if isinstance(data, list) else data.get("weeks", [data])
    header, *lines = said(answer).splitlines()
    for line, row in zip(lines, each, strict=True):
        shown = dict(zip(header.split("\t"), line.split("\t"), strict=True))
        assert shown == {key: cell(row[key]) for key in shown}


@EACH
def test_a_person_reads_it_on_80_columns(answer: Answer, terminal: StringIO) -> None:
    Output(terminal, json=False).show(answer, SCREEN)
    assert max(map(len, terminal.getvalue().splitlines())) <= 80


def test_the_registration_in_json_has_the_hash_beside_it() -> None:
    data = json.loads(said(experiments.shown(VIEW), as_json=True))["data"]
    assert sha256(data["registration"].encode()).hexdigest() == data["sha256"]


def test_weeks_to_come_are_not_shown(terminal: StringIO) -> None:
    Output(terminal, json=False).show(experiments.shown(VIEW), SCREEN)
    assert NAMES[0] in terminal.getvalue()
    assert NAMES[1] not in terminal.getvalue()


def test_an_early_stop_is_read_by_a_person(terminal: StringIO) -> None:
    stopped = experiments.card("experiments stop", result_of(4, early=True))
    Output(terminal, json=False).show(stopped, SCREEN)
    assert "stopped by hand, of 12 weeks registered" in terminal.getvalue()
    assert stopped.warnings == ("something moved",)


def test_an_experiment_on_the_same_outcome_is_a_warning_on_every_answer() -> None:
    other = Overlap(
        ExperimentId("abc"), RuleId("pause"), "return", "USD", NOW, NOW + timedelta(weeks=8)
    )
    view = replace(VIEW, overlaps=(other,))
    said = (
        "experiment abc on pause counts the same outcome (return, USD) from 2026-04-02 to"
        " 2026-05-28: what one of them does shows in the other"
    )
    assert experiments.started(view).warnings == (said,)
    assert experiments.shown(view).warnings == (said,)
    found = replace(result_of(12), view=view)
    assert experiments.card("experiments result", found).warnings == ("something moved", said)
