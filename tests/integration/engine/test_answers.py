"""What the trader says: labels, plans, money; and what stands behind a trade."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from coach.engine.api import accounts, events, insights, trades, why
from coach.engine.api.promises import labels, plans
from coach.engine.api.promises.plans import PlanRequest
from coach.engine.api.session import Session
from coach.errors import NotFound, UsageError
from coach.model.accounts import Run
from coach.model.trades import TradeId

Importer = Callable[..., Run]
LOSER = ("09:00 buy BTC-USD 1 @ 100 fee 0.1", "09:05 sell BTC-USD 1 @ 90 fee 0.1")


def week_of_trades(imported: Importer) -> None:
    """Ten plain trades, then a loss and an entry three times as large two minutes later."""
    lines = []
    for hour in range(8, 18):
        lines += [f"{hour:02d}:00 buy BTC-USD 1 @ 100", f"{hour:02d}:30 sell BTC-USD 1 @ 99"]
    imported(*lines, "18:00 buy BTC-USD 1 @ 100", "18:05 sell BTC-USD 1 @ 90")
    imported("18:07 buy BTC-USD 3 @ 90", "18:40 sell BTC-USD 3 @ 95")


def ids(session: Session) -> list[TradeId]:
    return [view.trip.id for view in trades.round_trips(session)]


def test_an_answer_about_a_tagged_trade_gives_a_precision(
    session: Session, imported: Importer
) -> None:
    week_of_trades(imported)
    tagged = insights.tags(session, "revenge")[-1].trade_id
    given = labels.label(session, tagged[:8], "revenge", "yes")
    assert (given.tagged, given.inclusion) == (True, 1.0)
    agreed = labels.agreements(session)["revenge"]
    assert agreed.precision is not None
    assert (agreed.precision.estimate, agreed.precision.n) == (1.0, 1)
    assert agreed.recall is None


def test_a_second_thought_takes_the_place_of_the_first(
    session: Session, imported: Importer
) -> None:
    week_of_trades(imported)
    trade = ids(session)[0]
    labels.label(session, trade, "revenge", "yes")
    labels.label(session, trade, "revenge", "unsure", "who knows")
    [kept] = labels.labels(session)
    assert (kept.answer, kept.reason) == ("unsure", "who knows")


def test_two_random_trades_a_week_are_asked_about_for_each_habit_with_tags(
    session: Session, imported: Importer
) -> None:
    week_of_trades(imported)
    asked = labels.questions(session)
    assert asked == labels.questions(session)
    tagged = {(tag.trade_id, tag.bias) for tag in insights.tags(session)}
    about = [(one.question.trade_id, one.question.bias) for one in asked]
    assert not tagged & set(about)
    biases = {bias for _, bias in tagged}
    assert {bias: sum(other == bias for _, other in about) for bias in biases} == dict.fromkeys(
        biases, 2
    )
    [inclusion] = {one.question.inclusion for one in asked if one.question.bias == "revenge"}
    assert inclusion == pytest.approx(2 / 11)


def test_an_answered_question_is_not_asked_again_and_counts_for_recall(
    session: Session, imported: Importer
) -> None:
    """One tag was right; of the two trades asked about one was missed, for 11 without a tag."""
    week_of_trades(imported)
    labels.label(session, insights.tags(session, "revenge")[-1].trade_id, "revenge", "yes")
    asked = [one for one in labels.questions(session) if one.question.bias == "revenge"]
    for one, answer in zip(asked, ("yes", "no"), strict=True):
        labels.label(session, one.trip.id, "revenge", answer)
    assert "revenge" not in {one.question.bias for one in labels.questions(session)}
    recall = labels.agreements(session)["revenge"].recall
    assert recall is not None
    assert recall.estimate == pytest.approx(1 / (1 + 11 / 2))
    assert recall.n == 2


def test_a_week_that_is_not_over_is_not_asked_about(session: Session, imported: Importer) -> None:
    imported(*LOSER, day="2026-03-31")
    assert labels.questions(session) == []


@pytest.mark.parametrize(
    ("trade", "bias", "answer", "error"),
    [
        ("abc", "revenge", "yes", UsageError),
        ("abcdef", "revenge", "yes", NotFound),
        (None, "hope", "yes", NotFound),
        (None, "revenge", "maybe", UsageError),
    ],
)
def test_what_makes_no_sense_is_refused(
    session: Session,
    imported: Importer,
    trade: str | None,
    bias: str,
    answer: str,
    error: type[Exception],
) -> None:
    imported(*LOSER)
    with pytest.raises(error):
        labels.label(session, trade or ids(session)[0], bias, answer)


def test_a_plan_is_declared_listed_and_dropped(session: Session, imported: Importer) -> None:
    imported(*LOSER)
    made = plans.add(session, "dca", PlanRequest(symbols=("btc-usd", "eth-usd"))).plan
    assert (made.id, made.params) == ("dca", {"symbols": ("BTC-USD", "ETH-USD")})
    assert plans.plans(session) == [made]
    assert plans.add(session, "dca", PlanRequest()).plan.id == "dca-2"
    assert plans.remove(session, "dca").plan == made
    assert [plan.id for plan in plans.plans(session)] == ["dca-2"]


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("dca", PlanRequest(percent=Decimal(2))),
        ("dca", PlanRequest(symbols=("BTCUSD",))),
        ("only", PlanRequest()),
        ("stop", PlanRequest()),
        ("stop", PlanRequest(percent=Decimal(101))),
        ("stop", PlanRequest(percent=Decimal("nan"))),
        ("night_shift", PlanRequest(start="22:00")),
        ("night_shift", PlanRequest(start="22:00", end="25:00")),
        ("night_shift", PlanRequest(start="22:00", end="22:00")),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(
    session: Session, kind: str, wanted: PlanRequest
) -> None:
    with pytest.raises(UsageError):
        plans.add(session, kind, wanted)
    assert plans.plans(session) == []


def test_the_same_plan_is_declared_once(session: Session) -> None:
    plans.add(session, "stop", PlanRequest(percent=Decimal(2)))
    with pytest.raises(UsageError, match="declared already"):
        plans.add(session, "stop", PlanRequest(percent=Decimal("2.0")))


def test_a_declared_stop_gives_every_trade_its_r(session: Session, imported: Importer) -> None:
    imported(*LOSER)
    [before] = trades.round_trips(session)
    assert (before.reached.r, before.reached.r_reason) == (None, "no stop declared")
    plans.add(session, "stop", PlanRequest(percent=Decimal(5)))
    [after] = trades.round_trips(session)
    assert after.reached.r == Decimal("-2.04")
    assert after.reached.mae_reason == "no candles of the symbol"


def test_the_money_of_an_account_is_kept_and_told_once(
    session: Session, imported: Importer
) -> None:
    imported(*LOSER)
    last = list(events.every(session))[-1].id
    plans.set_equity(session, "main", Decimal(5000))
    assert accounts.summary(session, "main").equity == Decimal(5000)
    [told] = events.every(session, last)
    assert (told.type, told.payload) == (
        "account.changed",
        {"account": "main", "what": "equity"},
    )
    with pytest.raises(UsageError):
        plans.set_equity(session, "main", Decimal(0))
    with pytest.raises(NotFound):
        plans.set_equity(session, "other", Decimal(1))


def test_the_drawer_of_a_trade_holds_its_own_fills(session: Session, imported: Importer) -> None:
    """Another account and another trade of the same symbol stand beside it."""
    week_of_trades(imported)
    imported(*LOSER, account="second")
    trade = ids(session)[-1]
    found = why.of_trade(session, trade[:6])
    assert [fill.price for fill in found.fills] == [Decimal(90), Decimal(95)]
    assert {tag.bias for tag in found.tags} >= {"revenge", "size_after_loss"}
    assert found.path is None


def test_the_drawer_of_a_habit_names_what_it_rests_on(session: Session, imported: Importer) -> None:
    week_of_trades(imported)
    found = why.of_bias(session, "revenge")
    assert found.finding.level == "insufficient"
    assert found.agreement is None


@pytest.fixture
def later(session: Session) -> Session:
    return replace(session, clock=lambda: session.clock() + timedelta(days=7))


def test_a_new_week_brings_new_questions(
    session: Session, later: Session, imported: Importer
) -> None:
    week_of_trades(imported)
    assert {one.question.week for one in labels.questions(session)} == {"2026-W10"}
    imported(*LOSER, "10:00 buy BTC-USD 1 @ 9", day="2026-04-01")
    assert {one.question.week for one in labels.questions(later)} == {"2026-W14"}


def test_a_plan_stands_with_its_conclusions_or_not_at_all(
    session: Session, imported: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ZeroDivisionError

    week_of_trades(imported)
    kept = plans.add(session, "momentum", PlanRequest()).plan
    monkeypatch.setattr("coach.engine.imports.derive.conclude_anew", fails)
    with pytest.raises(ZeroDivisionError):
        plans.add(session, "dca", PlanRequest())
    with pytest.raises(ZeroDivisionError):
        plans.remove(session, "momentum")
    with pytest.raises(ZeroDivisionError):
        plans.set_equity(session, "main", Decimal(5000))
    assert plans.plans(session) == [kept]
    assert {account.equity for account in accounts.overview(session)} == {None}
