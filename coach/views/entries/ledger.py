"""Entries: what moved otherwise than by a trade."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from coach.model.accounts import RunId
from coach.model.entries.entry import AccountEntry
from coach.model.entries.kinds import EntryKind
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.entries.ledger import WrittenEntries

ENTRIES = (
    Column("id"),
    Column("at", "time", "time"),
    Column("account", "account"),
    Column("kind", "kind"),
    Column("word", "as printed"),
    Column("asset", "asset"),
    Column("quantity", "quantity", "number"),
    Column("fee", "fee", "number"),
    Column("reference"),
    Column("run_id", "import", "key"),
)


WRITTEN = (
    Column("run_id", "import", "key"),
    Column("account", "account"),
    Column("known"),
)


class EntryRow(TypedDict):
    """An entry of a ledger that is no trade.

    `word` is what the source calls it. `quantity` is what the balance changed by, `fee` the part
    of it that was charged; null where the source names no quantity. `reference` is the source's
    own id, empty where it has none. `run_id` is the import that told it, and whose undo removes it.
    """

    id: str
    at: datetime
    account: str
    kind: EntryKind
    word: str
    asset: str
    quantity: Decimal | None
    fee: Decimal
    reference: str
    run_id: RunId


def entry(one: AccountEntry) -> EntryRow:
    """Return an entry."""
    return {
        "id": one.id,
        "at": one.at,
        "account": one.account,
        "kind": one.kind,
        "word": one.word,
        "asset": one.coin,
        "quantity": one.quantity,
        "fee": one.fee,
        "reference": one.reference,
        "run_id": one.run,
    }


class WrittenEntriesRow(TypedDict):
    """What was written by hand: the import that holds it, and its entries.

    `known`: it was there already, and nothing was added. A stated balance is no entry, so that
    there `entries` is empty.
    """

    run_id: RunId
    account: str
    known: bool
    entries: list[EntryRow]


def written(found: "WrittenEntries") -> WrittenEntriesRow:
    """Return what was written by hand."""
    return {
        "run_id": found.run.id,
        "account": found.run.account,
        "known": found.known,
        "entries": [entry(one) for one in found.entries],
    }
