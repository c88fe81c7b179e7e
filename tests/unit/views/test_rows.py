"""What the rows of a noun say, as JSON carries them."""

import json
from collections.abc import Mapping
from typing import Any

from coach.engine.api.trades import TradeView
from coach.views import insights, profit, trades
from coach.views.table import json_row
from tests.unit.views.samples import FINDING, KEY, PROFIT, ROUND_TRIP


def as_json(row: Mapping[str, object]) -> dict[str, Any]:
    carried: dict[str, Any] = json.loads(json.dumps(json_row(row)))
    return carried


def test_profit_is_json_as_designed() -> None:
    data = as_json(profit.profit_report(PROFIT))
    assert data["method"] == "fifo"
    assert data["total"] == {"USD": {"gross": "-100", "fees": "3", "net": "-103"}}
    assert data["by_symbol"][0] == {
        "symbol": "BTC-USD",
        "account": "main",
        "quote": "USD",
        "gross": "-100",
        "fees": "1.5",
        "net": "-101.5",
        "open_quantity": "0.5",
        "held_quantity": "0.5",
        "open_cost": "30000.25",
        "other_fees": {},
        "doubtful": [],
        "unknown_quantity": "0",
        "unknown_proceeds": "0",
        "margin": False,
    }
    assert data["unknown_basis"][0]["fill_id"] == KEY.hex()


def test_a_trade_is_json_as_designed() -> None:
    view = TradeView(ROUND_TRIP, "main", "loss", ("revenge",))
    row = as_json(trades.trade(view))
    assert row["opened_at"] == "2026-04-01T09:00:00Z"
    assert (row["quantity"], row["net"], row["holding_s"]) == ("0.1", "-101.5", 5400)
    assert (row["mae"], row["mfe"], row["tags"]) == (None, None, ["revenge"])


def test_a_finding_is_json_as_designed() -> None:
    row = as_json(insights.finding(FINDING))
    assert (row["interval"], row["p"], row["score"]) == ([0.1, 0.5], 0.004, 97.123457)
    assert row["cost"]["estimate"] == "-123.456"
    assert row["cost"]["interval"] == ["-200", "0"]
    assert row["evidence"][0]["fill_ids"] == [KEY.hex()]
