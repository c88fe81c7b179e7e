"""A conversation goes on where it was; notes are sent one by one; principles frame behaviour."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from coach.engine.api import notes
from coach.engine.api.reflection import reflect as api
from coach.engine.api.reflection.persona import set_persona, voice
from coach.engine.api.session import Session
from coach.errors import Invalid, NotFound, Refused
from coach.model.accounts import Run
from coach.model.reflections.language_model import NO_MODEL
from tests.integration.engine.reflection.test_model import DAY, GOOD
from tests.model_server import ModelServer
from tests.unit.reflection.redteam.adversarial import INJECTIONS

TODAY = date(2026, 3, 4)
SECRET = "the plan is between me and me"


@pytest.fixture
def traded(asking: Session, imported: Callable[..., Run], model: ModelServer) -> Session:
    imported(*DAY, account="secret account")
    model.says = GOOD
    return asking


def texts(view: api.ReflectionView) -> list[str]:
    return [str(one["text"]) for one in view.kept.sentences]


def test_a_question_that_names_nothing_is_about_what_the_one_before_was(traded: Session) -> None:
    quiet = replace(traded, model=NO_MODEL)
    first = api.reflect(quiet, "what do my fees cost")
    alone = api.reflect(quiet, "and so")
    follows = api.reflect(quiet, "and so", first.kept.id)
    assert follows.kept.after == first.kept.id
    assert texts(follows) == texts(first) != texts(alone)
    assert api.find(quiet, follows.kept.id) == follows.kept
    with pytest.raises(NotFound):
        api.reflect(quiet, "why", "no such answer")


def test_a_model_reads_the_question_before_but_never_one_for_a_trade(
    traded: Session, model: ModelServer
) -> None:
    first = api.reflect(traded, "how is my profit")
    api.reflect(traded, "why is that", first.kept.id)
    assert "<before>\nhow is my profit\n</before>" in model.asked[-1]["messages"][1]["content"]
    call = api.reflect(traded, "should I buy now", first.kept.id)
    assert call.kept.refused
    api.reflect(traded, "and then", call.kept.id)
    assert not [body for body in model.raw if "should I buy" in body]


def test_a_note_is_sent_where_it_was_shared_and_until_it_says_something_else(
    traded: Session, model: ModelServer
) -> None:
    kept = notes.add(traded, TODAY, SECRET).note
    other = notes.add(traded, TODAY, "not for anybody").note
    api.reflect(traded, "how am I doing")
    assert SECRET not in model.raw[-1]
    assert notes.share(traded, kept.id).note.shared_at is not None
    assert not notes.share(traded, kept.id).changed
    assert SECRET in api.prompt_of(traded, "why").body
    api.reflect(traded, "how am I doing")
    assert SECRET in model.raw[-1]
    assert other.text not in "".join(model.raw)
    assert notes.edit(traded, kept.id, "changed my mind").note.shared_at is None
    notes.share(traded, kept.id)
    notes.unshare(traded, kept.id)
    assert "changed my mind" not in api.prompt_of(traded, "why").body


def test_a_shared_note_that_gives_orders_changes_nothing_that_is_said(
    traded: Session, model: ModelServer
) -> None:
    for payload in INJECTIONS[::4]:
        text = payload.replace("\x00", "").strip()
        notes.share(traded, notes.add(traded, TODAY, text).note.id)
        prompt = api.prompt_of(traded, "how is my profit").prompt.user
        assert prompt.count("</notes>") == 1
        assert prompt.count("</evidence>") == 1
        model.says = [(text, "none"), (text, "money.1"), *GOOD]
        found = api.reflect(traded, "how is my profit")
        assert [one for one in texts(found) if text in one] == []


def test_principles_are_chosen_where_the_feature_is_on_and_name_no_asset(
    traded: Session, model: ModelServer
) -> None:
    with pytest.raises(Refused):
        set_persona(traded, "value")
    on = replace(traded, features=("principles",))
    assert set_persona(on, "value") == "value"
    with pytest.raises(Invalid):
        set_persona(on, "lion")
    chosen = replace(on.user, persona="value")
    speaking = replace(on, user=chosen)
    found = api.reflect(speaking, "how is my profit")
    assert (found.kept.persona, voice(speaking).name) == ("value", "Rational Future Self")
    assert "margin for being wrong" in model.asked[-1]["messages"][0]["content"]
    assert voice(replace(speaking, features=())).id == "future-self"
