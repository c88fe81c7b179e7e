"""Whether balances add up: a row for each gap, and what an account holds, as lines."""

from typing import TYPE_CHECKING, cast

from coach.advice.readable import local, readable
from coach.engine.api.entries.reconcile import reconcile
from coach.views.entries.reconcile import BALANCES, reconciliation
from coach.views.table import json_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coach.engine.api.session import Session
    from coach.model.events import Json
    from coach.views.table import Row

SHOWN = ("fills", "fees", "entries", "balance", "stated", "difference")
"""What is said of a balance, in this order, where there is something to say."""


def read_balances(session: "Session") -> "Row":
    """Return the reconciliation as `--json` has it; with many fills that takes seconds."""
    return json_row(reconciliation(reconcile(session)))


def gap_rows(balances: "Row") -> "Iterator[Row]":
    """Yield a row for each gap: of which account and assets, when, and what it looks like."""
    for gap in _listed(balances, "gaps"):
        account, assets = str(gap["account"]), _assets(gap)
        yield {
            "what": "balance",
            "name": f"{', '.join(assets)} in {account}",
            "state": str(gap["cause"]).replace("_", " "),
            "at": gap["before"],
            "detail": gap["sentence"],
            "remedy": gap_command(account, assets),
            "account": account,
            "assets": list(assets),
            "after": gap["after"],
        }


def gap_command(account: str, assets: "Sequence[str]") -> str:
    """Return the command that shows a gap of an account; it asks for one asset where it is one."""
    asset = f" --asset {assets[0]}" if len(assets) == 1 else ""
    return f"coach reconcile --gaps --account {account}{asset}"


def gap_lines(row: "Row", balances: "Row", zone: str) -> "Iterator[str]":
    """Yield when a gap began, and what is held of each of its assets."""
    after = row["after"]
    yield f"they part by {local(str(row['at']), zone)}"
    if after is None:
        yield "they never agreed before"
    else:
        yield f"they agreed at {local(str(after), zone)}"
    assets = cast("list[Json]", row["assets"])
    yield from balance_lines(balances, str(row["account"]), zone, assets)


def balance_lines(
    balances: "Row", account: str, zone: str, assets: "Sequence[Json] | None" = None
) -> "Iterator[str]":
    """Yield what an account holds of each asset, and what the broker stated."""
    columns = {one.key: one for one in BALANCES}
    for one in _listed(balances, "balances"):
        if one["account"] != account or (assets is not None and one["asset"] not in assets):
            continue
        yield ""
        yield f"{one['asset']}: {str(one['status']).replace('_', ' ')}"
        for name in SHOWN:
            if one[name] is not None:
                yield f"  {name:<10}  {readable(columns[name], one, zone)}"
        if one["stated_at"] is not None:
            yield f"  stated at   {local(str(one['stated_at']), zone)}"


def _assets(gap: "Row") -> tuple[str, ...]:
    return tuple(cast("dict[str, Json]", gap["amounts"]))


def _listed(balances: "Row", name: str) -> "list[Row]":
    return cast("list[Row]", balances[name])
