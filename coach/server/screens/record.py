"""How whole the record is, and the fills of a trade: what is held, missing, reported, left out."""

from typing import TYPE_CHECKING

from coach.advice.fills import fill_line, history_lines
from coach.advice.record.coverage import describe_gap, period_lines, with_ways
from coach.engine.api.fills import coverage as coverage_api
from coach.engine.api.fills import single
from coach.engine.api.fills.single import FillFilter
from coach.server.answers import ApiAnswer
from coach.server.calls import ApiCall
from coach.server.reads.query import NoQuery
from coach.server.screens.said import said, said_lines
from coach.views.holdings.coverage import coverage_report
from coach.views.table import rows

if TYPE_CHECKING:
    from typing import Any

    from coach.model.bookkeeping.fill_reports import StoredFillRow
    from coach.model.events import Json


def record(call: ApiCall, _: NoQuery) -> ApiAnswer:
    """Return the periods that are held, the gaps with what closes them, and left-out fills."""
    found = coverage_api.coverage(call.session)
    covered = with_ways(rows([coverage_report(one) for one in found]))
    out = [
        *single.fills(call.session, FillFilter(left_out=True)),
        *single.fills_not_held(call.session),
    ]
    return ApiAnswer(
        "screens record",
        {
            "covered": [_covered(one) for one in covered],
            "gaps": [gap for one in covered for gap in _gaps(one)],
            "left_out": [{**_fill(one), "reason": one.reason} for one in out],
        },
    )


def trade_fills(call: ApiCall, _: NoQuery, trade: str) -> ApiAnswer:
    """Return the fills of a trade, and what was reported of those that have several reports."""
    found = single.fills(call.session, FillFilter(trade=trade))
    told = {one.row.key: one for one in single.reported_otherwise(call.session, trade)}
    fills: list[Json] = [
        {
            **_fill(one),
            "reported": said_lines(history_lines(told[one.key])) if one.key in told else [],
        }
        for one in found
    ]
    return ApiAnswer("screens trade fills", {"fills": fills})


def _fill(one: "StoredFillRow") -> "dict[str, Json]":
    return {
        "id": one.key.hex(),
        "account": one.account,
        "held": one.held,
        "line": said(fill_line(one.fill).strip()),
    }


def _covered(row: "dict[str, Any]") -> "Json":
    name = f"{row['symbol']} in {row['account']}"
    return {"id": row["id"], "name": name, "lines": said_lines(period_lines(row))}


def _gaps(row: "dict[str, Any]") -> "list[Json]":
    return [
        {
            "id": f"{row['id']}:{gap['kind']}:{gap['until']}",
            "name": f"{row['symbol']} in {row['account']}",
            "text": said(describe_gap(gap, row["symbol"])),
            "how": gap["how"],
        }
        for gap in row["missing"]
    ]
