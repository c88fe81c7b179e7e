"""What a model cost is kept by request, and a day's budget ends what is asked of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from coach.engine.api.live.activity import read_activity
from coach.engine.api.reflection import reflect as api
from coach.engine.api.reflection.usage import budget, usage
from coach.engine.api.session import Session
from coach.errors import Invalid
from coach.model.accounts import Run
from tests.model_server import ModelServer

Importer = Callable[..., Run]
DAY = ("09:00 buy BTC-USD 1 @ 100 fee 0.1", "09:30 sell BTC-USD 1 @ 90 fee 0.1")
GOOD = [("That left you with {money.1.net}.", "money.1")]
ONE_REQUEST = 900
"""Tokens that the fake counts."""


@pytest.fixture
def traded(asking: Session, imported: Importer, model: ModelServer) -> Session:
    imported(*DAY)
    model.says = GOOD
    return asking


def capped(session: Session, cap: int) -> Session:
    return replace(session, model=replace(session.model, tokens_a_day=cap))


def test_requests_are_counted_by_day_with_what_came_of_them(
    traded: Session, model: ModelServer
) -> None:
    api.reflect(traded, "how are my fees")
    model.says = [("You lost much.", "none")]
    api.reflect(traded, "how is my profit")
    model.mood = "thinking"
    api.reflect(traded, "how is my money")
    [day] = usage(traded).days
    assert (day.day, day.model, day.requests, day.used) == (date(2026, 4, 1), "tiny", 3, 1)
    assert (day.tokens_in, day.tokens_out) == (2_400, 300)
    seen = read_activity(traded.connection, traded.clock())
    assert seen.model_requests == {"used": 1, "unusable": 1, "failed": 1}
    assert seen.model_tokens == (2_400, 300)


def test_what_the_model_wrote_before_costs_nothing(traded: Session) -> None:
    for _ in range(2):
        api.reflect(traded, "how are my fees")
        traded.connection.execute("delete from reflection")
    assert budget(traded).spent == ONE_REQUEST


def test_beyond_the_budget_templates_answer_until_the_next_day(
    traded: Session, model: ModelServer
) -> None:
    at = capped(traded, ONE_REQUEST)
    first = api.reflect(at, "how are my fees")
    assert (first.kept.source, first.note) == ("model", "the day's 900 tokens are spent")
    second = api.reflect(at, "how is my profit")
    assert (second.kept.source, second.trouble) == ("template", "the day's 900 tokens are spent")
    assert len(model.asked) == 1
    tomorrow = replace(at, clock=lambda: traded.clock() + timedelta(days=1))
    assert api.reflect(tomorrow, "how is my profit").kept.source == "model"


def test_near_the_budget_a_person_is_told(traded: Session) -> None:
    assert api.reflect(capped(traded, 1_200), "how are my fees").note == ""
    found = api.reflect(capped(traded, 2_200), "how is my profit")
    assert found.note == "1,800 of the day's 2,200 tokens are spent"


def test_a_day_is_one_of_the_users_zone(traded: Session) -> None:
    api.reflect(traded, "how are my fees")  # at noon in UTC
    abroad = replace(traded, user=replace(traded.user, zone="Pacific/Auckland"))
    later = replace(abroad, clock=lambda: traded.clock() + timedelta(hours=3))
    assert [one.day for one in usage(later).days] == [date(2026, 4, 2)]
    assert budget(later).spent == ONE_REQUEST


@pytest.mark.parametrize("days", [0, 3_651])
def test_usage_looks_back_a_number_of_days(traded: Session, days: int) -> None:
    with pytest.raises(Invalid):
        usage(traded, days)
