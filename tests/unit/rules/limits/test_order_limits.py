"""An order that is only thought of: where it closes, turns and lies, and what is known of it."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest

from coach.engine.features.history import History, history
from coach.engine.features.orders import ADD
from coach.engine.features.trader import Trader
from coach.engine.rules.before import (
    NEW,
    Action,
    CheckGap,
    OpenHolding,
    ProposedOrder,
    action,
    judge_order,
    laid_into,
)
from coach.engine.rules.ground import Ground, medians
from coach.engine.rules.judged import TradeAnswer, judged
from coach.engine.rules.kept_checks.largest import OrderScene, largest_size
from coach.engine.rules.kinds.groups import parts, too_deep
from coach.engine.rules.sizes import median
from coach.model.fills import Side
from coach.model.rules import Rule
from coach.model.times import DAY_US
from coach.model.trades import TradeId
from tests.unit.rules.conftest import local_us, trip_of

if TYPE_CHECKING:
    from coach.model.events import Json

Make = Callable[..., Rule]
MINUTE = 60_000_000
LONG = OpenHolding(TradeId("t01"), "long", 2.0, 100.0)
SHORT = replace(LONG, side="short")


def wish(
    past: History, side: Side = "buy", quantity: str = "1", price: str = "100"
) -> ProposedOrder:
    last = max(past.opened_us.max(), past.closed_us.max())
    return ProposedOrder("BTC-USD", side, Decimal(quantity), Decimal(price), int(last) + MINUTE)


@pytest.mark.parametrize(
    ("quantity", "does"),
    [
        ("1.999998", "closes"),  # a millionth less
        ("1.9999979", "reduces"),
        ("2.000002", "closes"),
        ("2.0000021", "turns"),
    ],
)
def test_a_millionth_more_or_less_closes(quantity: str, does: Action) -> None:
    for side, held in (("sell", LONG), ("buy", SHORT)):
        asked = ProposedOrder(
            "BTC-USD", "buy" if side == "buy" else "sell", Decimal(quantity), Decimal(1), 0
        )
        assert action(asked, held, shorts=True) == does
        assert action(asked, held, shorts=False) == ("closes" if does == "turns" else does)


def test_turning_closes_at_the_price_and_opens_the_rest(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 200
    """
    asked = wish(past, "sell", "3", "90")
    then = laid_into(past, asked, LONG, "turns")
    closed, opened = then.trips
    assert [closed.gross, closed.net, closed.closed_us] == [-20, -20, asked.at_us]
    assert (opened.id, opened.side, opened.opened_us) == (NEW, "short", asked.at_us)
    assert [opened.quantity, opened.notional] == [1, 90]
    assert (opened.closed_us, opened.symbol, opened.quote) == (None, "BTC-USD", "USD")
    short = history([past.trips[0]._replace(side="short")])
    closed, opened = laid_into(short, wish(past, "buy", "3", "90"), SHORT, "turns").trips
    assert (closed.net, opened.side) == (Decimal(20), "long")


def test_a_close_without_a_price_has_the_result_so_far(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 200
    """
    (closed,) = laid_into(past, wish(past, "sell", "2", "0"), LONG, "closes").trips
    assert (closed.net, closed.closed_us) == (Decimal(0), wish(past).at_us)


def test_an_add_is_laid_beside_what_is_held(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 200
    """
    asked = wish(past, quantity="3", price="98")
    orders = laid_into(past, asked, LONG, "adds").orders
    row = [orders.quantity[0], orders.price[0], orders.before[0], orders.average[0]]
    assert row == [3.0, 98.0, 2.0, 100.0]
    assert (orders.kind.tolist(), orders.trip.tolist()) == ([ADD], [0])
    assert orders.at_us.tolist() == [asked.at_us]
    assert len(laid_into(past, wish(past, price="0"), LONG, "adds").orders.price) == 0


def gaps(
    past: History,
    rule: Rule,
    does: Action,
    asked: ProposedOrder,
    held: OpenHolding | None = LONG,
) -> tuple[CheckGap, ...]:
    return judge_order([rule], past, asked, held, does, "UTC").unjudged.get(rule.id, ())


def test_what_is_missing_is_told_of_rules_that_are_concerned(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 200
    """
    share, count = promise("max_concentration", share=5), promise("max_trades_per_day", limit=5)
    down = promise("no_averaging_down", below=1)
    buys, blind = wish(past), wish(past, price="0")
    assert gaps(past, share, "adds", buys) == ("no_equity",)
    assert gaps(past, share, "adds", blind) == ("no_price", "no_equity")
    assert gaps(past, share, "opens", buys, None) == ("no_equity",)
    assert gaps(past, share, "reduces", buys) == ()
    assert gaps(past, count, "adds", blind) == ()
    assert gaps(past, down, "adds", blind) == ("no_price",)
    assert gaps(past, down, "adds", buys) == ()
    assert gaps(past, down, "opens", blind, None) == ()
    waiting = promise("holding_time_ceiling", minutes_at_most=5)
    assert gaps(past, waiting, "opens", buys, None) == ("only_time",)
    sized = promise("max_size_vs_median", ratio=2)
    assert gaps(past, sized, "opens", buys, None) == ("too_few_entries",)
    assert gaps(past, sized, "opens", blind, None) == ("no_price", "too_few_entries")
    assert gaps(past, promise("no_entry_after_spike", z=3), "opens", buys, None) == ("no_candles",)
    assert gaps(past, count, "unknown", buys, None) == ("nothing_held",)


def test_money_of_several_currencies_is_told_apart_from_no_money(
    past: History, promise: Make
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 200
    2026-03-02 09:10 BTC-EUR size 200
    """
    rich = replace(past, trader=Trader(equity=1_000.0))
    share = promise("max_concentration", share=500)
    assert gaps(rich, share, "opens", wish(past), None) == ("several_currencies",)
    one = replace(history(past.trips[:1]), trader=Trader(equity=1_000.0))
    assert gaps(one, share, "opens", wish(past), None) == ()


def test_a_group_of_which_one_part_is_kept_is_kept_whole(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 200
    """
    unknown = {"kind": "max_concentration", "params": {"share": 5}}
    kept = {"kind": "max_trades_per_day", "params": {"limit": 5}}
    broken = {"kind": "max_trades_per_day", "params": {"limit": 1}}
    asked = wish(past)
    both = promise("all", rules=[kept, unknown])
    assert gaps(past, both, "opens", asked, None) == ()
    assert gaps(past, promise("any", rules=[kept, unknown]), "opens", asked, None) == ("no_equity",)
    missing = promise("all", rules=[broken, unknown])
    assert gaps(past, missing, "opens", asked, None) == ("no_equity",)


def test_parts_of_one_kind_are_numbered_and_depth_is_counted() -> None:
    lock: dict[str, Json] = {"kind": "symbol_lock", "params": {"symbols": ["BTC"]}}
    other: dict[str, Json] = {"kind": "max_trades_per_day", "params": {"limit": 1}}
    names = [one.name for one in parts({"rules": [lock, other, lock, lock]})]
    assert names == ["symbol_lock", "max_trades_per_day", "symbol_lock-2", "symbol_lock-3"]
    inside: dict[str, object] = {"rules": [lock]}
    for depth in range(1, 7):
        assert too_deep(inside) is (depth > 4)
        inside = {"rules": [{"kind": "all", "params": inside}]}


def test_the_median_is_of_the_entries_before_and_of_five_at_least() -> None:
    sizes = np.array([1.0, 9, 3, 7, 5, 100, 2, 4, 6, 8])
    found = medians(sizes, 6).tolist()
    assert np.isnan(found[:5]).all()
    expected = [float(np.median(sizes[max(0, n - 6) : n])) for n in range(5, 10)]
    assert found[5:] == expected
    assert np.isnan(medians(sizes, 5)[4])
    assert medians(sizes, 5)[5:].tolist() == [
        float(np.median(sizes[n - 5 : n])) for n in range(5, 10)
    ]
    assert [median([*map(Decimal, each)]) for each in ([3, 1, 2], [4, 1, 2, 3])] == [
        Decimal(2),
        Decimal("2.5"),
    ]


def test_money_at_the_start_must_be_above_zero(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 200
    """
    for equity, known in ((0.5, 0.5), (0.0, None), (-1.0, None), (None, None)):
        assert Ground(replace(past, trader=Trader(equity=equity)), "UTC").start_equity == known


def test_what_stood_before_an_entry_is_known_by_its_close(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 1, closed 09:10 with -1
    2026-03-02 09:10 BTC-USD size 1, closed 09:20 with -1
    2026-03-02 09:15 BTC-USD size 1, closed 09:25 with 1
    2026-03-02 09:30 BTC-USD size 1
    2026-03-03 09:30 BTC-USD size 1
    """
    ground = Ground(past, "Asia/Tokyo")
    assert ground.losses_before.tolist() == [0, 1, 1, 0, 0]
    assert [ground.last_close(row) for row in range(3)] == [(), (b"out01",), (b"out01",)]
    assert ground.last_close(3) == (b"out03",)
    assert (ground.entry_days - 20_514).tolist() == [0, 0, 0, 0, 1]  # 2026-03-02
    assert ground.close_days.tolist() == [20_514] * 3
    assert ground.signs.tolist() == [1.0] * 5


@pytest.mark.parametrize(
    ("net", "size", "said"), [("-2.5", "1000", False), ("-2.51", "1000", True), ("-9", "0", None)]
)
def test_an_outcome_is_far_below_by_a_quarter_of_a_hundredth(
    net: str, size: str, said: bool | None
) -> None:
    now = local_us("2026-03-10", "12:00")
    lines = [
        f"2026-03-02 08:00 BTC-USD size {size}, closed 08:10 with {net}",
        "2026-03-02 09:00 BTC-USD size 1000, closed 09:10 with 0",
        "2026-03-02 10:00 BTC-USD size 1000, closed 10:10 with 0",
    ]
    past = history([trip_of(line, number) for number, line in enumerate(lines, 1)])
    found = {one.score: one.answer for one in judged(past, np.arange(3.0), {}, now)}
    assert found.get(0.0) is said
    assert found[1.0] is found[2.0] is False


def test_outcomes_count_from_the_window_to_now_and_stand_for_the_silent() -> None:
    lines = [
        f"2026-03-02 {hour:02d}:00 BTC-USD size 1000, closed {hour:02d}:10 with 1"
        for hour in range(4)
    ]
    past = history([trip_of(line, number) for number, line in enumerate(lines, 1)])
    first, last = int(past.closed_us[0]), int(past.closed_us[-1])
    scores = np.arange(4.0)
    assert len(judged(past, scores, {}, last)) == 4
    assert len(judged(past, scores, {}, last - 1)) == 3
    assert len(judged(past, scores, {}, first + 120 * DAY_US - 1)) == 4
    assert len(judged(past, scores, {}, first + 120 * DAY_US)) == 3
    said = {TradeId("t01"): TradeAnswer(first, yes=True)}
    found = judged(past, np.array([0.0, np.nan, 2.0, 3.0]), said, last)
    assert sorted((one.score, one.proxy, one.inclusion) for one in found) == [
        (0.0, False, 1.0),
        (2.0, True, 1.0),
        (3.0, True, 1.0),
    ]


def scene(past: History, held: OpenHolding | None = None) -> OrderScene:
    return OrderScene(past, held, False, "UTC")


def test_the_largest_size_is_that_of_the_limit(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 200
    """
    rich = replace(past, trader=Trader(equity=1_000.0))
    asked = wish(rich, price="30")
    rule = promise("max_concentration", share=25)
    said = judge_order([rule], rich, asked, None, "opens", "UTC")
    found = largest_size([rule], asked, scene(rich), said)
    # a quarter of 1,000 at 30, on steps of 1e-8; the limit is believed to a billionth
    assert found.quantity is not None
    assert float(found.quantity) == pytest.approx(250 / 30, rel=2e-9)
    assert (found.limit, found.limited_by) == ("size", (rule.id,))
    finer = replace(asked, quantity=Decimal("0.0000000001"))
    again = largest_size([rule], finer, scene(rich), said)
    assert again.quantity is not None
    assert 0 <= again.quantity - found.quantity < Decimal("1E-8")


def test_an_add_shares_the_limit_with_what_is_held(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 200
    """
    rich = replace(past, trader=Trader(equity=1_000.0))
    asked = wish(rich, price="50")
    rule = promise("max_concentration", share=40)
    said = judge_order([rule], rich, asked, LONG, "adds", "UTC")
    found = largest_size([rule], asked, scene(rich, LONG), said)
    assert found.quantity is not None
    assert float(found.quantity) == pytest.approx((400 - 2 * 100) / 50, rel=1e-8)


def test_no_size_and_any_size(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 200
    """
    asked = wish(past)
    for limit, answer in ((1, "no size"), (5, "no limit")):
        rule = promise("max_trades_per_day", limit=limit)
        said = judge_order([rule], past, asked, None, "opens", "UTC")
        assert largest_size([rule], asked, scene(past), said).limit == answer
    blind = promise("max_concentration", share=5)
    said = judge_order([blind], past, asked, None, "opens", "UTC")
    assert largest_size([blind], asked, scene(past), said).limit == "not known"
