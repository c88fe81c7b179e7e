"""The two sheets that `coach lab disposition` reads: orders of investors, and market prices.

CSV with a header, columns in any order, further columns allowed, plain or gzipped. Times without a
zone are UTC. What cannot be read is refused with its file, line and column.
"""

import csv
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from math import isfinite
from operator import itemgetter
from pathlib import Path

import numpy as np

from coach.engine.biases.portfolio.market import PriceTable, market_of
from coach.engine.biases.portfolio.orders import PortfolioOrders
from coach.engine.lab_files.table import opened
from coach.errors import MalformedFile, UsageError
from coach.model.times import EPOCH, MICROSECOND
from coach.wording.numbers import counted

ORDERS = ("investor", "type", "asset", "quantity", "price", "datetime")
PRICES = ("asset", "datetime", "price")
GZIP = b"\x1f\x8b"
NO_PRICE = frozenset({"", "na"})
SIDES = {"b": False, "s": True}
NUMBER_HINT = "write it like 1234.5, with a point and without separators of thousands"
TIME_HINT = "write it like 2026-04-01 09:00:00 (UTC) or 2026-04-01T09:00:00Z"


@dataclass(frozen=True, slots=True)
class CellPlace:
    """Where a cell stands."""

    file: str
    line: int
    column: str

    def wrong(self, reason: str, hint: str = "") -> MalformedFile:
        """Return the error for this cell."""
        return MalformedFile(self.file, reason, hint, line=self.line, column=self.column)


@dataclass(frozen=True, slots=True)
class _Order:
    asset: str
    sells: bool
    quantity: float
    price: float
    at: int
    line: int


def read_orders(path: Path) -> tuple[list[PortfolioOrders], list[str]]:
    """Return each investor's orders in the order of time, by first appearance, and warnings.

    UsageError for a file or a cell that cannot be read, and for a file without any order.
    """
    by_investor: dict[str, list[_Order]] = {}
    for line, cells in _rows(path, ORDERS):
        investor, order = _order(path.name, line, cells)
        by_investor.setdefault(investor, []).append(order)
    if not by_investor:
        raise MalformedFile(path.name, "has a header and no rows", "add a row per order")
    warnings = [
        f"{path.name} line {back}: earlier than the row before it of investor {investor};"
        " the orders were sorted by time"
        for investor, orders in by_investor.items()
        if (back := _first_step_back(orders)) is not None
    ]
    return [_arranged(*item) for item in by_investor.items()], warnings


def read_prices(path: Path) -> tuple[PriceTable, list[str]]:
    """Return the market and warnings; of two prices for one asset and time the last one counts.

    UsageError for a file or a cell that cannot be read. An empty price, or NA, is no price.
    """
    code: dict[str, int] = {}
    times: dict[str, int] = {}
    assets, moments, prices = array("q"), array("q"), array("d")
    empty: list[int] = []
    for line, (asset, stamp, text) in _rows(path, PRICES):
        at = times.get(stamp)
        if at is None:
            at = times[stamp] = read_time(stamp, CellPlace(path.name, line, "datetime"))
        try:
            price = float(text)
        except ValueError:
            if text.lower() not in NO_PRICE:
                raise _no_number(text, CellPlace(path.name, line, "price")) from None
            empty.append(line)
            continue
        if not isfinite(price):
            raise _no_number(text, CellPlace(path.name, line, "price"))
        assets.append(code.setdefault(asset, len(code)))
        moments.append(at)
        prices.append(price)
    warnings = []
    if empty:
        count = counted(len(empty), "row")
        warnings.append(f"{path.name}: left out {count} without a price, first line {empty[0]}")
    market = market_of(
        code,
        np.array(assets, dtype=np.int64),
        np.array(moments, dtype=np.int64),
        np.array(prices, dtype=np.float64),
    )
    return market, warnings


def _order(file: str, line: int, cells: tuple[str, ...]) -> tuple[str, _Order]:
    investor, side, asset, quantity, price, stamp = cells
    for column, cell in (("investor", investor), ("asset", asset)):
        if not cell:
            raise CellPlace(file, line, column).wrong("it is empty", f"name the {column}")
    if side.lower() not in SIDES:
        reason = f"{side!r} is neither B nor S"
        raise CellPlace(file, line, "type").wrong(reason, "write B for a buy, S for a sell")
    return investor, _Order(
        asset,
        SIDES[side.lower()],
        _unsigned(quantity, CellPlace(file, line, "quantity")),
        _unsigned(price, CellPlace(file, line, "price")),
        read_time(stamp, CellPlace(file, line, "datetime")),
        line,
    )


def _unsigned(text: str, place: CellPlace) -> float:
    try:
        value = float(text)
    except ValueError:
        raise _no_number(text, place) from None
    if not isfinite(value):
        raise _no_number(text, place)
    if value < 0:
        reason = f"{text} is below zero"
        raise place.wrong(reason, "leave the sign out; type says whether it was a buy or a sell")
    return value


def _no_number(text: str, place: CellPlace) -> UsageError:
    return place.wrong(f"invalid number {text!r}" if text else "it is empty", NUMBER_HINT)


def read_time(text: str, place: CellPlace) -> int:
    """Return microseconds since 1970; a time without a zone is UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        reason = f"invalid time {text!r}" if text else "it is empty"
        raise place.wrong(reason, TIME_HINT) from None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - EPOCH) // MICROSECOND


def _first_step_back(orders: list[_Order]) -> int | None:
    return next((b.line for a, b in pairwise(orders) if b.at < a.at), None)


def _arranged(investor: str, orders: list[_Order]) -> PortfolioOrders:
    orders = sorted(orders, key=lambda order: order.at)
    assets = tuple(sorted({order.asset for order in orders}))
    place = {asset: number for number, asset in enumerate(assets)}
    return PortfolioOrders(
        investor,
        assets,
        np.array([place[order.asset] for order in orders], dtype=np.int64),
        np.array([order.sells for order in orders], dtype=np.bool_),
        np.array([order.quantity for order in orders], dtype=np.float64),
        np.array([order.price for order in orders], dtype=np.float64),
        np.array([order.at for order in orders], dtype=np.int64),
    )


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    with opened(path) as lines:
        reader = csv.reader(lines)
        header = [label.strip().lower() for label in next(reader, [])]
        take = itemgetter(*_places(path.name, header, columns))
        for row in reader:
            if not row:
                continue
            try:
                cells = take(row)
            except IndexError:
                raise MalformedFile(
                    path.name,
                    f"{len(row)} cells, not {len(header)}",
                    "give every row all of the header's columns",
                    line=reader.line_num,
                ) from None
            yield reader.line_num, tuple(map(str.strip, cells))


def _places(file: str, header: list[str], columns: tuple[str, ...]) -> list[int]:
    if not any(header):
        raise MalformedFile(file, "is empty", f"its header is {','.join(columns)}")
    if missing := [column for column in columns if column not in header]:
        reason = f"has no column {' and no column '.join(missing)}"
        raise MalformedFile(file, reason, f"the first line names the columns: {','.join(columns)}")
    return [header.index(column) for column in columns]
