"""coach's own template of entries: what moved otherwise than by a trade, for every broker.

    timestamp,kind,asset,quantity,fee,balance,entry_id

Columns in any order; `balance` may be absent, and cells of the last three empty. `quantity` is what
the balance changed by, charges included: below zero where coins left. `fee` is the part of it that
was charged. `balance` is what was there afterwards; a row of the kind `balance` says nothing else.
A time names its zone, or the file its clock.
"""

from collections.abc import Iterator
from decimal import Decimal

from coach.brokers.base import Other, Row, SourceInfo
from coach.brokers.statements.amounts import ZERO
from coach.brokers.statements.ledgers.legs import rows_of, skipped
from coach.brokers.statements.mapping import figures
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.pairs import coin, identifier
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import Format
from coach.brokers.statements.times import on_clock
from coach.brokers.statements.unreadable import Unreadable, expected
from coach.model.entries.kinds import ENTRY_KINDS
from coach.model.movements import Movement, StatedBalance

REQUIRED = ("timestamp", "kind", "asset", "quantity", "fee", "entry_id")
BALANCE = "balance"
TEMPLATE = "timestamp,kind,asset,quantity,fee,balance,entry_id"
LEAVES, COMES = ("withdrawal", "fee"), ("deposit",)


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the entries of a file, and the balances that it states."""
    del notices
    reader = _EntryRows(sheet)
    for line, row, said in rows_of(sheet, lambda *_: None):
        if said is not None:
            yield said
            continue
        try:
            yield from reader.read(row, line)
        except Unreadable as trouble:
            yield skipped(sheet, line, trouble)


class _EntryRows:
    def __init__(self, sheet: StatementSheet) -> None:
        self._sheet, self._mark = sheet, sheet.mark("strict")
        self._at = {name: sheet.place(name) for name in TEMPLATE.split(",")}

    def read(self, row: list[str], line: int) -> list[Row]:
        at = self._at
        kind = row[at["kind"]].strip().lower()
        if kind not in {*ENTRY_KINDS, BALANCE}:
            raise expected(at["kind"], f"one of {', '.join(ENTRY_KINDS)} or {BALANCE}", kind)
        moment, _ = on_clock(row[at["timestamp"]], at["timestamp"], self._sheet.zone)
        name = coin(row[at["asset"]], at["asset"])
        balance = self._amount(row, at[BALANCE], name)
        stated = [] if balance is None else [StatedBalance(name, balance, moment, "", line)]
        if kind == BALANCE:
            if balance is None:
                raise expected(at[BALANCE], "an amount", "")
            return [Other(kind, line), *stated]
        quantity = self._amount(row, at["quantity"], name)
        wrong = (kind in LEAVES and "below") or (kind in COMES and "above")
        if not quantity or (wrong and (quantity < ZERO) is (wrong == "above")):
            what = f"an amount {wrong} zero" if wrong else "an amount that is not zero"
            raise expected(at["quantity"], what, row[at["quantity"]])
        fee = self._amount(row, at["fee"], name) or ZERO
        if fee < ZERO:
            raise expected(at["fee"], "an amount of at least zero", row[at["fee"]])
        reference = identifier(row[at["entry_id"]], at["entry_id"])
        moved = Movement(name, quantity, moment, fee, reference)
        return [Other(kind, line, (moved,)), *stated]

    def _amount(self, row: list[str], place: int, asset: str) -> Decimal | None:
        """Return the amount of a cell; one of another coin than the row's is refused."""
        amount, unit = figures.figure(row[place], place, self._mark, (asset,))
        if unit not in {"", asset}:
            raise expected(place, f"an amount of {asset}", row[place])
        return amount


FORMAT = Format(
    info=SourceInfo("entries", "entries", "generic", "main", 10, shorts=True),
    about=f"coach's own template of entries: {TEMPLATE}",
    required=REQUIRED,
    rows=read,
    time="timestamp",
    nothing_redundant="the template asks for no figure twice",
)
