"""What a file cannot say and a person can: asked, never guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple

from coach.brokers.statements import clocks
from coach.brokers.statements.mapping.dates import ORDERS, DateOrder
from coach.brokers.statements.mapping.layout import StatementMapping
from coach.errors import Invalid, NotAStatement, Refused
from coach.model.coins import coin_name

QuestionKind = Literal[
    "date_order", "zone", "quote", "side_words", "decimal", "contract_size", "fee_currency"
]
SHOWN_WORDS = 5


class MappingQuestion(NamedTuple):
    """A question about a file: its kind, the words for it, and the answers it takes, if few.

    `about` is what it is about where there may be several: a root for a contract size, a word for
    a side.
    """

    kind: QuestionKind
    text: str
    choices: tuple[str, ...] = ()
    about: str = ""


class FileColumn(NamedTuple):
    """A column of a file by its header, with a cell of it as an example; empty where all are."""

    label: str
    example: str


class UnansweredMapping(Refused):
    """{file}: {what}"""  # noqa: D400, D415 -- its message

    code = "E_MAPPING"

    def __init__(
        self, file: str, mapping: StatementMapping, questions: Sequence[MappingQuestion]
    ) -> None:
        """Say which file leaves what open; a face may ask and come back with answers."""
        what = "; ".join(question.text for question in questions)
        answers = ", ".join(map(_answer_wanted, questions))
        super().__init__(remedy="answer_mapping", file=file, what=what, answers=answers)
        self.mapping = mapping
        self.questions = tuple(questions)


class UnmappedStatement(NotAStatement):
    """{file}: coach does not know this file yet: {looks_like}"""  # noqa: D400, D415 -- its message

    code = "E_MAPPING"

    def __init__(
        self,
        file: str,
        looks_like: str,
        mapping: StatementMapping,
        columns: Mapping[str, str],
        in_file: Sequence[FileColumn] = (),
    ) -> None:
        """Say what was found, and carry the mapping that coach proposes, and all columns."""
        proposed = ",".join(f'{name}="{label}"' for name, label in columns.items())
        super().__init__(remedy="map_columns", file=file, looks_like=looks_like, proposed=proposed)
        self.mapping = mapping
        self.columns = columns
        self.in_file = tuple(in_file)


def _answer_wanted(question: MappingQuestion) -> str:
    name = f"{question.kind}:{question.about}" if question.about else question.kind
    return f"{name}={'|'.join(question.choices) or '...'}"


Answers = Mapping[str, str]
"""Answers by kind, or by `kind:about`, as a person or a script gives them."""


def answered(mapping: StatementMapping, answers: Answers) -> StatementMapping:
    """Return a mapping with a person's answers; Invalid where one makes no sense."""
    for name, answer in answers.items():
        kind, _, about = name.partition(":")
        if kind == "date_order":
            mapping = replace(mapping, orders=(_order(answer),))
        elif kind == "zone":
            if clocks.find_zone(answer) is None:
                raise Invalid("zone", f"not {answer!r}", "a time zone")
            mapping = replace(mapping, zone=answer)
        elif kind == "quote":
            mapping = replace(mapping, quote=_coin(answer))
        elif kind == "fee_currency":
            special = answer in {"quote", "base", "received"}
            mapping = replace(mapping, fee_currency=answer if special else _coin(answer))
        elif kind == "decimal":
            mapping = replace(mapping, decimal=_decimal(answer))
        elif kind == "contract_size":
            sizes = {**mapping.contracts, about.upper(): _size(answer)}
            mapping = replace(mapping, contracts=sizes)
        elif kind == "side_words":
            mapping = _with_side(mapping, about, answer)
    return mapping


def _order(answer: str) -> DateOrder:
    words = {"day": "dmy", "month": "mdy", "year": "ymd"}
    text = words.get(answer.lower().split()[0] if answer.split() else "", answer.lower())
    for order in ORDERS:
        if order == text:
            return order
    raise Invalid("date_order", f"not {answer!r}", "ymd, dmy, mdy or epoch")


def _coin(answer: str) -> str:
    name = coin_name(answer)
    if not name:
        raise Invalid("quote", f"not {answer!r}", "a currency such as EUR")
    return name


def _decimal(answer: str) -> Literal[".", ","]:
    if answer == ".":
        return "."
    if answer == ",":
        return ","
    raise Invalid("decimal", f"not {answer!r}", "a dot or a comma")


def _size(answer: str) -> Decimal:
    try:
        size = Decimal(answer)
    except InvalidOperation:
        size = Decimal(0)
    if not 0 < size < Decimal("1e9"):
        raise Invalid("contract_size", f"not {answer!r}", "a number of units above zero")
    return size


def _with_side(mapping: StatementMapping, word: str, answer: str) -> StatementMapping:
    if answer.lower() not in {"buy", "sell"}:
        raise Invalid("side", f"not {answer!r}", "buy or sell")
    if answer.lower() == "buy":
        return replace(mapping, buy=(*mapping.buy, word.lower()))
    return replace(mapping, sell=(*mapping.sell, word.lower()))
