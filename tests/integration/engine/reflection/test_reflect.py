"""A question is answered once from what is stored, kept, and told as an event."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from coach.engine.api import events, jobs, users
from coach.engine.api.promises import rules
from coach.engine.api.reflection import reflect as api
from coach.engine.api.reflection.tone import set_tone
from coach.engine.api.session import Session
from coach.errors import Invalid, NotInitialised
from coach.model.accounts import Run

Importer = Callable[..., Run]
DAY = (
    "09:00 buy BTC-USD 1 @ 100 fee 0.1",
    "09:30 sell BTC-USD 1 @ 90 fee 0.1",
    "09:40 buy BTC-USD 2 @ 91 fee 0.2",
    "11:00 sell BTC-USD 2 @ 95 fee 0.2",
)


def texts(view: api.ReflectionView) -> list[str]:
    return [str(one["text"]) for one in view.kept.sentences]


def of_reflections(session: Session) -> list[dict[str, object]]:
    return [one.payload for one in events.every(session) if one.type == "coach.reflect"]  # type: ignore[misc]


def test_an_answer_states_what_is_stored_and_is_told_once(
    session: Session, imported: Importer
) -> None:
    imported(*DAY)
    made = api.reflect(session, "how is my profit?")
    assert "They brought -2.60 USD after 0.60 USD in fees." in texts(made)
    assert not made.known
    again = api.reflect(session, " how is my   profit? ")
    assert again == replace(made, known=True)
    [told] = of_reflections(session)
    assert told["reflection_id"] == made.kept.id
    assert told["sentences"] == texts(made)
    assert "question" not in told
    [job] = [one for one in jobs.jobs(session) if one.kind == "reflect.question"]
    assert (job.state, job.id, job.result) == ("done", made.kept.id, {"reflection": made.kept.id})


def test_new_evidence_and_another_tone_give_another_answer(
    session: Session, imported: Importer
) -> None:
    imported(*DAY)
    first = api.reflect(session).kept.id
    imported(*DAY, day="2026-03-03")
    second = api.reflect(session).kept.id
    assert set_tone(session, "strict") == "strict"
    user = users.find(session.connection, session.user.name)
    assert user is not None
    strict = api.reflect(replace(session, user=user)).kept
    assert strict.tone == "strict"
    assert len({first, second, strict.id}) == 3
    assert {one.id for one in api.newest(session, 20)} == {first, second, strict.id}
    assert len(api.newest(session, 2)) == 2


def test_a_broken_rule_is_named_to_the_user_and_only_counted_in_a_prompt(
    session: Session, imported: Importer
) -> None:
    imported(*DAY, account="secret account")
    rules.add(session, "max_trades_per_day", {"limit": 1})
    assert 'You promised "At most 1 new trade per day", and 1 trade broke it.' in texts(
        api.reflect(session, "do I break rules")
    )
    asked = api.prompt_of(session, "do I break rules")
    for word in ("secret", "BTC", "USD", "per day", "2026"):
        assert word not in asked.body
    assert not asked.sent
    assert not [one for one in api.newest(session, 9) if one.question == ""]


def test_a_trade_call_is_refused_and_kept_as_refused(session: Session, imported: Importer) -> None:
    imported(*DAY)
    made = api.reflect(session, "should I buy BTC now?")
    assert made.kept.refused
    assert of_reflections(session)[0]["refused"] is True


def test_without_fills_there_is_nothing_to_say(session: Session) -> None:
    with pytest.raises(NotInitialised):
        api.reflect(session)


@pytest.mark.parametrize("question", ["x" * 501, "why \x1b[31m"])
def test_a_question_is_one_line_of_at_most_500_characters(session: Session, question: str) -> None:
    with pytest.raises(Invalid):
        api.reflect(session, question)


def test_a_tone_is_one_of_two(session: Session) -> None:
    with pytest.raises(Invalid, match="supportive or strict"):
        set_tone(session, "loud")
