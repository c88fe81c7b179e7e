"""Every route of the screens in one table.

They are the browser client's own: what commands answer stands in `coach.server.routes`. A screen's
answer holds the same rows, beside the words that a terminal has for them, so that no number is
written by a page.
"""

from typing import TYPE_CHECKING

from coach.server.reads.insights import SimulationQuery
from coach.server.routes import ReadRoute, reading
from coach.server.screens import (
    backups,
    balances,
    guard,
    habits,
    imports,
    record,
    reflect,
    rules,
    shell,
    trades,
    week,
    what_if,
)
from coach.server.screens.settings import channels
from coach.server.screens.settings import settings as own_settings

if TYPE_CHECKING:
    from fastapi import APIRouter

    from coach.server.sessions import OpenSession
    from coach.settings.values import Settings

SCREENS = (
    ReadRoute("/api/screens/shell", "", shell.shell),
    ReadRoute("/api/screens/guard", "", guard.guard),
    ReadRoute("/api/screens/week", "", week.week, week.WeekQuery),
    ReadRoute("/api/screens/trades", "", trades.trade_list, trades.SearchQuery),
    ReadRoute("/api/screens/trade-rows", "", trades.trade_rows, trades.RowsQuery),
    ReadRoute("/api/screens/excursions", "", trades.excursions, trades.SearchQuery),
    ReadRoute("/api/screens/trades/{trade}", "", trades.one_trade),
    ReadRoute("/api/screens/trades/{trade}/fills", "", record.trade_fills),
    ReadRoute("/api/screens/habits", "", habits.habits),
    ReadRoute("/api/screens/habits/{bias}", "", habits.one_habit),
    ReadRoute("/api/screens/rules", "", rules.rules),
    ReadRoute("/api/screens/rule-draft", "", rules.draft, rules.DraftQuery),
    ReadRoute("/api/screens/rules/{rule_id}/history", "", rules.rule_history),
    ReadRoute("/api/screens/what-if", "", what_if.what_if),
    ReadRoute("/api/screens/what-if/answer", "", what_if.what_if_answer, SimulationQuery),
    ReadRoute("/api/screens/reflect", "", reflect.reflect),
    ReadRoute("/api/screens/imports", "", imports.imports),
    ReadRoute("/api/screens/record", "", record.record),
    ReadRoute("/api/screens/balances", "", balances.balances),
    ReadRoute("/api/screens/accounts", "", imports.accounts),
    ReadRoute("/api/screens/settings", "", own_settings),
    ReadRoute("/api/screens/backups", "", backups.backups),
    ReadRoute("/api/screens/channels", "", channels),
)


def screens(open_session: "OpenSession", settings: "Settings") -> "APIRouter":
    """Return the routes of the screens; no description for programs has them."""
    return reading(open_session, settings, SCREENS, published=False)
