"""The disposition effect of the investors in a file, in the words of dispositionEffect 1.0.1."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite, nan
from pathlib import Path

import numpy as np

from coach.engine.biases.portfolio import measures, odean, series
from coach.engine.biases.portfolio.market import PriceTable
from coach.engine.biases.portfolio.measures import METHODS, Method
from coach.engine.biases.portfolio.observations import AssetObservations, Options, observe
from coach.engine.biases.portfolio.orders import PortfolioOrders
from coach.engine.lab_files.portfolios import read_orders, read_prices
from coach.engine.statistics.arrays import Floats
from coach.errors import Invalid, NotFound
from coach.model.times import instant
from coach.wording.numbers import counted

Value = str | int | float | datetime | None
Row = dict[str, Value]
Statistics = Mapping[str, Row]

KINDS = ("RG", "RL", "PG", "PL")
MEASURE = {method: f"{'DD' if method == 'duration' else 'DE'}_{method}" for method in METHODS}
IN_SERIES: tuple[Method, ...] = ("count", "value")
NAMED_UNPRICED = 5


@dataclass(frozen=True, slots=True)
class Request:
    """What to compute. `threshold` is in µs of open time; `assets` get a time series each."""

    methods: tuple[Method, ...] = METHODS
    shorts: bool = True
    threshold: int = 0
    time_series: bool = False
    assets: tuple[str, ...] = ()
    portfolio_driven: bool = False


@dataclass(frozen=True, slots=True)
class Disposition:
    """One investor's results; a number that is none (or not finite) is None.

    `pooled` are the counts of all assets put together, `odean` those of days with a sale.
    """

    investor: str
    by_asset: list[Row]
    summary: Statistics
    pooled: Row
    odean: Row
    time_series: list[Row]
    time_series_summary: Statistics
    portfolio_driven: list[Row]


def methods_of(text: str) -> tuple[Method, ...]:
    """Return the methods in a list with commas, in the package's order; `all` are all four."""
    named = {name.strip().lower() for name in text.split(",")}
    if named == {"all"}:
        return METHODS
    if wrong := sorted(named.difference(METHODS)):
        allowed = f"one or more of {', '.join(METHODS)}, with commas between"
        raise Invalid("method", f"not {wrong[0]!r}", allowed)
    return tuple(method for method in METHODS if method in named)


def disposition(
    transactions: Path, prices: Path, request: Request
) -> tuple[list[Disposition], list[str]]:
    """Return the results of each investor, by first appearance, and warnings.

    UsageError where a file cannot be read, NotFound for an asset that nobody traded.
    """
    investors, warnings = read_orders(transactions)
    market, more = read_prices(prices)
    warnings += more
    traded = {asset for orders in investors for asset in orders.assets}
    for asset in request.assets:
        if asset not in traded:
            hint = f"{transactions.name} trades {', '.join(sorted(traded))}"
            raise NotFound(hint, kind="asset", name=asset)
    found = []
    for orders in investors:
        looks = observe(orders, market, Options(request.shorts, request.threshold))
        warnings += _unpriced(looks, prices.name)
        found.append(_investor(looks, market, request))
    return found, warnings


def _investor(looks: AssetObservations, market: PriceTable, request: Request) -> Disposition:
    orders = looks.orders
    timed = _time_series(looks, request) if request.time_series else {}
    return Disposition(
        orders.investor,
        by_asset=_by_asset(looks, request),
        summary=_summaries({MEASURE[m]: _effect(looks, m) for m in request.methods}),
        pooled=_pooled(looks),
        odean=_odean(orders, market, shorts=request.shorts),
        time_series=list(_series_rows(orders, timed)) if request.time_series else [],
        time_series_summary=_summaries(timed),
        portfolio_driven=_portfolio_driven(looks, request) if request.portfolio_driven else [],
    )


def _by_asset(looks: AssetObservations, request: Request) -> list[Row]:
    rows = list(_positions(looks))
    for method in request.methods:
        table = measures.sums(looks, method)
        _fill(rows, table, method)
    for method in request.methods:
        for row, value in zip(rows, _effect(looks, method).tolist(), strict=True):
            row[MEASURE[method]] = _number(value)
    return rows


def _portfolio_driven(looks: AssetObservations, request: Request) -> list[Row]:
    # The orders placed while the whole book stood at a gain (or at zero), and the others.
    halves = []
    for kind, chosen in (("positive", looks.value >= 0), ("negative", looks.value < 0)):
        rows = [row | {"type": kind} for row in _positions(looks)]
        for method in request.methods:
            _fill(rows, measures.sums(looks, method, chosen), method)
        halves.append(rows)
    return [row for pair in zip(*halves, strict=True) for row in pair]


def _positions(looks: AssetObservations) -> Iterator[Row]:
    for asset, last in zip(looks.orders.assets, looks.walk.final, strict=True):
        yield {
            "investor": looks.orders.investor,
            "asset": asset,
            "quantity": _number(last.quantity),
            "price": _number(last.price),
            "datetime": instant(last.since),
        }


def _fill(rows: list[Row], table: Floats, method: Method) -> None:
    for row, values in zip(rows, table.tolist(), strict=True):
        for kind, value in zip(KINDS, values, strict=True):
            row[f"{kind}_{method}"] = _number(value, whole=method == "count")


def _effect(looks: AssetObservations, method: Method) -> Floats:
    return measures.effect(measures.sums(looks, method), method)


def _pooled(looks: AssetObservations) -> Row:
    rg, rl, pg, pl = (int(total) for total in np.nansum(measures.sums(looks, "count"), axis=0))
    return _pooled_row(odean.from_counts(rg, pg, rl, pl))


def _odean(orders: PortfolioOrders, market: PriceTable, *, shorts: bool) -> Row:
    found = odean.sale_days(orders, market, shorts=shorts)
    return _pooled_row(found.pooled) | {"days": found.days, "unpriced": found.unpriced}


def _pooled_row(pooled: odean.PooledCounts) -> Row:
    return {
        "RG": pooled.gains_realised,
        "RL": pooled.losses_realised,
        "PG": pooled.gains_on_paper,
        "PL": pooled.losses_on_paper,
        "PGR": _number(pooled.share_of_gains),
        "PLR": _number(pooled.share_of_losses),
        "DE": _number(pooled.effect),
        "ratio": _number(pooled.ratio),
        "se": _number(pooled.standard_error),
        "t": _number(pooled.t),
    }


def _time_series(looks: AssetObservations, request: Request) -> dict[str, Floats]:
    columns: dict[str, Floats] = {}
    chosen = [method for method in IN_SERIES if method in request.methods]
    for method in chosen:
        found = series.investor_series(looks, method)
        columns |= {f"DETs_{method}": found.so_far, f"DEts_{method}": found.alone}
    for method in chosen:
        for asset in request.assets:
            own = _asset_series(looks, method, asset)
            columns[f"{asset}_DETs_{method}"] = own.so_far
            columns[f"{asset}_DEts_{method}"] = own.alone
    return columns


def _asset_series(looks: AssetObservations, method: Method, asset: str) -> series.OrderSeries:
    if asset in looks.orders.assets:
        return series.asset_series(looks, method, looks.orders.assets.index(asset))
    nothing = np.full(looks.orders.at.size, nan)
    return series.OrderSeries(nothing, nothing)


def _series_rows(orders: PortfolioOrders, columns: Mapping[str, Floats]) -> Iterator[Row]:
    values = [column.tolist() for column in columns.values()]
    for number, at in enumerate(orders.at.tolist()):
        row: Row = {"investor": orders.investor, "datetime": instant(at)}
        for name, column in zip(columns, values, strict=True):
            row[name] = _number(column[number])
        yield row


def _summaries(columns: Mapping[str, Floats]) -> Statistics:
    found = {name: measures.summary(values) for name, values in columns.items()}
    return {
        statistic: {name: _number(values[statistic]) for name, values in found.items()}
        for statistic in measures.STATISTICS
        if found
    }


def _unpriced(looks: AssetObservations, file: str) -> Iterator[str]:
    counts = np.bincount(looks.unpriced, minlength=len(looks.orders.assets))
    if not counts.any():
        return
    named = [
        f"{looks.orders.assets[asset]} {counts[asset]}"
        for asset in np.argsort(-counts, kind="stable")[:NAMED_UNPRICED]
        if counts[asset]
    ]
    rest = int((counts > 0).sum()) - len(named)
    more = f" and {rest} more" * (rest > 0)
    total = int(counts.sum())
    yield (
        f"investor {looks.orders.investor}: {counted(total, 'position')} left out, no price"
        f" in {file} at the order's very time ({', '.join(named)}{more})"
    )


def _number(value: float, *, whole: bool = False) -> int | float | None:
    if not isfinite(value):
        return None
    return int(value) if whole else value + 0.0
