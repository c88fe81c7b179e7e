"""Prices that the trader did not trade at: those of the bars, less the spread, inside the bar."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from coach.engine.features.bars import Columns, Market
from coach.engine.features.bars import bars as laid_out
from coach.engine.what_if.sample import sample_of
from coach.engine.what_if.scenario import Scenario
from coach.engine.what_if.simulate import Inputs, ScenarioReplay, Stage, numbers
from coach.model.times import instant

Made = Callable[..., Stage]
Candles = Callable[..., Columns]
HALF_HOUR = 30 * 60_000_000
QUARTER_US = 900_000_000


def told(played: ScenarioReplay) -> list[str]:
    return [
        f"{fill.at:%H:%M} {fill.side} {fill.quantity.normalize():f} @ {fill.price.normalize():f}"
        for of in played.replayed.fills
        for fill in of
    ]


def flat(*opens: float) -> list[tuple[float, float, float, float]]:
    """Bars that open and close alike: no spread."""
    return [(price, price + 2, price - 2, price) for price in opens]


def test_a_delayed_entry_is_priced_at_the_open_of_the_first_bar_after_it(
    stage: Made, candles: Candles
) -> None:
    """
    02 09:05 buy  BTC-USD 1 @ 100 fee 1 USD
    02 11:00 sell BTC-USD 1 @ 120 fee 1 USD
    """
    quarters = candles("2026-03-02T09:00:00Z", flat(100, 101, 102, 110, 111, 112, 113, 114))
    played = stage({"BTC-USD": quarters}).play(Scenario(delay_us=HALF_HOUR))
    assert told(played) == ["09:45 buy 1 @ 110", "11:00 sell 1 @ 120"]
    assert played.replayed.fills[0][0].fee == Decimal("1.1")


def test_what_was_closed_before_the_delay_was_over_is_left_out(
    stage: Made, candles: Candles
) -> None:
    """
    02 09:05 buy  BTC-USD 1 @ 100
    02 09:30 sell BTC-USD 1 @ 120
    02 09:35 buy  BTC-USD 2 @ 100
    02 09:50 sell BTC-USD 1 @ 120
    02 11:00 sell BTC-USD 1 @ 90
    """
    quarters = candles("2026-03-02T09:00:00Z", flat(*range(100, 110)))
    played = stage({"BTC-USD": quarters}).play(Scenario(delay_us=HALF_HOUR))
    assert told(played) == ["10:15 buy 1 @ 105", "11:00 sell 1 @ 90"]
    assert [line.totals.marks for line, _ in played.lines] == [{"delayed", "dropped"}, {"delayed"}]


def test_a_stop_is_met_in_the_first_bar_that_reaches_it(stage: Made, candles: Candles) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100 fee 1 USD
    02 10:00 buy  BTC-USD 1 @ 80
    02 11:00 sell BTC-USD 2 @ 70
    """
    quarters = candles("2026-03-02T09:00:00Z", flat(100, 99, 96, 80, 80, 80, 80, 80))
    played = stage({"BTC-USD": quarters}).play(Scenario(stop=Decimal(5)))
    assert told(played) == ["09:00 buy 1 @ 100", "09:44 sell 1 @ 95"]
    assert played.replayed.fills[0][1].fee == Decimal("0.95")


def test_a_bar_that_opens_beyond_the_stop_gives_its_open(stage: Made, candles: Candles) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 11:00 sell BTC-USD 1 @ 70
    """
    quarters = candles("2026-03-02T09:00:00Z", flat(100, 99, 85, 80, 80, 80, 80, 80))
    played = stage({"BTC-USD": quarters}).play(Scenario(stop=Decimal(5)))
    assert told(played)[1] == "09:44 sell 1 @ 85"


def test_a_bar_that_holds_stop_and_target_is_the_stop(stage: Made, candles: Candles) -> None:
    """
    02 09:00 sell BTC-USD 1 @ 100
    02 11:00 buy  BTC-USD 1 @ 70
    """
    quarters = candles("2026-03-02T09:00:00Z", [(100, 106, 94, 100)] * 8)
    both = Scenario(stop=Decimal(5), target=Decimal(5))
    assert told(stage({"BTC-USD": quarters}, shorts=True).play(both))[1] == "09:14 buy 1 @ 105"
    alone = stage({"BTC-USD": quarters}, shorts=True).play(Scenario(target=Decimal(5)))
    assert told(alone)[1] == "09:14 buy 1 @ 95"


def test_the_spread_is_half_of_the_median_move_of_a_bar(stage: Made, candles: Candles) -> None:
    """
    02 09:05 buy  BTC-USD 1 @ 100
    02 11:00 sell BTC-USD 1 @ 120
    """
    quarters = candles("2026-03-02T09:00:00Z", [(100, 105, 95, 102)] * 8)
    played = stage({"BTC-USD": quarters}).play(Scenario(delay_us=HALF_HOUR))
    assert told(played)[0] == "09:45 buy 1 @ 101"


def test_an_order_that_would_have_moved_the_market_is_marked(stage: Made, candles: Candles) -> None:
    """
    02 09:05 buy  BTC-USD 1 @ 100
    02 11:00 sell BTC-USD 1 @ 120
    """
    quarters = candles("2026-03-02T09:00:00Z", flat(*range(100, 108)), volume=99)
    played = stage({"BTC-USD": quarters}).play(Scenario(delay_us=HALF_HOUR))
    assert [line.totals.marks for line, _ in played.lines] == [{"delayed", "unreliable"}]


def test_a_dearer_entry_is_made_as_far_as_the_money_goes(stage: Made, candles: Candles) -> None:
    """
    02 09:05 buy  BTC-USD 1 @ 100
    02 11:00 sell BTC-USD 1 @ 120
    """
    quarters = candles("2026-03-02T09:00:00Z", flat(100, 100, 100, 125, 125, 125, 125, 125))
    played = stage({"BTC-USD": quarters}, money="100").play(Scenario(delay_us=HALF_HOUR))
    assert told(played) == ["09:45 buy 0.8 @ 125", "11:00 sell 0.8 @ 120"]
    assert "infeasible" in played.lines[0][0].totals.marks


def test_a_symbol_without_candles_stays_and_says_why(stage: Made) -> None:
    """
    02 09:05 buy  BTC-USD 1 @ 100
    02 11:00 sell BTC-USD 1 @ 120
    """
    played = stage().play(Scenario(stop=Decimal(1)))
    assert told(played) == ["09:05 buy 1 @ 100", "11:00 sell 1 @ 120"]
    [refused] = played.refused
    assert (refused.symbol, refused.entries) == ("BTC-USD", 1)
    assert "needs prices" in refused.reason


def test_an_entry_with_no_candle_near_keeps_its_time(stage: Made, candles: Candles) -> None:
    """
    02 09:05 buy  BTC-USD 1 @ 100
    02 11:00 sell BTC-USD 1 @ 120
    """
    quarters = candles("2026-03-02T09:00:00Z", flat(100, 100))
    played = stage({"BTC-USD": quarters}).play(Scenario(delay_us=HALF_HOUR))
    assert told(played)[0] == "09:05 buy 1 @ 100"
    assert played.lines[0][0].totals.marks == {"unpriced"}


def test_a_trade_that_no_candle_covers_stays_and_says_why(stage: Made, candles: Candles) -> None:
    """
    02 09:05 buy  BTC-USD 1 @ 100
    02 11:00 sell BTC-USD 1 @ 120
    """
    quarters = candles("2026-03-01T09:00:00Z", flat(100, 100))
    played = stage({"BTC-USD": quarters}).play(Scenario(delay_us=HALF_HOUR))
    assert told(played) == ["09:05 buy 1 @ 100", "11:00 sell 1 @ 120"]
    [refused] = played.refused
    assert (refused.entries, refused.reason[:23]) == (1, "no candles of that time")


def test_each_trade_is_priced_by_the_candles_that_cover_it(stage: Made, candles: Candles) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 11:00 sell BTC-USD 1 @ 100
    05 09:00 buy  BTC-USD 1 @ 100
    05 11:00 sell BTC-USD 1 @ 100
    """
    early = laid_out(candles("2026-03-02T09:00:00Z", flat(*[100] * 8)), "early", QUARTER_US)
    hours = candles("2026-03-01T00:00:00Z", flat(*[100] * 480))
    late = laid_out(hours, "late", QUARTER_US)
    both = stage()
    both.inputs = replace(both.inputs, market=Market({"BTC-USD": late}, {"BTC-USD": (early, late)}))
    played = both.play(Scenario(stop=Decimal(1)))
    by = {instant(trip.opened_us).day: both.prices[trip.id].bars.source for trip in both.trips}
    assert by == {2: "early", 5: "late"}
    assert [fill.split()[0] for fill in told(played)] == ["09:00", "09:14", "09:00", "09:14"]


def test_another_trade_changes_no_spread(stage: Made, candles: Candles) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 11:00 sell BTC-USD 1 @ 100
    20 09:00 buy  BTC-USD 1 @ 100
    20 11:00 sell BTC-USD 1 @ 100
    """
    calm = [(100.0, 101.0, 99.0, 100.0)] * (4 * 24 * 12)
    wild = [(100.0, 110.0, 90.0, 104.0)] * (4 * 24 * 10)
    shown = stage({"BTC-USD": candles("2026-03-01T00:00:00Z", [*calm, *wild])})
    spreads = {instant(trip.opened_us).day: shown.prices[trip.id].spread for trip in shown.trips}
    assert spreads == {2: 0.0, 20: 0.02}


def test_every_price_lies_in_its_bar(lab: Callable[..., Inputs]) -> None:
    inputs = lab(7)
    own = {fill.key: fill for book in inputs.books for fill in book.fills}
    asked = Scenario(delay_us=HALF_HOUR, stop=Decimal("0.5"), target=Decimal(1))
    played = Stage(inputs).play(asked)
    priced = 0
    for book, fills in zip(inputs.books, played.replayed.fills, strict=True):
        bars = inputs.market.bars[book.symbol]
        for fill in fills:
            known = own.get(fill.key)
            if known is None or known.at != fill.at:
                row = bars.until(round(fill.at.timestamp() * 1e6) + bars.step_us).start_us.size - 1
                assert bars.low[row] <= float(fill.price) <= bars.high[row]
                priced += 1
    assert priced > 100
    first = instant(played.lines[0][0].trip.opened_us)
    assert datetime.fromisoformat("2025-01-06T00:00:00Z") < first


def test_a_fee_in_the_coin_follows_the_quantity_and_not_the_price(
    stage: Made, candles: Candles
) -> None:
    """
    02 09:05 buy  BTC-USD 1 @ 100 fee 0.01 BTC
    02 11:00 sell BTC-USD 0.99 @ 120
    """
    quarters = candles("2026-03-02T09:00:00Z", flat(*range(100, 108)))
    played = stage({"BTC-USD": quarters}).play(Scenario(delay_us=HALF_HOUR))
    assert told(played) == ["09:45 buy 1 @ 103", "11:00 sell 0.99 @ 120"]
    assert played.replayed.fills[0][0].fee == Decimal("0.01")


def test_a_gap_in_the_candles_is_no_price(stage: Made, candles: Candles) -> None:
    """
    02 09:05 buy  BTC-USD 1 @ 100
    02 15:00 sell BTC-USD 1 @ 120
    """
    quarters = candles("2026-03-02T11:00:00Z", flat(100, 100))
    played = stage({"BTC-USD": quarters}).play(Scenario(delay_us=HALF_HOUR))
    assert played.lines[0][0].totals.marks == {"unpriced"}


def test_money_that_another_symbol_took_is_gone(stage: Made, candles: Candles) -> None:
    """
    02 09:05 buy  BTC-USD 1 @ 50
    02 09:50 buy  ETH-USD 1 @ 50
    02 11:00 sell BTC-USD 1 @ 50
    02 11:30 sell ETH-USD 1 @ 50
    """
    dear = candles("2026-03-02T09:00:00Z", flat(50, 50, 50, 100, 100, 100, 100, 100))
    same = candles("2026-03-02T09:00:00Z", flat(*[50] * 12))
    on = stage({"BTC-USD": dear, "ETH-USD": same}, money="100")
    played = on.play(Scenario(delay_us=HALF_HOUR))
    assert told(played) == ["09:45 buy 1 @ 100", "11:00 sell 1 @ 50"]
    assert played.lines[1][0].totals.marks == {"delayed", "infeasible"}


def test_a_single_change_cannot_be_told_from_luck(stage: Made, candles: Candles) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 11:00 sell BTC-USD 1 @ 70
    """
    quarters = candles("2026-03-02T09:00:00Z", flat(100, 99, 96, 80, 80, 80, 80, 80))
    played = stage({"BTC-USD": quarters}).play(Scenario(stop=Decimal(5)))
    gain = numbers(played.lines, sample_of(played.lines, "USD"), 1).gain
    assert gain is not None
    assert gain.interval[0] < 0 < gain.interval[1]


def test_a_delayed_add_is_gone_when_the_stop_came_first(stage: Made, candles: Candles) -> None:
    """
    02 09:05 buy  BTC-USD 1 @ 100
    02 09:50 buy  BTC-USD 1 @ 100
    02 11:00 sell BTC-USD 2 @ 100
    """
    quarters = candles("2026-03-02T09:00:00Z", flat(100, 100, 100, 100, 96, 100, 100, 100))
    played = stage({"BTC-USD": quarters}).play(Scenario(delay_us=HALF_HOUR, stop=Decimal(5)))
    assert told(played) == ["09:45 buy 1 @ 100", "10:14 sell 1 @ 95"]


def test_a_speck_that_is_still_open_is_not_entered_late(stage: Made, candles: Candles) -> None:
    """
    02 09:05 buy  BTC-USD 0.01 @ 100
    02 09:10 sell BTC-USD 0.00999999999999999999 @ 100
    02 11:00 sell BTC-USD 0.00000000000000000001 @ 100
    """
    quarters = candles("2026-03-02T09:00:00Z", flat(*[100] * 8))
    assert told(stage({"BTC-USD": quarters}).play(Scenario(delay_us=HALF_HOUR))) == []
