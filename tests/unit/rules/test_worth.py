"""What a rule would have caught, beside the trader's own other entries."""

from collections.abc import Callable
from decimal import Decimal

from coach.engine.features.history import History, history
from coach.engine.rules.evaluate import breaches
from coach.engine.rules.worth import worth
from coach.model.rules import Rule

Make = Callable[..., Rule]


def test_caught_trades_are_counted_by_how_they_ended(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -5
    2026-03-02 09:12 BTC-USD size 100, closed 09:20 with -7
    2026-03-02 09:22 BTC-USD size 100, closed 09:30 with 3
    2026-03-02 09:32 BTC-USD size 100, closed 09:40 with 1
    2026-03-02 09:42 BTC-USD size 100
    """
    rule = promise("cooldown_after_loss", minutes=5)
    seen = worth(past, breaches([rule], past, "UTC"))
    assert (seen.entries, seen.caught, seen.won, seen.lost, seen.even) == (5, 2, 1, 1, 0)
    assert seen.nets == {"USD": Decimal(-4)}
    [cost] = seen.costs
    assert cost.interval[0] <= cost.estimate <= cost.interval[1]
    assert worth(past, breaches([rule], past, "UTC")) == seen


def test_a_rule_that_caught_nothing_cost_nothing() -> None:
    seen = worth(history([]), [])
    assert (seen.caught, seen.nets, seen.costs) == (0, {}, ())
