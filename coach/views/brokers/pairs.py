"""The pairs of an account whose broker has to be told which to tell of."""

from typing import TYPE_CHECKING, TypedDict

from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.broker.pairs import ReadPair

PAIRS = (Column("pair", "pair"), Column("chosen", "read"), Column("suggested_by", "suggested by"))


class AccountPairRow(TypedDict):
    """A pair: whether the account reads it, and what suggests it, null where nothing does.

    `suggested_by` is `statement` for a pair that one of yours names, `balance` for one of a coin
    that you hold.
    """

    pair: str
    chosen: bool
    suggested_by: str | None


def account_pair(found: "ReadPair") -> AccountPairRow:
    """Return a pair."""
    return {"pair": found.pair, "chosen": found.chosen, "suggested_by": found.reason or None}
