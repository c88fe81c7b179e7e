"""Whether balances add up: each coin of each account against what was stated, and every gap."""

from typing import TYPE_CHECKING

from coach.advice.privacy import HIDDEN
from coach.advice.readable import local, readable
from coach.advice.record.balances import lacking_entries, transfer_counts
from coach.engine.api.entries import reconcile as reconcile_api
from coach.model.plain import plain
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NoQuery
from coach.server.screens.said import said
from coach.views.entries import reconcile as views
from coach.views.table import Column, json_row

if TYPE_CHECKING:
    from coach.model.events import Json
    from coach.views.entries.reconcile import BalanceGapRow, CoinBalanceRow
    from coach.views.table import Row

SHOWN = (
    Column("stated", "stated", "number"),
    Column("stated_at", "as of", "time"),
    Column("difference", "gap", "number"),
    Column("balance", "books now", "number"),
)


def balances(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return the balances coin by coin, and the gaps with their dates and causes."""
    found = views.reconciliation(reconcile_api.reconcile(call.session))
    return ApiAnswer(
        "screens balances",
        {
            "complete": found["complete"],
            "heads": [one.title for one in SHOWN],
            "balances": [_balance(one, call.zone) for one in found["balances"]],
            "gaps": [_gap(one, call.zone) for one in found["gaps"]],
            "advice": [f"{name}: {what}" for name, what in lacking_entries(found)],
            "moved": [line for _, line in transfer_counts(found)],
        },
    )


def _balance(one: "CoinBalanceRow", zone: str) -> "Json":
    row = json_row(one)
    cells = {column.key: _exact(column, row, zone) for column in SHOWN}
    return {
        "account": one["account"],
        "asset": one["asset"],
        "status": one["status"].replace("_", " "),
        "cells": [
            {
                "key": column.key,
                "text": cells[column.key],
                "hidden": HIDDEN if column.kind == "number" else cells[column.key],
            }
            for column in SHOWN
        ],
    }


def _exact(column: Column, row: "Row", zone: str) -> str:
    """Return a cell; a number with every digit, since a gap may be in the last one."""
    number = row[column.key] if column.kind == "number" else None
    return readable(column, row, zone) if number is None else str(number)


def _gap(one: "BalanceGapRow", zone: str) -> "Json":
    before = local(plain(one["before"]), zone)
    after = None if one["after"] is None else local(plain(one["after"]), zone)
    assets: list[Json] = [*sorted(one["amounts"])]
    return {
        "account": one["account"],
        "assets": assets,
        "cause": one["cause"],
        "when": f"by {before}" if after is None else f"{after} to {before}",
        "said": said(one["sentence"]),
    }
