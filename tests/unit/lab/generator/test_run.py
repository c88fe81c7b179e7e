"""A made-up history is one that a broker could have reported."""

import hashlib
from collections import Counter
from decimal import Decimal

import pytest

from coach.engine.lab.generator import population, tables
from coach.engine.lab.generator.market import GeneratedMarket, market
from coach.engine.lab.generator.plans import HABITS, Habit, TraderPlan
from coach.engine.lab.generator.run import TraderRun, trader

EVERY_HABIT: dict[Habit, float] = dict.fromkeys(HABITS, 0.6)
THE_BYTES = "dd5eb5839c17238b3e57928be59c5472800ebb329ab4320516606f37bad07173"


@pytest.fixture(scope="module")
def somebody(grounds: list[GeneratedMarket]) -> list[TraderRun]:
    plans = [*population.rational(10), *population.crowd(20, 1), *population.cell(EVERY_HABIT, 5)]
    return [trader(grounds[0], plan, 1) for plan in plans]


def test_every_fill_lies_inside_its_bar(
    grounds: list[GeneratedMarket], somebody: list[TraderRun]
) -> None:
    ground = grounds[0]
    for run in somebody:
        for at, symbol, price in zip(run.time_us, run.symbol, run.price, strict=True):
            bar = (at - ground.start_us) // ground.step_us
            row = ground.symbols.index(symbol)
            assert ground.first <= bar < ground.bars
            assert ground.low[row, bar] <= float(price) <= ground.high[row, bar]


def test_fills_come_in_order_with_an_id_each(somebody: list[TraderRun]) -> None:
    for run in somebody:
        assert list(run.time_us) == sorted(run.time_us)
        assert len(set(run.trade_id)) == len(run.trade_id)
        assert run.trade_id[0] == "f000001"


def test_labels_name_fills_and_planted_habits(somebody: list[TraderRun]) -> None:
    for run in somebody:
        assert {trade_id for trade_id, _ in run.labels} <= set(run.trade_id)
        assert {habit for _, habit in run.labels} <= set(run.biases)
        assert len(set(run.labels)) == len(run.labels)


def test_rational_traders_have_no_label(somebody: list[TraderRun]) -> None:
    for run in somebody[:10]:
        assert (run.bias, run.intensity, run.labels) == ("", "0", ())


def test_nothing_is_sold_that_was_not_bought(somebody: list[TraderRun]) -> None:
    for run in somebody:
        held = Counter[str]()
        for symbol, side, qty in zip(run.symbol, run.side, run.qty, strict=True):
            held[symbol] += int(Decimal(qty).scaleb(8)) * (1 if side == "buy" else -1)
            assert held[symbol] >= 0


def test_more_money_is_never_spent_than_there_is(somebody: list[TraderRun]) -> None:
    for run in somebody:
        cash = Decimal(run.start_equity)
        columns = (run.side, run.qty, run.price, run.fee)
        for side, qty, price, fee in zip(*columns, strict=True):
            money = Decimal(qty) * Decimal(price)
            cash += (-money if side == "buy" else money) - Decimal(fee)
            assert cash >= 0


def test_fees_are_about_ten_basis_points(somebody: list[TraderRun]) -> None:
    for run in somebody:
        columns = zip(run.qty, run.price, strict=True)
        money = sum(float(qty) * float(price) for qty, price in columns)
        assert sum(map(float, run.fee)) / money == pytest.approx(0.0010, abs=0.00021)


def test_amounts_are_plain_decimals(somebody: list[TraderRun]) -> None:
    for run in somebody:
        for text in (*run.qty, *run.price, *run.fee, run.start_equity):
            assert set(text) <= set("0123456789.")
        assert all(Decimal(qty) > 0 and Decimal(qty).as_tuple().exponent == -8 for qty in run.qty)
        assert all(len(price.replace(".", "").lstrip("0")) <= 9 for price in run.price)


def test_some_orders_are_filled_in_pieces_seconds_apart(somebody: list[TraderRun]) -> None:
    run = somebody[0]
    gaps = [
        later - sooner
        for sooner, later, was, now in zip(
            run.time_us, run.time_us[1:], run.symbol, run.symbol[1:], strict=False
        )
        if was == now
    ]
    pieces = sum(gap < 8_000_000 for gap in gaps)
    assert 0.15 < pieces / len(run.trade_id) < 0.45


def test_zones_are_whole_or_half_hours(somebody: list[TraderRun]) -> None:
    assert all((2 * run.utc_offset_h).is_integer() for run in somebody)
    assert len({run.utc_offset_h for run in somebody}) > 4


def test_a_night_shift_trades_in_its_own_night(grounds: list[GeneratedMarket]) -> None:
    for number in range(5):
        run = trader(grounds[0], TraderPlan(f"night-{number}", "nightshift"), 1)
        hours = [(at / 3.6e9 + run.utc_offset_h) % 24 for at in run.time_us]
        entries = [hour for hour, side in zip(hours, run.side, strict=True) if side == "buy"]
        assert all(hour >= 21 or hour < 9 for hour in entries)


def test_one_coin_is_enough_for_some(grounds: list[GeneratedMarket]) -> None:
    run = trader(grounds[0], TraderPlan("one", "btc_only", {"fomo": 1.0, "revenge": 1.0}), 1)
    assert set(run.symbol) == {"BTC-USD"}


def test_deposits_raise_the_size(grounds: list[GeneratedMarket]) -> None:
    plan = TraderPlan("saver", "dca_plan", deposits=1)
    run = trader(grounds[0], plan, 1)
    ((at, amount),) = run.deposits
    assert Decimal(amount) == Decimal(run.start_equity) / 2
    money: dict[bool, float] = {}
    for moment, side, qty, price in zip(run.time_us, run.side, run.qty, run.price, strict=True):
        if side == "buy":
            money[moment > at] = money.get(moment > at, 0.0) + float(qty) * float(price)
    days = {late: {t // 86_400_000_000 for t in run.time_us if (t > at) == late} for late in money}
    assert money[True] / len(days[True]) > 1.2 * money[False] / len(days[False])


def test_who_it_is_hangs_on_name_and_seed_alone(grounds: list[GeneratedMarket]) -> None:
    plan = TraderPlan("anna")
    assert trader(grounds[0], plan, 1) == trader(grounds[0], plan, 1)
    assert trader(grounds[0], plan, 1).fee != trader(grounds[0], plan, 2).fee
    assert trader(grounds[0], plan, 1).fee != trader(grounds[0], TraderPlan("bert"), 1).fee
    elsewhere = trader(grounds[1], plan, 1)
    assert elsewhere.utc_offset_h == trader(grounds[0], plan, 1).utc_offset_h


def test_the_bytes_are_those_they_always_were() -> None:
    """A change here breaks every published result: it needs a line in the changelog."""
    ground = market(7, 30)
    plans = [*population.rational(10), *population.crowd(10, 1), *population.cell(EVERY_HABIT, 2)]
    digest = hashlib.sha256("\n".join(tables.candles(ground)).encode())
    for plan in plans:
        run = trader(ground, plan, 1)
        for rows in (tables.fills, tables.labels, tables.traders):
            digest.update("\n".join(rows(run)).encode())
    assert digest.hexdigest() == THE_BYTES
