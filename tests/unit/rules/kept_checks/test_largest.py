"""The largest size of an order breaks no rule, and one step more breaks one."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.engine.features.history import History, history
from coach.engine.features.orders import NO_ORDERS
from coach.engine.features.trader import Trader
from coach.engine.rules.before import (
    OpenHolding,
    OrderVerdict,
    ProposedOrder,
    action,
    judge_order,
)
from coach.engine.rules.kept_checks.largest import FEWEST, OrderScene, largest_size
from coach.engine.rules.schema import read_rule
from coach.model.events import Json
from coach.model.fills import FillKey, Side, Symbol
from coach.model.promises.checks import LargestSize
from coach.model.rules import Rule, RuleId, RuleKind
from coach.model.trades import TradeId, Trip

Make = Callable[..., Rule]
HOUR_US = 3_600_000_000
STEP = Decimal("0.00000001")
HELD = OpenHolding(TradeId("open"), "long", 2.0, 100.0)


def promised(kind: RuleKind, **params: Json) -> Rule:
    return Rule(RuleId(kind), kind, read_rule(kind, params), active=True)


def trip(number: int, size: Decimal, net: Decimal, *, closed: bool = True) -> Trip:
    opened = number * HOUR_US
    return Trip(
        id=TradeId(f"t{number:04d}" if closed else "open"),
        symbol=Symbol("BTC-USD"),
        quote="USD",
        side="long",
        opened_us=opened,
        closed_us=opened + HOUR_US // 2 if closed else None,
        gross=net,
        fees=Decimal(0),
        net=net,
        quantity=Decimal(1),
        notional=size,
        entry_fills=(FillKey(b"in%04d" % number),),
        exit_fills=(FillKey(b"out%04d" % number),) if closed else (),
    )


def past_of(sizes: list[Decimal], nets: list[Decimal], held: OpenHolding | None) -> History:
    trips = [trip(number, *pair) for number, pair in enumerate(zip(sizes, nets, strict=True))]
    if held is not None:
        trips.append(trip(len(trips), Decimal(200), Decimal(0), closed=False))
    trader = Trader(zone="UTC", equity=10_000.0)
    return history(trips).beside(NO_ORDERS, history([]).market, trader)


def verdict(rules: list[Rule], wish: ProposedOrder, scene: OrderScene) -> OrderVerdict:
    does = action(wish, scene.held, scene.shorts)
    return judge_order(rules, scene.past, wish, scene.held, does, scene.zone)


def largest(rules: list[Rule], wish: ProposedOrder, scene: OrderScene) -> LargestSize:
    return largest_size(rules, wish, scene, verdict(rules, wish, scene))


def wish_of(
    past: History, side: Side = "buy", price: str = "100", size: str = "1"
) -> ProposedOrder:
    at_us = int(past.opened_us[-1]) + 2 * HOUR_US
    return ProposedOrder("BTC-USD", side, Decimal(size), Decimal(price), at_us)


def exact(low: str, high: str) -> st.SearchStrategy[Decimal]:
    return st.decimals(low, high, places=3)


SIZED = st.lists(
    st.one_of(
        exact("1.01", "20").map(lambda r: promised("max_size_vs_median", ratio=float(r))),
        exact("0.1", "5").map(
            lambda r: promised("size_cap_after_losses", losses=1, ratio=float(r))
        ),
        exact("0.1", "50").map(lambda s: promised("max_concentration", share=float(s))),
        st.integers(1, 3).map(lambda n: promised("max_trades_per_day", limit=n)),
        st.just(promised("holding_time_floor", minutes_at_least=200)),
        st.just(promised("cooldown_after_loss", minutes=90)),
        exact("1.01", "9").map(
            lambda r: promised(
                "all",
                rules=[
                    {"kind": "max_size_vs_median", "params": {"ratio": float(r)}},
                    {"kind": "max_concentration", "params": {"share": 3}},
                ],
            )
        ),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda rule: rule.id,
)


@settings(max_examples=60, deadline=None)
@given(
    rules=SIZED,
    rows=st.lists(st.tuples(exact("10", "900"), exact("-9", "9")), min_size=6, max_size=12),
    price=exact("0.003", "70000"),
    side=st.sampled_from(["buy", "sell"]),
    held=st.sampled_from([None, HELD]),
    shorts=st.booleans(),
)
def test_the_size_breaks_nothing_and_the_next_step_does(
    rules: list[Rule],
    rows: list[tuple[Decimal, Decimal]],
    price: Decimal,
    side: Side,
    held: OpenHolding | None,
    shorts: bool,
) -> None:
    sizes, nets = (list(column) for column in zip(*rows, strict=True))
    past = past_of(sizes, nets, held)
    scene, wish = OrderScene(past, held, shorts, "UTC"), wish_of(past, side, str(price))

    def broken(quantity: Decimal) -> set[RuleId]:
        asked = replace(wish, quantity=quantity)
        return {one.rule_id for one in verdict(judged, asked, scene).breaches}

    unjudged = verdict(rules, wish, scene).unjudged
    judged = [rule for rule in rules if rule.id not in unjudged]
    found = largest(rules, wish, scene)
    if found.limit == "size":
        assert found.quantity is not None
        assert broken(found.quantity) == set()
        assert broken(found.quantity + STEP) == set(found.limited_by) != set()
    elif found.limit == "no size":
        assert broken(STEP) == set(found.limited_by) != set()
    elif found.limit == "no limit":
        assert broken(Decimal("1e22")) == set()
    else:
        assert judged == []


def test_a_limit_that_is_a_round_number_is_found_exactly(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with 1
    2026-03-02 09:12 BTC-USD size 100, closed 09:20 with 1
    2026-03-02 09:22 BTC-USD size 100, closed 09:30 with 1
    2026-03-02 09:32 BTC-USD size 100, closed 09:40 with 1
    2026-03-02 09:42 BTC-USD size 100, closed 09:50 with 1
    """
    rules = [promise("max_size_vs_median", ratio=1.5)]
    scene = OrderScene(past, None, False, "UTC")
    found = largest(rules, wish_of(past), scene)
    assert found == LargestSize("size", Decimal("1.5"), (RuleId("max_size_vs_median"),))
    assert found == largest(rules, wish_of(past, size="400"), scene)
    finer = largest(rules, wish_of(past, price="7", size="0.0000000001"), scene)
    assert finer.quantity == Decimal("21.4285714285")


def test_a_rule_that_any_size_breaks_leaves_no_size(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with 1
    """
    rules = [promise("symbol_lock", symbols=["BTC"]), promise("max_trades_per_day", limit=9)]
    found = largest(rules, wish_of(past), OrderScene(past, None, False, "UTC"))
    assert found == LargestSize("no size", None, (RuleId("symbol_lock"),))


def test_rules_about_other_things_limit_no_size(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with 1
    """
    found = largest(
        [promise("max_trades_per_day", limit=9)],
        wish_of(past),
        OrderScene(past, None, False, "UTC"),
    )
    assert found == LargestSize("no limit")


@pytest.mark.parametrize(("price", "limit"), [("0", "not known"), ("100", "no limit")])
def test_without_a_rule_that_can_be_judged_nothing_is_known(price: str, limit: str) -> None:
    past = past_of([Decimal(100)] * 6, [Decimal(1)] * 6, None)
    wish = replace(wish_of(past), price=Decimal(price))
    rules = [promised("max_size_vs_median", ratio=2)]
    if limit == "no limit":
        rules = [promised("holding_time_floor", minutes_at_least=5)]
    assert largest(rules, wish, OrderScene(past, None, False, "UTC")).limit == limit


def test_nobody_knows_a_size_for_what_is_not_held() -> None:
    past = past_of([Decimal(100)] * 6, [Decimal(1)] * 6, None)
    rules = [promised("symbol_lock", symbols=["BTC"])]
    found = largest(rules, wish_of(past, "sell"), OrderScene(past, None, False, "UTC"))
    assert found == LargestSize("not known")


def test_a_part_of_a_position_may_be_sold_where_all_of_it_would_break_a_rule() -> None:
    past = past_of([Decimal(100)] * 6, [Decimal(1)] * 6, HELD)
    rules = [promised("holding_time_floor", minutes_at_least=500)]
    found = largest(rules, wish_of(past, "sell", size="2"), OrderScene(past, HELD, False, "UTC"))
    assert found.limited_by == ("holding_time_floor",)
    assert found.quantity == Decimal("1.99999799")


def test_a_long_history_is_cut_to_what_the_rules_look_back_on() -> None:
    many = FEWEST + 60
    sizes = [Decimal(1_000)] * 60 + [Decimal(100)] * FEWEST
    past = past_of(sizes, [Decimal(1)] * many, None)
    rules = [promised("max_size_vs_median", ratio=2, window=100)]
    found = largest(rules, wish_of(past), OrderScene(past, None, False, "UTC"))
    assert found.quantity == Decimal(2)
