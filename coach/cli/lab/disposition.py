"""`coach lab disposition`: are winners sold sooner than losers, by two published definitions."""

import re
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.readable import statistic
from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.model.plain import plain
from coach.views.table import Column, Table, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from coach.engine.api.lab.disposition import Disposition, Request
    from coach.model.events import Json
    from coach.views.table import Kind, Row

SPAN = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:(s|secs?)|(m|mins?)|(h|hours?)|(d|days?)|(w|weeks?))", re.ASCII
)
UNITS = (1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000, 604_800_000_000)
SPAN_HINT = "write it like 60m, 2h or 30s"
MEASURED = re.compile("D[ED](?:[Tt]s)?_")
SHOWN: "dict[str, tuple[str, Kind]]" = {
    "asset": ("asset", "text"),
    "type": ("book", "text"),
    "datetime": ("", "time"),
    "RG_count": ("RG", "number"),
    "RL_count": ("RL", "number"),
    "PG_count": ("PG", "number"),
    "PL_count": ("PL", "number"),
}
"""Columns with a title on a terminal, and how they read there."""

Transactions = Annotated[
    Path, typer.Argument(metavar="TRANSACTIONS.csv", help="Orders of one or more investors.")
]
Prices = Annotated[
    Path, typer.Argument(metavar="PRICES.csv", help="What each asset cost at each order's time.")
]
Methods = Annotated[str, typer.Option("--method", metavar="LIST", help="What to add up.")]
NoShort = Annotated[bool, typer.Option("--no-short", help="Count no short positions.")]
Threshold = Annotated[
    str, typer.Option(metavar="SPAN", help="Nothing is on paper so soon after an order: 60m, 2h.")
]
TimeSeries = Annotated[bool, typer.Option("--time-series", help="The effect as it grows.")]
Assets = Annotated[
    list[str] | None,
    typer.Option("--asset", metavar="NAME", help="A time series of its own; may be repeated."),
]
PortfolioDriven = Annotated[
    bool, typer.Option("--portfolio-driven", help="Apart: the whole book in gain, or in loss.")
]


def disposition(  # noqa: PLR0913 -- a command's options are its parameters
    context: typer.Context,
    transactions: Transactions,
    prices: Prices,
    *,
    method: Methods = "count,total,value,duration",
    no_short: NoShort = False,
    time_threshold: Threshold = "0m",
    time_series: TimeSeries = False,
    asset: Assets = None,
    portfolio_driven: PortfolioDriven = False,
) -> None:
    """Measure the disposition effect in orders and prices from CSV files.

    \b
      coach lab disposition transactions.csv prices.csv
      coach lab disposition transactions.csv prices.csv.gz --method count --json

    \b
    transactions: investor,type,asset,quantity,price,datetime  type is B or S
    prices:       asset,datetime,price                         times are UTC
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.lab import disposition as api

    frame = frame_of(context)
    request = api.Request(
        api.methods_of(method),
        shorts=not no_short,
        threshold=span(time_threshold),
        time_series=time_series or bool(asset),
        assets=tuple(sorted(set(asset or ()))),
        portfolio_driven=portfolio_driven,
    )
    check(request)
    found, warnings = api.disposition(transactions, prices, request)
    frame.show(answer(found, request, tuple(warnings)))


def span(duration: str) -> int:
    """Return a span of time in microseconds; a bare 0 is none."""
    text = duration.strip().lower()
    if text == "0":
        return 0
    match = SPAN.fullmatch(text)
    if not match:
        raise UsageError(SPAN_HINT, what=f"invalid time span {duration!r}")
    unit = next(size for size, name in zip(UNITS, match.groups()[1:], strict=True) if name)
    return round(float(match[1]) * unit)


def check(request: "Request") -> None:
    """Raise UsageError for a time series that the package does not define."""
    if request.time_series and not {"count", "value"} & set(request.methods):
        raise UsageError("add --method count", what="time series are of count and value only")


def answer(
    found: "Sequence[Disposition]", request: "Request", warnings: tuple[str, ...] = ()
) -> Answer:
    """Return the results; what is one thing per investor is keyed by name where there are several.

    The table shows the rows asked for last in this order: by asset, portfolio driven, time series.
    """
    by_asset = rows(list(chain.from_iterable(one.by_asset for one in found)))
    data: dict[str, Json] = {
        "by_asset": list(by_asset),
        "summary": _each(found, [one.summary for one in found]),
        "pooled": _each(found, [one.pooled for one in found]),
        "odean": _each(found, [one.odean for one in found]),
    }
    shown = _table(by_asset, several=len(found) > 1)
    if request.portfolio_driven:
        halves = rows(list(chain.from_iterable(one.portfolio_driven for one in found)))
        data["portfolio_driven"] = list(halves)
        shown = _table(halves, several=len(found) > 1)
    if request.time_series:
        steps = rows(list(chain.from_iterable(one.time_series for one in found)))
        data["time_series"] = list(steps)
        data["time_series_summary"] = _each(found, [one.time_series_summary for one in found])
        shown = _table(steps, several=len(found) > 1)
    below = tuple(
        chain.from_iterable(disposition_lines(one, several=len(found) > 1) for one in found)
    )
    return Answer("lab disposition", data, shown, below=below, warnings=warnings)


def disposition_lines(one: "Disposition", *, several: bool) -> "Iterator[str]":
    """Yield the headline and what to check it against."""
    name = f"{one.investor}: " if several else ""
    yield f"{name}pooled: {_counted(one.pooled)}"
    yield f"{name}sale days (Odean 1998): {_counted(one.odean)}"
    means = ", ".join(f"{key} {_shown(value)}" for key, value in one.summary["Mean"].items())
    yield f"{name}mean over assets, only a check: {means}"


def _counted(pooled: "Mapping[str, object]") -> str:
    gains, losses = (
        f"{pooled[realised]} of {_sum(pooled, realised, paper)}"
        for realised, paper in (("RG", "PG"), ("RL", "PL"))
    )
    return (
        f"DE {_shown(pooled['DE'])} (t {_shown(pooled['t'])}, ratio {_shown(pooled['ratio'])}),"
        f" {gains} gains realised (PGR {_shown(pooled['PGR'])}),"
        f" {losses} losses (PLR {_shown(pooled['PLR'])})"
    )


def _sum(pooled: "Mapping[str, object]", *names: str) -> int:
    return sum(int(str(pooled[name])) for name in names)


def _shown(value: object) -> str:
    return "-" if value is None else statistic(plain(value), "")


def _each(found: "Sequence[Disposition]", values: "Sequence[object]") -> "Json":
    if len(found) == 1:
        return plain(values[0])
    return {one.investor: plain(value) for one, value in zip(found, values, strict=True)}


def _table(values: "Sequence[Row]", *, several: bool) -> Table:
    keys = list(values[0]) if values else []
    return Table(tuple(_column(key, several=several) for key in keys), values)


def _column(key: str, *, several: bool) -> Column:
    if key in SHOWN:
        return Column(key, *SHOWN[key])
    if key == "investor":
        return Column(key, key if several else "")
    return Column(key, key, "statistic") if MEASURED.search(key) else Column(key)
