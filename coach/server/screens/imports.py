"""Imports and accounts: what was read when, how the connections stand, what needs attention."""

from typing import TYPE_CHECKING

from coach.advice.hints import remedy_text
from coach.advice.imports import import_lines, skipped_rows
from coach.engine.api import accounts as accounts_api
from coach.engine.api import health
from coach.engine.api import imports as imports_api
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NoQuery
from coach.server.screens.said import said, said_lines, with_words
from coach.views import accounts as account_views
from coach.views import imports as import_views
from coach.views.table import Column, json_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.accounts import AccountSummary
    from coach.model.accounts import Run
    from coach.model.events import Json

RUN_COLUMNS = (
    Column("label", "from"),
    Column("account", "account"),
    Column("state", "state"),
    Column("new", "new", "number"),
    Column("known", "known", "number"),
    Column("skipped_count", "skipped", "number"),
    Column("started_at", "started", "time"),
)
ACCOUNT_COLUMNS = (
    Column("broker", "broker"),
    Column("fills", "fills", "number"),
    Column("first", "first fill", "date"),
    Column("last", "last fill", "date"),
    Column("last_import", "last read", "time"),
    Column("next_sync", "next sync", "time"),
    Column("key_can", "key can"),
    Column("equity", "began with", "number"),
)
HEALTH = {
    "statement": "read from statements; nothing is connected",
    "not_read_yet": "connected, and not read yet",
    "ok": "well",
    "failing": "the last sync failed",
    "reauth_required": "the broker does not let coach in any more; connect it again",
    "key_too_strong": "its key can do more than view; make a view-only one",
}
BROKERS = (
    ("coinbase", "Coinbase", "The view-only CDP key, as downloaded (JSON)"),
    ("kraken", "Kraken", "The API key and the private key, a line each"),
)
BY_INVITATION = (("binance", "Binance", "The API key and the secret key, a line each"),)
"""Brokers that are connected where the settings turn them on; the name is that of the feature."""
TOLD_PAIRS = frozenset({"binance"})
"""Brokers that have to be told which pairs to tell of."""


def imports(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return every import, the newest first, and what of the data needs attention."""
    runs = imports_api.all_runs(call.session)
    return ApiAnswer("screens imports", {"runs": [_run(one, call.zone) for one in runs]})


def _run(run: "Run", zone: str) -> "Json":
    row = json_row(import_views.import_run(run))
    return {**with_words(RUN_COLUMNS, row, zone), "lines": said_lines(run_lines(run))}


def run_lines(run: "Run") -> "Iterator[str]":
    """Yield what an import did, and the rows that could not be read."""
    yield from (line.strip() for line in import_lines(run))
    if run.error:
        yield run.error
    if run.skipped_count:
        message, hint = skipped_rows(run, dry_run=False)
        yield from (*(line.strip() for line in message.split("\n")), hint)
    yield from run.warnings


def accounts(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return every account and how its connection stands, and what needs attention."""
    found = accounts_api.overview(call.session)
    checks = [one for one in health.examine(call.session) if one.state != "ok"]
    return ApiAnswer(
        "screens accounts",
        {
            "accounts": [_account(one, call.zone) for one in found],
            "checks": [
                {
                    "name": one.name,
                    "state": one.state,
                    "detail": said(one.detail),
                    "do": remedy_text(one.remedy, {}) if one.remedy else one.hint,
                }
                for one in checks
            ],
            "brokers": _brokers(call),
            "allowing": any(one.client_id for one in call.settings.broker_clients.values()),
            "may_name_server": call.is_of_owner,
        },
    )


def _brokers(call: ApiCall) -> "list[Json]":
    """Return the brokers that can be connected by a key here, and what each asks for."""
    invited = (one for one in BY_INVITATION if one[0] in call.session.features)
    return [
        {"name": name, "title": title, "key": key, "pairs": name in TOLD_PAIRS}
        for name, title, key in (*BROKERS, *invited)
    ]


def _account(one: "AccountSummary", zone: str) -> "Json":
    row = json_row(account_views.account(one))
    told = with_words(ACCOUNT_COLUMNS, row, zone)
    return {**told, "health_words": HEALTH[str(row["health"])], "trouble": row["trouble"]}
