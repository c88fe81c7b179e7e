"""What is missing of an account, in words, and which file or command brings it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from coach.wording.numbers import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.model.events import Json

EXPORTS: Final = {
    "coinbase": "Statements > Fills, CSV (or Transaction history)",
    "binance": "Orders > Spot Order > Trade History > Export Trade History",
    "kraken": "Documents > New export > Trades, CSV",
}
"""Where a broker has the file with its fills, as docs/statements.md has it."""


def with_ways(values: "Sequence[dict[str, Any]]") -> "list[dict[str, Json]]":
    """Return the rows of a coverage, each gap with the way to close it."""
    return [
        {**row, "missing": [{**one, "how": _way(row, one)} for one in row["missing"]]}
        for row in values
    ]


def gap_lines(row: "dict[str, Any]") -> Iterator[str]:
    """Yield what is missing of one symbol as lines, each with what brings it."""
    for one in row["missing"]:
        yield f"{row['symbol']} in {row['account']}: {describe_gap(one, row['symbol'])}"
        yield f"  {one['how']}"


def period_lines(row: "dict[str, Any]") -> Iterator[str]:
    """Yield which periods of one symbol are held, and which imports brought them."""
    for one in row["held"]:
        yield f"  {one['since']} to {one['until']}  {counted(one['fills'], 'fill')}"
    for one in row["imports"]:
        name = one["label"] or one["source"]
        yield f"    from {name} (import {one['run_id'][:8]}): {counted(one['fills'], 'fill')}"


def describe_gap(one: "dict[str, Any]", symbol: str) -> str:
    """Return what is missing as a clause."""
    if one["kind"] == "purchases":
        sold = counted(one["count"], "sale")
        coin = symbol.rpartition("-")[0] or symbol
        return (
            f"{sold} up to {one['until']} of {one['quantity']} {coin} more than is held: the"
            " purchases before are missing"
        )
    if one["kind"] == "months":
        return (
            f"no fill in this account from {one['since']} to {one['until']}, where your rate lets"
            f" expect {counted(one['count'], 'day')} with trades: rows may be missing"
        )
    since = f" since {one['since']}" if one["since"] else ""
    return f"not read{since}: {one['reason']}"


def _way(row: "dict[str, Any]", gap: "dict[str, Any]") -> str:
    account = row["account"]
    if gap["kind"] == "unread":
        return f"coach import sync --account {account} tries it again"
    if row["connected"] and gap["since"]:
        return f"coach import sync --account {account} --since {gap['since']}"
    export = EXPORTS.get(row["broker"])
    where = f"{row['broker']}: {export}" if export else "the export of your broker"
    span = f"from {gap['since']} to {gap['until']}" if gap["since"] else f"up to {gap['until']}"
    return f"download {where}, {span}, then: coach import csv FILE --account {account}"
