"""An entry of an account's ledger that is no trade, as it is told."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from coach.model.accounts import RunId
from coach.model.entries.kinds import EntryKind


class AccountEntry(NamedTuple):
    """What changed a balance otherwise than by a trade.

    `kind` is ours and `word` the source's. `quantity` is what the balance changed by, the fee
    included, None where the source does not say. `run` is the import that told it.
    """

    id: str
    account: str
    kind: EntryKind
    word: str
    coin: str
    quantity: Decimal | None
    fee: Decimal
    at: datetime
    reference: str
    run: RunId
