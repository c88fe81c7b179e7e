"""How often the question was asked before a trade, and how often the answer was followed."""

from collections.abc import Iterable, Sequence

from coach.engine.rules.kept_checks.pairing import CheckIndex
from coach.model.promises.checks import CheckedOrder, CheckTally
from coach.model.promises.confidence import TradeResult


def tally(
    index: CheckIndex, orders: Sequence[CheckedOrder], opened: Iterable[TradeResult]
) -> CheckTally:
    """Count checks, those that named a broken rule, and the trades that were opened after one.

    `orders` are those to be counted, `opened` the trades that could have been asked about; `index`
    holds the checks that could have been of them.
    """
    trades = list(opened)
    warned = [one for one in orders if one.check.broken]
    outcomes = [one.outcome for one in warned]
    return CheckTally(
        asked=len(orders),
        warned=len(warned),
        followed=outcomes.count("followed"),
        not_followed=outcomes.count("not followed"),
        pending=outcomes.count("pending"),
        trades=len(trades),
        asked_before=sum(index.before_trade(trade) is not None for trade in trades),
    )
