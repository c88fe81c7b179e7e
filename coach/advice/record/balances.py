"""What stands below the gaps of a reconciliation: what is lacking, and how many transfers."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.views.entries.reconcile import ReconciliationRow

TRADES_ALONE = "only trades are known; import its deposits and withdrawals, too"
UNREAD = "entries of it were not read from its broker; import the statement that has them"


def lacking_entries(report: "ReconciliationRow") -> "Iterator[tuple[str, str]]":
    """Yield each account whose coins moved unseen, with what to do about it."""
    alone = {one["account"] for one in report["balances"] if one["status"] == "trades_only"}
    yield from ((account, TRADES_ALONE) for account in sorted(alone))
    unread = {one["account"] for one in report["gaps"] if one["cause"] == "entries_not_read"}
    yield from ((account, UNREAD) for account in sorted(unread))


def transfer_counts(report: "ReconciliationRow") -> "Iterator[tuple[str, str]]":
    """Yield how many transfers of a kind there were, each with its part of the report."""
    if report["transfers"]:
        yield "transfers", f"transfers between your accounts: {len(report['transfers'])}"
    if report["elsewhere"]:
        yield "elsewhere", f"sent to or from elsewhere: {len(report['elsewhere'])}"
