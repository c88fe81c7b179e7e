"""Fills one by one, and how whole the record of them is."""

from typing import Annotated

from pydantic import Field

from coach.advice.record.coverage import with_ways
from coach.engine.api.fills import coverage as coverage_api
from coach.engine.api.fills import single
from coach.engine.api.money import converted as money_api
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import (
    Account,
    NewestQuery,
    PageQuery,
    RouteQuery,
    Since,
    Symbol,
    Until,
)
from coach.views.holdings import fills as fill_views
from coach.views.holdings.converted import converted_trade
from coach.views.holdings.coverage import coverage_report
from coach.views.table import json_row, rows


class FillsQuery(NewestQuery):
    """Which fills."""

    since: Since = None
    until: Until = None
    symbol: Symbol = None
    account: Account = None
    trade: Annotated[str | None, Field(description="Those of this round trip.")] = None
    left_out: Annotated[bool, Field(description="Those that are left out, alone.")] = False


class FillQuery(RouteQuery):
    """Of which account, where two hold a fill of one id."""

    account: Account = None


class CoverageQuery(PageQuery):
    """Of which account and symbol."""

    account: Account = None
    symbol: Symbol = None


def coverage(call: ApiCall, query: CoverageQuery) -> ApiAnswer:
    """Return which periods of each account and symbol are held, and which are missing."""
    symbol = query.symbol.upper() if query.symbol else None
    found = coverage_api.coverage(call.session, query.account, symbol)
    return ApiAnswer("coverage", list(with_ways(rows([coverage_report(one) for one in found]))))


def converted_trades(call: ApiCall, query: CoverageQuery, currency: str) -> ApiAnswer:
    """Return each closed trade with its net in one currency, by the stored candles."""
    symbol = query.symbol.upper() if query.symbol else None
    found = money_api.converted(call.session, currency, symbol, query.account)
    return ApiAnswer("pnl", list(rows([converted_trade(one) for one in found])))


def fills(call: ApiCall, query: FillsQuery) -> ApiAnswer:
    """Return the fills, oldest first."""
    wanted = single.FillFilter(
        account=query.account,
        symbol=query.symbol.upper() if query.symbol else None,
        since=call.since(query.since),
        until=call.until(query.until),
        trade=query.trade,
        left_out=True if query.left_out else None,
        page=query.page,
    )
    found = list(single.fills(call.session, wanted))
    if query.left_out:
        found += single.fills_not_held(call.session)
    return ApiAnswer("fills list", list(rows([fill_views.fill(one) for one in found])))


def fill(call: ApiCall, query: FillQuery, fill: str) -> ApiAnswer:
    """Return what was reported of a fill, what corrected it, and what is in effect."""
    found = single.history(call.session, fill, query.account)
    return ApiAnswer("fills show", json_row(fill_views.fill_history(found)))
