"""What moved otherwise than by a trade, and whether everything adds up."""

from typing import Annotated

from pydantic import Field

from coach.engine.api.entries import ledger
from coach.engine.api.entries import reconcile as reconcile_api
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import Account, PageQuery, RouteQuery, Since, Until
from coach.views.entries import ledger as views
from coach.views.entries import reconcile as reconcile_views
from coach.views.table import json_row, rows

Asset = Annotated[str | None, Field(description="Only this coin or currency, such as BTC.")]


class EntriesQuery(PageQuery):
    """Which entries."""

    account: Account = None
    asset: Asset = None
    kind: Annotated[str | None, Field(description="Only this kind.")] = None
    since: Since = None
    until: Until = None


class ReconcileQuery(RouteQuery):
    """What is compared."""

    account: Account = None
    asset: Asset = None


def entries(call: ApiCall, query: EntriesQuery) -> ApiAnswer:
    """Return what moved otherwise than by a trade, oldest first."""
    asset = query.asset.upper() if query.asset else None
    span = (call.since(query.since), call.until(query.until))
    wanted = ledger.EntryFilter(query.account, asset, query.kind, *span)
    found = ledger.entries(call.session, wanted)
    return ApiAnswer("entries", list(rows([views.entry(one) for one in found])))


def reconcile(call: ApiCall, query: ReconcileQuery) -> ApiAnswer:
    """Return every balance, and each gap with its cause and date."""
    asset = query.asset.upper() if query.asset else None
    found = reconcile_api.reconcile(call.session, query.account, asset)
    return ApiAnswer("reconcile", json_row(reconcile_views.reconciliation(found)))
