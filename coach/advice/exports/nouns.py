"""The nouns that an export or a notebook holds, each with the rows that `--json` shows."""

from typing import TYPE_CHECKING, Any

from coach.views import accounts as account_views
from coach.views import insights as insight_views
from coach.views import labels as label_views
from coach.views import notes as note_views
from coach.views import plans as plan_views
from coach.views import rules as rule_views
from coach.views import trades as trade_views
from coach.views.exports import fills as fill_views

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from coach.engine.api.exports.exports import ExportedNoun, Row
    from coach.engine.api.session import Session


def exported_nouns(session: "Session") -> "Mapping[str, ExportedNoun]":
    """Return every noun that is exported, by its name; nothing is read before its rows are."""
    return {
        "accounts": _noun(account_views.AccountRow, lambda: _accounts(session)),
        "fills": _noun(fill_views.ListedFillRow, lambda: _fills(session)),
        "trades": _noun(trade_views.TradeRow, lambda: _trades(session)),
        "open_trades": _noun(trade_views.OpenTradeRow, lambda: _open_trades(session)),
        "findings": _noun(insight_views.FindingRow, lambda: _findings(session)),
        "tags": _noun(insight_views.TagRow, lambda: _tags(session)),
        "rules": _noun(rule_views.RuleRow, lambda: _rules(session)),
        "breaches": _noun(rule_views.BreachRow, lambda: _breaches(session)),
        "labels": _noun(label_views.LabelRow, lambda: _labels(session)),
        "plans": _noun(plan_views.PlanRow, lambda: _plans(session)),
        "notes": _noun(note_views.NoteRow, lambda: _notes(session)),
    }


def _noun(row: Any, rows: Any) -> "ExportedNoun":  # noqa: ANN401 -- a TypedDict, and a function
    from coach.engine.api.exports.exports import ExportedNoun

    return ExportedNoun(tuple(row.__annotations__), rows)


def _accounts(session: "Session") -> "Iterator[Row]":
    from coach.engine.api import accounts

    return (account_views.account(one) for one in accounts.overview(session))


def _fills(session: "Session") -> "Iterator[Row]":
    from coach.engine.api.exports import exports

    return map(fill_views.fill, exports.listed_fills(session))


def _trades(session: "Session") -> "Iterator[Row]":
    from coach.engine.api import trades

    return map(trade_views.trade, trades.round_trips(session))


def _open_trades(session: "Session") -> "Iterator[Row]":
    from coach.engine.api import trades

    return map(trade_views.open_trade, trades.open_round_trips(session))


def _findings(session: "Session") -> "Iterator[Row]":
    from coach.engine.api import insights
    from coach.engine.api.promises import labels

    agreed = labels.agreements(session)
    found = insights.findings(session).findings
    return (insight_views.finding(one, agreed.get(one.bias)) for one in found)


def _tags(session: "Session") -> "Iterator[Row]":
    from coach.engine.api import insights

    return map(insight_views.tag, insights.tags(session))


def _rules(session: "Session") -> "Iterator[Row]":
    from coach.engine.api.promises import rules

    return map(rule_views.rule, rules.rules(session))


def _breaches(session: "Session") -> "Iterator[Row]":
    from coach.engine.api.promises import rules

    return map(rule_views.rule_breach, rules.breaches(session))


def _labels(session: "Session") -> "Iterator[Row]":
    from coach.engine.api.promises import labels

    return map(label_views.given_label, labels.labels(session))


def _plans(session: "Session") -> "Iterator[Row]":
    from coach.engine.api.promises import plans

    return map(plan_views.declared_plan, plans.plans(session))


def _notes(session: "Session") -> "Iterator[Row]":
    from coach.engine.api import notes
    from coach.engine.api.notes import NoteFilter

    found = notes.notes(session, NoteFilter(), session.user.zone)
    return map(note_views.written_note, found)
