"""A habit that a rule may explain is asked about, and what the trader answers decides."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from psycopg import sql

from coach.engine.api import digests, events, health, imports, insights, why
from coach.engine.api.imports import ImportRequest
from coach.engine.api.promises import labels, plans, questions
from coach.engine.api.session import Session
from coach.engine.outbox import partitions
from coach.engine.store import users
from coach.errors import Conflict, Invalid, NotFound
from coach.model.accounts import Run
from coach.model.insights import Finding
from tests.doubling_bot import HEADER, ROWS_A_DAY, bot_rows

START = datetime(2026, 1, 5, tzinfo=UTC)
TABLES = ("finding", "trait", "reason_question", "kept_result", "event_outbox", "digest", "tag")
MachineImport = Callable[[Session, int, int], Run]
HABIT = "size_after_loss"


ROWS = bot_rows(START, 130)


@pytest.fixture
def session(session: Session) -> Session:
    """A session in June, after the last fill."""
    june = datetime(2026, 6, 15, 12, tzinfo=UTC)
    partitions.ensure(session.connection, june)
    return replace(session, clock=lambda: june)


@pytest.fixture
def traded(tmp_path: Path) -> MachineImport:
    """Import the fills of the machine from one day up to another."""

    def bring(session: Session, first: int, last: int) -> Run:
        file = tmp_path / f"machine-{first}-{last}.csv"
        file.write_text("\n".join([HEADER, *ROWS[ROWS_A_DAY * first : ROWS_A_DAY * last]]) + "\n")
        return imports.import_statement(session, file, ImportRequest(account="main"))

    return bring


def finding(session: Session) -> Finding:
    [found] = insights.findings(session, bias=HABIT).findings
    return found


def told(session: Session) -> list[tuple[str, str]]:
    """Return what was asked, answered, announced and withdrawn, oldest first."""
    wanted = ("question.", "trait.")
    found = [one for one in events.every(session) if one.type.startswith(wanted)]
    return [
        (one.type, str(one.payload.get("answer", one.payload.get("reason", ""))))
        for one in found
        if one.payload["bias"] == HABIT
    ]


def contents(session: Session) -> dict[str, list[str]]:
    """Return every row of the tables that conclusions are kept in."""
    found = {}
    for table in TABLES:
        named = sql.SQL("select t::text from {} t order by 1").format(sql.Identifier(table))
        rows = session.connection.execute(named)
        found[table] = [str(row) for (row,) in rows]
    return found


ASKED = ("question.asked", "machine")


def test_a_habit_that_a_machine_may_explain_is_asked_about_and_not_told(
    session: Session, traded: MachineImport
) -> None:
    traded(session, 0, 90)
    assert told(session) == [ASKED]
    [asked] = questions.questions(session)
    assert (asked.id, asked.state, asked.bias, asked.times) == ("machine", "open", HABIT, 1)
    found = finding(session)
    assert (found.standing, found.costs) == ("asked", ())
    assert [reason.kind for reason in found.reasons] == ["machine"]
    assert health.status(session).levels[HABIT] == "pattern"


def test_a_yes_silences_every_habit_and_is_a_style(session: Session, traded: MachineImport) -> None:
    traded(session, 0, 90)
    assert labels.questions(session)
    questions.answer(session, "machine", "yes")
    assert labels.questions(session) == []
    tested = [one for one in insights.findings(session).findings if one.kind == "test"]
    assert {one.standing for one in tested} == {"style"}
    assert [one.id for one in questions.styles(session)] == ["machine"]
    assert health.status(session).levels[HABIT] == "style"
    assert told(session) == [ASKED, ("question.answered", "yes")]


def test_a_no_tells_the_habit_at_once(session: Session, traded: MachineImport) -> None:
    traded(session, 0, 90)
    questions.answer(session, "machine", "no")
    assert finding(session).standing == "told"
    assert told(session) == [ASKED, ("question.answered", "no"), ("trait.announced", "")]


def test_a_yes_takes_back_what_a_no_had_told(session: Session, traded: MachineImport) -> None:
    traded(session, 0, 90)
    questions.answer(session, "machine", "no")
    questions.answer(session, "machine", "yes")
    assert told(session)[-2:] == [
        ("question.answered", "yes"),
        ("trait.withdrawn", "a rule of yours explains it"),
    ]


def test_a_question_that_a_pattern_shows_is_answered_before_its_turn_to_be_asked(
    session: Session, traded: MachineImport
) -> None:
    traded(session, 0, 90)
    session.connection.execute("delete from reason_question")
    assert questions.questions(session) == []
    with pytest.raises(NotFound):
        questions.answer(session, "disposition-target", "yes")
    questions.answer(session, "machine", "yes")
    assert finding(session).standing == "style"
    assert told(session)[1:] == [ASKED, ("question.answered", "yes")]
    questions.take_back(session, questions.question_named(session, "machine"))
    assert [(one.state, one.times) for one in questions.questions(session)] == [("open", 1)]


def test_unsure_leaves_a_pattern(session: Session, traded: MachineImport) -> None:
    traded(session, 0, 90)
    questions.answer(session, "machine", "unsure")
    assert finding(session).standing == "asked"
    assert [one.answer for one in questions.open_questions(session)] == ["unsure"]


def test_an_answer_taken_back_leaves_all_as_it_was(session: Session, traded: MachineImport) -> None:
    traded(session, 0, 90)
    before = finding(session), questions.questions(session)
    questions.answer(session, "machine", "yes")
    questions.take_back(session, questions.question_named(session, "machine"))
    assert (finding(session), questions.questions(session)) == before
    assert told(session)[1:] == [("question.answered", "yes"), ("question.answered", "undone")]
    with pytest.raises(Conflict):
        questions.take_back(session, questions.question_named(session, "machine"))


def test_the_same_answer_twice_changes_nothing(session: Session, traded: MachineImport) -> None:
    traded(session, 0, 90)
    questions.answer(session, "machine", "yes")
    before = contents(session)
    questions.answer(session, "machine", "yes")
    assert contents(session) == before


def test_a_look_writes_nothing(session: Session, traded: MachineImport) -> None:
    traded(session, 0, 90)
    questions.answer(session, "machine", "yes")
    digests.digest(session, "2026-W13")
    before = contents(session)
    session.connection.execute("set default_transaction_read_only = on")
    assert insights.findings(session).findings
    assert questions.questions(session)
    assert questions.styles(session)
    assert why.of_bias(session, HABIT).questions
    assert digests.digest(session, "2026-W13").text
    assert contents(session) == before


def test_imports_of_any_frequency_find_and_ask_the_same(
    session: Session, traded: MachineImport
) -> None:
    for first, last in pairwise((0, 32, 46, 61, 75, 90)):
        traded(session, first, last)
    added = users.add(session.connection, "at once", "UTC")
    assert added is not None
    other = replace(session, user=added)
    traded(other, 0, 90)
    assert finding(session) == finding(other)
    assert told(session) == [ASKED, ASKED, ASKED]
    assert told(other) == [ASKED]
    asked = [questions.question_named(one, "machine") for one in (session, other)]
    assert asked[0].reason == asked[1].reason


def test_a_question_without_an_answer_comes_again_after_28_days_of_data(
    session: Session, traded: MachineImport
) -> None:
    traded(session, 0, 90)
    traded(session, 90, 117)
    assert told(session) == [ASKED]
    traded(session, 117, 119)
    assert told(session) == [ASKED, ASKED]
    assert questions.question_named(session, "machine").times == 2


def test_the_digest_of_a_machine_states_facts(session: Session, traded: MachineImport) -> None:
    traded(session, 0, 90)
    asked = digests.digest(session, "2026-W13").text
    assert "The open question: You open positions round the clock" in " ".join(asked.split())
    questions.answer(session, "machine", "yes")
    page = digests.digest(session, "2026-W13").text.partition("\nEvidence\n")[0]
    assert "facts and looks for no" in page
    assert "losses than after wins" not in page
    assert "Too few trades" not in page


def test_answers_that_make_no_sense_are_refused(session: Session, traded: MachineImport) -> None:
    traded(session, 0, 90)
    with pytest.raises(NotFound):
        questions.answer(session, "hope-target", "yes")
    with pytest.raises(Invalid):
        questions.answer(session, "machine", "maybe")
    assert plans.plans(session) == []
