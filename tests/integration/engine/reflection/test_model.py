"""A model answers in slots; whatever else it does, the templates answer, and nothing leaks."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from coach.engine.api.keys import keys
from coach.engine.api.promises import rules
from coach.engine.api.reflection import reflect as api
from coach.engine.api.session import Session
from coach.engine.hot.in_memory import MemoryHotStore
from coach.model.accounts import Run
from coach.model.machine.secrets import Secret
from coach.model.reflections.language_model import NO_MODEL, no_key
from tests.integration.engine.reflection.conftest import KEY
from tests.model_server import ModelServer, Mood

Importer = Callable[..., Run]
DAY = (
    "09:00 buy BTC-USD 1 @ 100 fee 0.1",
    "09:30 sell BTC-USD 1 @ 90 fee 0.1",
    "09:40 buy BTC-USD 2 @ 91 fee 0.2",
    "11:00 sell BTC-USD 2 @ 95 fee 0.2",
)
GOOD = [
    ("Take a breath before you decide.", "none"),
    ("That left you with {money.1.net}, and you paid {money.1.fees}.", "money.1"),
]
RENDERED = [
    "Take a breath before you decide.",
    "That left you with -2.60 USD after fees from closed trades, and you paid 0.60 USD in fees.",
]
QUESTION = "how is my profit"
TRAPS: list[Mood] = ["cut", "thinking", "unconstrained", "grammar", "clash"]
FAULTS: list[Mood] = ["no json", "no choices", "redirect", "huge", "refused"]
PASSING: list[Mood] = ["down", "busy", "gone"]


def texts(view: api.ReflectionView) -> list[str]:
    return [str(one["text"]) for one in view.kept.sentences]


@pytest.fixture
def traded(asking: Session, imported: Importer, model: ModelServer) -> Session:
    imported(*DAY, account="secret account")
    model.says = GOOD
    return asking


def test_slots_are_filled_in_by_coach(traded: Session, model: ModelServer) -> None:
    found = api.reflect(traded, QUESTION)
    assert (found.kept.source, found.trouble) == ("model", "")
    assert texts(found) == RENDERED
    assert found.kept.sentences[1]["evidence"] == ["round_trip"]
    assert model.asked[0]["temperature"] == 0
    assert model.asked[0]["response_format"] == {"type": "json_object"}
    assert model.headers[0]["authorization"] == f"Bearer {KEY}"


def test_a_sentence_with_a_number_of_its_own_falls_alone(
    traded: Session, model: ModelServer
) -> None:
    model.says = [*GOOD, ("You lost 14 % of it.", "money.1"), ("Buy it back now.", "none")]
    assert texts(api.reflect(traded, QUESTION)) == RENDERED


@pytest.mark.parametrize("mood", [*TRAPS, *FAULTS, *PASSING])
def test_whatever_a_server_does_templates_answer_and_say_why(
    traded: Session, model: ModelServer, mood: Mood
) -> None:
    model.mood = mood
    found = api.reflect(traded, QUESTION)
    assert found.kept.source == "template"
    assert found.trouble
    assert "They brought -2.60 USD after 0.60 USD in fees." in texts(found)
    assert not [text for text in texts(found) if "lost" in text or "14" in text]
    assert KEY not in found.trouble
    assert len(model.asked) == (2 if mood in PASSING else 1)


def test_an_answer_that_templates_gave_is_asked_for_again(
    traded: Session, model: ModelServer
) -> None:
    model.mood = "down"
    first = api.reflect(traded, QUESTION)
    model.mood = "well"
    second = api.reflect(traded, QUESTION)
    assert (first.kept.id, second.kept.source) == (second.kept.id, "model")
    assert api.reflect(traded, QUESTION).known


def test_a_server_that_does_not_know_a_field_is_asked_without_it(
    traded: Session, model: ModelServer
) -> None:
    model.mood = "unknown field"
    assert texts(api.reflect(traded, QUESTION)) == RENDERED
    assert ["reasoning_effort" in asked for asked in model.asked] == [True, False]


def test_one_request_has_one_answer_however_moody_the_model_is(
    traded: Session, model: ModelServer
) -> None:
    model.mood = "moody"
    first = texts(api.reflect(traded, QUESTION))
    traded.connection.execute("delete from reflection")
    assert texts(api.reflect(traded, QUESTION)) == first
    assert len(model.asked) == 1


def test_after_three_failures_in_a_row_the_model_is_left_alone(
    traded: Session, model: ModelServer
) -> None:
    model.mood = "no json"
    for word in ("rules", "fees", "money", "earn"):
        api.reflect(traded, f"how are my {word}")
    assert len(model.asked) == 3
    model.mood = "well"
    rested = replace(traded, hot=lambda: MemoryHotStore(lambda: 0.0))
    assert api.reflect(rested, QUESTION).kept.source == "model"


def test_a_trade_call_is_refused_and_never_sent(traded: Session, model: ModelServer) -> None:
    found = api.reflect(traded, "should I buy BTC now?")
    assert (found.kept.refused, model.asked) == (True, [])
    assert not api.prompt_of(traded, "should I buy BTC now?").sent


def test_nothing_is_sent_unless_a_model_is_configured(traded: Session, model: ModelServer) -> None:
    found = api.reflect(replace(traded, model=NO_MODEL), QUESTION)
    assert (found.kept.source, found.trouble, model.asked) == ("template", "", [])


def test_what_is_shown_is_what_is_sent_and_holds_no_fill_account_or_key(
    traded: Session, model: ModelServer
) -> None:
    rules.add(traded, "max_trades_per_day", {"limit": 1})
    shown = api.prompt_of(traded, QUESTION)
    api.reflect(traded, QUESTION)
    assert shown.sent
    assert shown.url == f"{model.url}/chat/completions"
    assert model.raw == [shown.body]
    fills = traded.connection.execute("select encode(key, 'hex'), native_id from fill").fetchall()
    sent = model.raw[0]
    for word in (
        "secret",
        "BTC",
        "USD",
        "2.6",
        "0.6",
        "95",
        "2026",
        KEY,
        *(key for key, _ in fills),
    ):
        assert word not in sent
    assert json.loads(sent)["model"] == "tiny"


def test_a_sealed_key_is_sent_where_none_is_handed_over(
    traded: Session, model: ModelServer
) -> None:
    assert keys.seal_named(traded, "model", Secret("sk-sealed"))
    api.reflect(replace(traded, model=replace(traded.model, key=no_key)), QUESTION)
    assert model.headers[0]["authorization"] == "Bearer sk-sealed"


def test_without_a_key_none_is_sent(traded: Session, model: ModelServer) -> None:
    api.reflect(replace(traded, model=replace(traded.model, key=no_key)), QUESTION)
    assert "authorization" not in model.headers[0]
