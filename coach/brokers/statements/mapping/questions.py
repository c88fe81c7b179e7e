"""What a file cannot say and a person can: asked, never guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple

from coach.brokers.statements import clocks
from coach.brokers.statements.mapping.dates import ORDERS, DateOrder
from coach.brokers.statements.mapping.layout import (
    ColumnRef,
    RowRule,
    StatementMapping,
    SymbolForm,
)
from coach.brokers.statements.sheet import tidy
from coach.errors import Invalid, NotAStatement, Refused
from coach.model.coins import coin_name

QuestionKind = Literal[
    "date_order",
    "zone",
    "quote",
    "side_words",
    "decimal",
    "contract_size",
    "fee_currency",
    "rows",
    "symbol_form",
]
_FORMS: Mapping[str, SymbolForm] = {
    "pair": "pair",
    "reversed": "pair reversed",
    "glued": "glued",
    "name": "instrument",
}


class MappingQuestion(NamedTuple):
    """A question about a file: its kind, the words for it, and the answers it takes, if few.

    `about` is what it is about where there may be several: a root for a contract size, a word for
    a side, a column for rows.
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


class ProposedColumns(NamedTuple):
    """The columns that coach found by field, the fields that it did not find, what is to ask.

    `instead` is what to download that needs no mapping.
    """

    columns: Mapping[str, str]
    missing: tuple[str, ...] = ()
    questions: tuple[MappingQuestion, ...] = ()
    instead: str = ""


class UnmappedStatement(NotAStatement):
    """{file}: coach does not know this file yet: {looks_like}"""  # noqa: D400, D415 -- its message

    code = "E_MAPPING"

    def __init__(
        self,
        file: str,
        looks_like: str,
        mapping: StatementMapping,
        proposal: ProposedColumns,
        in_file: Sequence[FileColumn] = (),
    ) -> None:
        """Say what was found, and carry the mapping that coach proposes for it, and all columns."""
        columns, lacks, open_ones, instead = proposal
        proposed = ",".join(
            (
                *(f'{name}="{label}"' for name, label in columns.items()),
                *(f"{name}=COLUMN" for name in lacks),
            )
        ).replace("'", "'\\''")
        answers = ", ".join(map(_answer_wanted, open_ones))
        super().__init__(
            remedy="map_and_answer" if answers else "map_columns",
            file=file,
            looks_like=looks_like,
            proposed=proposed,
            answers=answers,
            instead=f"{instead}; or " if instead else "",
        )
        self.mapping = mapping
        self.columns = columns
        self.in_file = tuple(in_file)
        self.lacks = lacks


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
        else:
            mapping = _of_rows_or_form(mapping, kind, about, answer)
    return mapping


def _of_rows_or_form(
    mapping: StatementMapping, kind: str, about: str, answer: str
) -> StatementMapping:
    """Return a mapping with the rows that are left out, or with how its pairs are written."""
    if kind == "rows":
        column = tidy(about)
        same = [rule for rule in mapping.rules if column in rule.column.names and not rule.keep]
        before = tuple(word for rule in same for word in rule.words)
        words = tuple(dict.fromkeys((*before, *(tidy(word) for word in answer.split(",")))))
        others = tuple(rule for rule in mapping.rules if rule not in same)
        rule = RowRule(ColumnRef((column,)), words, keep=False)
        return replace(mapping, rules=(*others, rule))
    if kind == "symbol_form":
        form = _FORMS.get(answer.lower())
        if form is None:
            raise Invalid("symbol_form", f"not {answer!r}", f"one of {', '.join(_FORMS)}")
        return replace(mapping, form=form)
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
