"""What happened: accounts, imports, trades, profit, candles, jobs."""

from typing import Annotated, Literal

from pydantic import Field

from coach.engine.api import accounts as accounts_api
from coach.engine.api import candles as candles_api
from coach.engine.api import health, imports, jobs, trades
from coach.engine.api.promises import pending_settings
from coach.errors import UsageError
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import (
    Account,
    NoQuery,
    OwnPageQuery,
    PageQuery,
    RouteQuery,
    Since,
    Symbol,
    Until,
)
from coach.views import accounts as account_views
from coach.views import candles as candle_views
from coach.views import health as health_views
from coach.views import imports as import_views
from coach.views import jobs as job_views
from coach.views import profit as profit_views
from coach.views import trades as trade_views
from coach.views.paging import list_page, rows_of_page
from coach.views.table import json_row, rows


class TradesQuery(OwnPageQuery):
    """Which round trips."""

    since: Since = None
    until: Until = None
    symbol: Symbol = None
    account: Account = None
    open: Annotated[bool, Field(description="Those that are open, instead.")] = False


class ProfitQuery(RouteQuery):
    """Which profit, and how sells meet their buys."""

    method: Literal["fifo", "average"] = "fifo"
    symbol: Symbol = None
    account: Account = None


class SourcesQuery(RouteQuery):
    """For which symbol, in bars of which length, a source of candles is looked for."""

    symbol: Symbol = None
    granularity: Annotated[str, Field(description="1m, 15m, 1h or 1d.")] = "15m"


def status(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return how things stand: accounts, the last seven days, rules."""
    return ApiAnswer("status", json_row(health_views.status(health.status(call.session))))


def accounts(call: ApiCall, _: PageQuery) -> ApiAnswer:
    """Return the accounts, and what is known of each."""
    found = accounts_api.overview(call.session)
    held = pending_settings.waiting(call.session)
    waiting = {one.account: one for one in held if one.name == "equity"}
    values = [account_views.account(one, waiting.get(one.name)) for one in found]
    return ApiAnswer("accounts", list(rows(values)))


def import_list(call: ApiCall, _: PageQuery) -> ApiAnswer:
    """Return the imports, newest first."""
    found = imports.all_runs(call.session)
    return ApiAnswer("import list", list(rows([import_views.import_run(run) for run in found])))


def round_trips(call: ApiCall, query: TradesQuery) -> ApiAnswer:
    """Return round trips, flat to flat, oldest first by when they were closed."""
    if query.open and (query.since or query.until):
        hint = "leave since and until out: an open trade was not closed at any time"
        raise UsageError(hint, what="open lists what is open now")
    wanted = trades.TradeFilter(
        since=call.since(query.since),
        until=call.until(query.until),
        symbol=query.symbol.upper() if query.symbol else None,
        account=query.account,
    )
    warnings = trades.doubtful_positions(call.session, wanted)
    if query.open:
        still = trades.open_round_trips(call.session, wanted.symbol, wanted.account)
        values = rows([trade_views.open_trade(view) for view in still])
        found = rows_of_page(values, "id", query.after, query.limit)
    else:
        closed = trades.round_trips(call.session, wanted, list_page(query.after, query.limit, None))
        found = rows([trade_views.trade(view) for view in closed])
    if wanted.symbol and not found:
        trades.require_symbol(call.session, wanted.symbol)
    return ApiAnswer("trades", list(found), warnings)


def pnl(call: ApiCall, query: ProfitQuery) -> ApiAnswer:
    """Return realised profit and open positions, per symbol and in all."""
    found = trades.profit(call.session, query.method, query.symbol, query.account)
    return ApiAnswer("pnl", json_row(profit_views.profit_report(found)), found.warnings)


def job_list(call: ApiCall, _: PageQuery) -> ApiAnswer:
    """Return the long works there were or are, newest first."""
    return ApiAnswer("jobs", list(rows([job_views.job(run) for run in jobs.jobs(call.session)])))


def job(call: ApiCall, _: NoQuery, run: str) -> ApiAnswer:
    """Return one job: what was asked for, and what came of it."""
    return ApiAnswer("jobs show", json_row(job_views.job(jobs.job(call.session, run))))


def candle_list(call: ApiCall, _: PageQuery) -> ApiAnswer:
    """Return the candles that are kept."""
    found = candles_api.coverage(call.session)
    return ApiAnswer("candles list", list(rows([candle_views.coverage(one) for one in found])))


def candle_sources(call: ApiCall, query: SourcesQuery) -> ApiAnswer:
    """Return the sources of candles, how each is, and which would be asked; none is asked now."""
    length = candles_api.granularity_named(query.granularity)
    named = candles_api.wanted_named([query.symbol] if query.symbol else [])
    with call.candle_places() as places:
        sight = candles_api.sources(call.session, places, named, length)
    data = json_row(candle_views.source_choice(sight, query.granularity))
    return ApiAnswer("candles sources", data, call.heard)
