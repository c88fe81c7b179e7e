from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from coach.engine.biases.detection import findings, tags
from coach.engine.biases.detector import Window
from coach.engine.biases.habits.revenge import DETECTOR
from coach.engine.biases.measures.quick_returns import returns_after_closes
from coach.engine.features.context import context
from coach.engine.features.history import History, history
from coach.model.insights import Finding
from coach.model.times import DAY_US
from coach.model.trades import Trip


def revenge(trips: list[Trip]) -> Finding:
    end = (trips[-1].closed_us or 0) + 1
    return findings(history(trips), trips[0].opened_us, end, [DETECTOR])[0]


def test_back_in_two_minutes_at_triple_size_after_a_loss_is_tagged(past: History) -> None:
    """
    2026-03-02 00:00 BTC-USD size 100, closed 00:10 with 5
    2026-03-02 02:00 BTC-USD size 100, closed 02:10 with 5
    2026-03-02 04:00 BTC-USD size 100, closed 04:10 with 5
    2026-03-02 06:00 BTC-USD size 100, closed 06:10 with 5
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -10.50
    2026-03-02 09:12 ETH-USD size 300, closed 09:30 with 5
    """
    (tag,) = [tag for tag in tags(past) if tag.bias == "revenge"]
    assert (tag.trade_id, tag.formula) == ("t06", "revenge@3")
    assert tag.at == datetime(2026, 3, 2, 9, 12, tzinfo=UTC)
    assert tag.fill_keys == (b"t05-out", b"t06-in")
    assert tag.facts == {
        "minutes_after_loss": 2.0,
        "size_ratio": 3.0,
        "losses_in_a_row": 1,
        "loss": "-10.50",
        "currency": "USD",
        "loss_trade": "t05",
    }


def test_an_hour_later_or_at_the_usual_size_is_no_revenge(past: History) -> None:
    """
    2026-03-02 00:00 BTC-USD size 100, closed 00:10 with 5
    2026-03-02 02:00 BTC-USD size 100, closed 02:10 with 5
    2026-03-02 04:00 BTC-USD size 100, closed 04:10 with 5
    2026-03-02 06:00 BTC-USD size 100, closed 06:10 with 5
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -10
    2026-03-02 09:55:01 BTC-USD size 300, closed 10:00 with -10
    2026-03-02 10:01 BTC-USD size 109, closed 10:10 with 5
    """
    assert [tag.trade_id for tag in tags(past) if tag.bias == "revenge"] == []


def test_the_limits_themselves_are_tagged(past: History) -> None:
    """
    2026-03-02 00:00 BTC-USD size 100, closed 00:10 with 5
    2026-03-02 02:00 BTC-USD size 100, closed 02:10 with 5
    2026-03-02 04:00 BTC-USD size 100, closed 04:10 with 5
    2026-03-02 06:00 BTC-USD size 100, closed 06:10 with 5
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -10
    2026-03-02 09:55 BTC-USD size 110, closed 10:00 with 5
    """
    assert [tag.trade_id for tag in tags(past) if tag.bias == "revenge"] == ["t06"]


def test_the_loss_may_lie_behind_a_win(past: History) -> None:
    """
    2026-03-02 00:00 BTC-USD size 100, closed 00:10 with 5
    2026-03-02 02:00 BTC-USD size 100, closed 02:10 with 5
    2026-03-02 04:00 BTC-USD size 100, closed 04:10 with 5
    2026-03-02 06:00 BTC-USD size 100, closed 06:10 with 5
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -10
    2026-03-02 09:01 ETH-USD size 100, closed 09:20 with 5
    2026-03-02 09:30 BTC-USD size 200, closed 10:00 with 5
    """
    (tag,) = [tag for tag in tags(past) if tag.bias == "revenge"]
    assert (tag.trade_id, tag.facts["loss_trade"], tag.facts["minutes_after_loss"]) == (
        "t07",
        "t05",
        20.0,
    )
    assert "losses_in_a_row" not in tag.facts


def test_without_five_sizes_before_nobody_knows_what_is_usual(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -10
    2026-03-02 09:12 BTC-USD size 900, closed 09:30 with 5
    """
    assert tags(past) == []


def test_the_closes_of_one_basket_are_one_event(past: History) -> None:
    """
    2026-03-02 00:00 BTC-USD size 100, closed 02:00:00 with -5
    2026-03-02 00:00 ETH-USD size 100, closed 02:00:05 with 2
    2026-03-02 00:00 SOL-USD size 100, closed 02:20:00 with 2
    2026-03-02 02:30 BTC-USD size 100, closed 02:40:00 with 5
    2026-03-02 02:50 BTC-USD size 100, closed 04:40:00 with 5
    """
    seen = returns_after_closes(context(past), Window(0, 2**62))
    assert seen.close.tolist() == [2, 3, 4]
    assert seen.after_loss.tolist() == [True, False, False]
    assert seen.entry.tolist() == [3, 4, -1]


def test_closes_of_a_basket_that_cancel_out_are_neither_loss_nor_win(past: History) -> None:
    """
    2026-03-02 00:00 BTC-USD size 100, closed 02:00:00 with -4
    2026-03-02 00:00 ETH-USD size 200, closed 02:00:05 with 8
    2026-03-02 05:00 BTC-USD size 100, closed 06:00:00 with 1
    """
    assert returns_after_closes(context(past), Window(0, 2**62)).close.tolist() == [2]


def test_soon_alone_is_no_revenge(
    trader: Callable[..., list[Trip]], habit: Callable[..., Any]
) -> None:
    """Who buys every dip is back at once after a loss, at the usual size."""
    quick = [revenge(trader(seed, 400, habit(back_after_loss=0.5, back_size=1.0))) for seed in SIX]
    assert sum(bool(one.facts["flagged"]) for one in quick) <= 1
    assert min(float(str(one.facts["soon_after_loss"])) for one in quick) > 0.5


def test_larger_alone_is_no_revenge(
    trader: Callable[..., list[Trip]], habit: Callable[..., Any]
) -> None:
    """Twice the size after a loss, a day later."""
    later = [revenge(trader(seed, 200, habit(size_after_loss=2.0, wait=3000.0))) for seed in SIX]
    assert not [one for one in later if one.facts["flagged"]]


def test_what_speaks_against_it_is_told_too(
    trader: Callable[..., list[Trip]], habit: Callable[..., Any]
) -> None:
    """The losses that nothing larger followed within three quarters of an hour."""
    trips = trader(2, habit=habit(back_after_loss=0.5))
    (counter,) = revenge(trips).counter
    let_go = {trip.id for trip in trips if trip.net < 0}
    assert set(counter.trade_ids) <= let_go
    assert 20 < len(counter.trade_ids) < len(let_go)


def test_the_claim_tells_both_rates_and_both_sizes(
    trader: Callable[..., list[Trip]], habit: Callable[..., Any]
) -> None:
    finding = revenge(trader(2, habit=habit(back_after_loss=0.6, back_size=2.0)))
    facts = {name: float(str(finding.facts[name])) for name in RATES}
    assert facts["rate_after_loss"] - facts["rate_after_win"] > 0.3
    assert facts["size_ratio_after_loss"] > 1.5
    assert finding.unit == "difference in rate"
    assert finding.facts["effect_size"] == "large"


def test_a_trader_who_never_hurries_has_no_quick_sizes(
    trader: Callable[..., list[Trip]],
) -> None:
    unhurried = [
        trip._replace(opened_us=at, closed_us=at + 1)
        for trip, at in zip(trader(1, 60), range(0, 60 * DAY_US, DAY_US), strict=True)
    ]
    finding = revenge(unhurried)
    assert (finding.level, finding.effect, finding.p) == ("none", 0.0, 1.0)
    assert finding.facts["size_ratio_after_loss"] is None


SIX = range(6)
RATES = ("rate_after_loss", "rate_after_win", "size_ratio_after_loss")
