"""Cases of layouts: what a person says, a file of made-up rows, and what each is read as.

`zone=` and `say=` come first; behind the file stand `time side quantity symbol @ price fee amount
coin`, `other kind` with what moved, `skipped column` or `balance COIN amount`, a line each. Ids
that were derived are written `*`.
"""

from pathlib import Path

from coach.brokers.base import Other, Row
from coach.brokers.statements import open_statement
from coach.brokers.statements.clocks import find_zone
from coach.brokers.statements.mapping.choice import MappingChoice
from coach.brokers.statements.statement import Statement
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill
from coach.model.movements import StatedBalance


def opened(case: Path, folder: Path) -> tuple[Statement, list[str]]:
    said, text = case.read_text(encoding="utf-8").split("===\n", 1)
    file, expected = text.split("---\n")
    options = [line.partition("=")[::2] for line in said.splitlines()]
    answers = dict(value.split("=") for key, value in options if key == "say")
    zone = next((find_zone(value) for key, value in options if key == "zone"), None)
    path = folder / "statement.csv"
    path.write_text(file, encoding="utf-8")
    statement = open_statement(path, zone=zone, choice=MappingChoice(answers=answers))
    return statement, expected.splitlines()


def written(row: Row) -> str:
    if isinstance(row, Other):
        moved = [f" {one.coin} {one.quantity:f}" for one in row.movements if one.quantity]
        return f"other {row.kind}{''.join(moved)}"
    if isinstance(row, StatedBalance):
        return f"balance {row.coin} {row.balance:f}"
    if isinstance(row, SkippedRow):
        return f"skipped {row.column}"
    assert isinstance(row, Fill)
    at = row.at.replace(tzinfo=None).isoformat(timespec="microseconds")
    at = at.rstrip("0").rstrip(".") if not at.endswith(".000000") else at[: -len(".000000")]
    figures = [format(one.normalize(), "f") for one in (row.quantity, row.price, row.fee)]
    line = f"{at} {row.side} {figures[0]} {row.symbol} @ {figures[1]} fee {figures[2]}"
    derived = row.native_id.startswith("derived:")
    number = "*" if derived else row.native_id
    ids = [f"{name}={one}" for name, one in (("id", number), ("order", row.order_id)) if one]
    return " ".join((line, row.fee_currency, *ids))


def normal(line: str) -> str:
    head, dot, rest = line.partition(" ")
    whole, sign, fraction = head.partition(".")
    return f"{whole}{sign}{fraction.rstrip('0')}{dot}{rest}" if sign else line
