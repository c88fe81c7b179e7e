"""Findings as text and back, exactly: every float, the order of facts, the keys of fills."""

import json
from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

from coach.model.insights import Cost, Evidence, Finding
from coach.model.reasons import Reason
from coach.model.trades import TradeId

LAYOUT = [[field.name for field in fields(shape)] for shape in (Finding, Cost, Evidence, Reason)]
"""The names of all fields: text of another layout is that of another coach."""


def shown(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain JSON; the keys of fills are hexadecimal."""
    body = asdict(finding)
    for evidence in (*body["evidence"], *body["counter"]):
        evidence["fill_keys"] = [key.hex() for key in evidence["fill_keys"]]
    return body


def as_text(findings: Iterable[Finding]) -> str:
    """Return findings as one line of JSON."""
    return json.dumps([shown(finding) for finding in findings], separators=(",", ":"))


def as_findings(text: str) -> tuple[Finding, ...]:
    """Return the findings that `as_text` wrote."""
    return tuple(_finding(body) for body in json.loads(text))


def _finding(body: dict[str, Any]) -> Finding:
    interval = body["interval"]
    read = {
        "interval": None if interval is None else tuple(interval),
        "costs": tuple(_cost(cost) for cost in body["costs"]),
        "evidence": tuple(_evidence(one) for one in body["evidence"]),
        "counter": tuple(_evidence(one) for one in body["counter"]),
        "lacks": tuple(body["lacks"]),
        "reasons": tuple(reason_of(one) for one in body["reasons"]),
    }
    return Finding(**{**body, **read})


def reason_of(body: dict[str, Any]) -> Reason:
    """Return the reason that `asdict` made plain JSON of."""
    quartiles = body["quartiles"]
    return Reason(**{**body, "quartiles": None if quartiles is None else tuple(quartiles)})


def _cost(body: dict[str, Any]) -> Cost:
    low, high = body["interval"]
    return Cost(**{**body, "interval": (low, high)})


def _evidence(body: dict[str, Any]) -> Evidence:
    trades = tuple(TradeId(trade) for trade in body["trade_ids"])
    keys = tuple(bytes.fromhex(key) for key in body["fill_keys"])
    return Evidence(**{**body, "trade_ids": trades, "fill_keys": keys})
