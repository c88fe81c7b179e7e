"""What must hold for any orders and prices, and a plain loop that says the same."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.biases.portfolio.market import PriceTable
from coach.engine.biases.portfolio.measures import METHODS, Method, effect, sums
from coach.engine.biases.portfolio.observations import AssetObservations, Options, observe
from coach.engine.biases.portfolio.orders import PortfolioOrders
from coach.engine.biases.portfolio.series import asset_series, investor_series
from coach.engine.biases.portfolio.trading_clock import DAY, HOUR, open_hours

Told = tuple[str, bool, float, float, int]
Arrange = Callable[[Iterable[Told]], PortfolioOrders]
Price = Callable[[Iterable[tuple[str, int, float]]], PriceTable]
ASSETS = "ABCD"
GRID = st.integers(1, 12).map(lambda eighths: eighths / 8)
ORDER = st.tuples(
    st.sampled_from(ASSETS), st.booleans(), st.integers(0, 4).map(float), GRID, st.integers(0, 40)
)


@dataclass(frozen=True)
class Case:
    told: list[Told]
    prices: dict[tuple[str, int], float]
    threshold: int = 0
    shorts: bool = True


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rows = draw(st.lists(ORDER, min_size=1, max_size=25))
    at = 4 * DAY + 9 * HOUR
    told: list[Told] = []
    for asset, sells, quantity, price, wait in rows:
        at += wait * HOUR // 4
        told.append((asset, sells, quantity, price, at))
    quoted = st.fixed_dictionaries(
        {}, optional={(asset, row[-1]): GRID for asset in ASSETS for row in told}
    )
    threshold = draw(st.sampled_from([0, HOUR // 4, HOUR, 14 * HOUR]))
    return Case(told, draw(quoted), threshold, draw(st.booleans()))


@dataclass
class Plain:
    """The rules once more, one order and one position at a time."""

    case: Case
    book: dict[str, tuple[float, float, int]] = field(default_factory=dict)
    rows: list[dict[str, list[tuple[int, float, float, float]]]] = field(default_factory=list)

    def run(self) -> "Plain":
        previous = self.case.told[0][-1]
        for order in self.case.told:
            self.rows.append(dict(self.row(order, previous)))
            self.trade(order)
            previous = order[-1]
        return self

    def row(
        self, order: Told, previous: int
    ) -> Iterator[tuple[str, list[tuple[int, float, float, float]]]]:
        asset, sells, quantity, price, at = order
        if not any(held for held, _, _ in self.book.values()):
            return
        wide = passed(previous, at) * HOUR >= self.case.threshold
        others = {
            other: self.case.prices[other, at]
            for other, (held, _, _) in self.book.items()
            if held and other != asset and (other, at) in self.case.prices
        }
        held, average, since = self.book.get(asset, (0.0, 0.0, at))
        if held:
            closes = sells == (held > 0)
            rest = max(abs(held) - quantity, 0) if closes else abs(held)
            parts = [(0, abs(held) - rest, passed(since, at))] if closes else []
            if wide and (rest or not closes):
                parts.append((2, rest, passed(previous, at)))
            yield asset, [self.told(k, n, h, held, average, price) for k, n, h in parts]
        elif not (wide and others):
            yield asset, []
        for other, market in others.items() if wide else ():
            held, average, since = self.book[other]
            part = self.told(2, abs(held), passed(previous, at), held, average, market)
            yield other, [part]

    def told(
        self, kind: int, quantity: float, hours: float, held: float, average: float, price: float
    ) -> tuple[int, float, float, float]:
        move = (price - average) / average * (1 if held > 0 else -1)
        if not move or (held < 0 and not self.case.shorts):
            return (0, 0, 0, 0)
        return (kind + (move < 0) + 1, quantity, move, hours)

    def trade(self, order: Told) -> None:
        asset, sells, quantity, price, at = order
        signed = -quantity if sells else quantity
        held, average, since = self.book.get(asset, (0.0, 0.0, at))
        after = held + signed
        if after == 0:
            self.book[asset] = (0, 0, at)
        elif held * after <= 0:
            self.book[asset] = (after, price, at)
        elif sells == (held < 0):
            weighted = (average * abs(held) + price * quantity) / (abs(held) + quantity)
            self.book[asset] = (after, weighted, since)
        else:
            self.book[asset] = (after, average, since)

    def sums(self, asset: str, method: Method, upto: int | None = None) -> list[float] | None:
        rows = [row[asset] for row in self.rows[:upto] if asset in row]
        found = [0.0] * 4
        for kind, quantity, move, hours in (part for row in rows for part in row):
            worth = {"count": 1.0, "total": quantity, "value": move, "duration": hours}[method]
            found[kind - 1] += worth if kind else 0
        return found if rows else None


def passed(begin: int, end: int) -> float:
    return float(open_hours(np.array([begin]), np.array([end]))[0])


def looks_of(case: Case, arrange: Arrange, price: Price) -> AssetObservations:
    market = price((asset, at, quote) for (asset, at), quote in case.prices.items())
    return observe(arrange(case.told), market, Options(case.shorts, case.threshold))


@given(case=cases())
def test_a_plain_loop_counts_the_same(case: Case, arrange: Arrange, price: Price) -> None:
    looks, plain = looks_of(case, arrange, price), Plain(case).run()
    orders = len(case.told)
    for method in METHODS:
        table = sums(looks, method)
        for asset, ours in zip(looks.orders.assets, table, strict=True):
            theirs = plain.sums(asset, method)
            number = sum(row[0] == asset for row in case.told) if method == "value" else 1
            expected = [np.nan] * 4 if theirs is None else [part / number for part in theirs]
            np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(
        np.bincount(looks.order, minlength=orders), [len(row) for row in plain.rows]
    )


@given(case=cases())
def test_the_series_ends_where_the_whole_ends(case: Case, arrange: Arrange, price: Price) -> None:
    looks = looks_of(case, arrange, price)
    whole = effect(sums(looks, "count"), "count")
    ends = [
        asset_series(looks, "count", asset).so_far[-1] for asset in range(len(looks.orders.assets))
    ]
    np.testing.assert_array_equal(ends, whole)
    known = whole[~np.isnan(whole)]
    expected = known.mean() if known.size else np.nan
    np.testing.assert_allclose(investor_series(looks, "count").so_far[-1], expected, atol=1e-12)


@given(case=cases())
def test_the_mirror_image_has_gains_for_losses(case: Case, arrange: Arrange, price: Price) -> None:
    case = replace(case, shorts=True)
    mirrored = replace(
        case, told=[(a, not sells, n, paid, at) for a, sells, n, paid, at in case.told]
    )
    ours, theirs = (looks_of(one, arrange, price) for one in (case, mirrored))
    for method in METHODS:
        sign = -1 if method == "value" else 1
        swapped = sign * sums(theirs, method)[:, [1, 0, 3, 2]]
        np.testing.assert_allclose(sums(ours, method), swapped, rtol=1e-12, atol=1e-12)
    both = (effect(sums(looks, "count"), "count") for looks in (ours, theirs))
    np.testing.assert_allclose(next(both), -next(both), atol=1e-12)


@given(case=cases(), factor=st.sampled_from([0.25, 2.0, 1024.0]))
def test_scaling_every_price_changes_nothing(
    case: Case, factor: float, arrange: Arrange, price: Price
) -> None:
    scaled = replace(
        case,
        told=[(a, sells, n, paid * factor, at) for a, sells, n, paid, at in case.told],
        prices={key: quote * factor for key, quote in case.prices.items()},
    )
    for method in METHODS:
        np.testing.assert_array_equal(
            sums(looks_of(case, arrange, price), method),
            sums(looks_of(scaled, arrange, price), method),
        )


@given(case=cases())
def test_the_book_in_gain_and_the_book_in_loss_make_the_whole(
    case: Case, arrange: Arrange, price: Price
) -> None:
    looks = looks_of(case, arrange, price)
    for method in METHODS:
        halves = (sums(looks, method, chosen) for chosen in (looks.value >= 0, looks.value < 0))
        added = sum(np.nan_to_num(half) for half in halves)
        np.testing.assert_allclose(added, np.nan_to_num(sums(looks, method)), atol=1e-9)
