"""The pause after a loss counts from the last losing close, of any symbol."""

from collections.abc import Callable

from coach.engine.features.history import History, history
from coach.engine.rules.evaluate import breaches
from coach.model.rules import Rule

Make = Callable[..., Rule]


def test_an_entry_minutes_after_a_loss_names_the_loss_and_its_fills(
    past: History, rule: Make
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -5.50
    2026-03-02 09:22 ETH-USD size 100
    """
    [breach] = breaches([rule("cooldown_after_loss", minutes=15)], past, "UTC")
    assert breach.trade_id == "t02"
    assert breach.fill_keys == (b"out01", b"in02")
    assert breach.facts == {
        "minutes_since": 12.0,
        "minutes": 15,
        "margin": 3.0,
        "loss_trade": "t01",
        "loss": "-5.5",
        "quote": "USD",
    }


def test_waiting_exactly_the_minutes_keeps_the_rule(past: History, rule: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -5
    2026-03-02 09:25 ETH-USD size 100
    """
    assert breaches([rule("cooldown_after_loss", minutes=15)], past, "UTC") == []
    assert breaches([rule("cooldown_after_loss", minutes=15.01)], past, "UTC") != []


def test_a_win_in_between_does_not_end_the_pause(past: History, rule: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -5
    2026-03-02 09:00 SOL-USD size 100, closed 09:12 with 7
    2026-03-02 09:15 ETH-USD size 100
    """
    [breach] = breaches([rule("cooldown_after_loss", minutes=15)], past, "UTC")
    assert breach.facts["loss_trade"] == "t01"


def test_a_win_or_a_break_even_asks_for_no_pause(past: History, rule: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with 5
    2026-03-02 09:00 SOL-USD size 100, closed 09:10 with 0
    2026-03-02 09:11 ETH-USD size 100
    """
    assert breaches([rule("cooldown_after_loss", minutes=15)], past, "UTC") == []


def test_an_open_loss_asks_for_no_pause_before_it_is_closed(past: History, rule: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:30 with -5
    2026-03-02 09:11 ETH-USD size 100, closed 09:40 with -1
    """
    assert breaches([rule("cooldown_after_loss", minutes=15)], past, "UTC") == []


def test_turning_a_losing_long_into_a_short_at_once_is_a_breach(past: History, rule: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -5
    2026-03-02 09:10 BTC-USD size 100
    """
    [breach] = breaches([rule("cooldown_after_loss", minutes=1)], past, "UTC")
    assert breach.facts["minutes_since"] == 0


def test_a_trades_own_loss_is_no_reason_not_to_have_opened_it(past: History, rule: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:00 with -5
    """
    assert breaches([rule("cooldown_after_loss", minutes=15)], past, "UTC") == []


def test_the_newest_of_several_losses_counts(past: History, rule: Make) -> None:
    """
    2026-03-02 08:00 BTC-USD size 100, closed 09:08 with -1
    2026-03-02 08:30 SOL-USD size 100, closed 09:05 with -2
    2026-03-02 09:10 ETH-USD size 100
    """
    [breach] = breaches([rule("cooldown_after_loss", minutes=15)], past, "UTC")
    assert breach.facts["loss_trade"] == "t01"


def test_no_trades_break_nothing(rule: Make) -> None:
    assert breaches([rule("cooldown_after_loss", minutes=15)], history([]), "UTC") == []
