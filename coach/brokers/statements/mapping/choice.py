"""How a file that no coded format knows is to be read: by what its owner said, or what is kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace

from coach.brokers.statements import clocks
from coach.brokers.statements.mapping import layout, proposal, shelf
from coach.brokers.statements.mapping.layout import ColumnRef, Columns, StatementMapping, place_of
from coach.brokers.statements.mapping.proof import prove, trades
from coach.brokers.statements.mapping.questions import (
    Answers,
    FileColumn,
    ProposedColumns,
    UnansweredMapping,
    UnmappedStatement,
    answered,
)
from coach.brokers.statements.sheet import StatementSheet, tidy
from coach.errors import Invalid, NotAStatement
from coach.values import dataclass

FEWEST_FIELDS = 3
FIRST_ROWS = 20


@dataclass(frozen=True, slots=True)
class MappingChoice:
    """What is known beside the file.

    `columns` are headers by field, as a person names them; `answers` what the file cannot say;
    `remembered` the mappings of earlier files.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    answers: Answers = field(default_factory=dict)
    remembered: Sequence[StatementMapping] = ()
    name: str = ""

    def mapping_for(
        self, sheet: StatementSheet, products: Sequence[StatementMapping]
    ) -> StatementMapping | None:
        """Return the mapping for a header, of `products` perhaps; None where none fits."""
        if self.columns:
            found = self._of_columns(sheet)
        else:
            known = shelf.remembered_for(sheet.names, self.remembered)
            fit = (one for one in products if not one.header)
            learnt = shelf.remembered_for(sheet.names, [one for one in products if one.header])
            found = known or learnt or shelf.shipped_for(sheet.names, list(fit))
        return found and answered(found, self.answers)

    def _of_columns(self, sheet: StatementSheet) -> StatementMapping | None:
        columns = columns_named(self.columns, sheet.names)
        if StatementMapping("", columns).places(sheet.names) is None:
            return None
        mapping = proposal.completed(sheet, columns)
        lacks = proposal.missing(mapping)
        if lacks:
            raise Invalid(
                "map_fields", f"no column for {lacks[0]}", f"a column for {', '.join(lacks)}"
            )
        return replace(mapping, name=self.name or "my-mapping")

    def refuse_unfit(
        self,
        file: str,
        headers: Sequence[Sequence[str]],
        named: Sequence[StatementMapping],
    ) -> None:
        """Raise NotAStatement where what was named is not what the file has."""
        wanted = list(named)
        if self.columns:
            wanted = [StatementMapping("given", columns_named(self.columns, ()))]
        if not wanted or not headers:
            return
        moved = min(
            (
                shelf.difference(
                    names,
                    replace(wanted[0], columns=columns_named(self.columns, names))
                    if self.columns
                    else wanted[0],
                )
                for names in headers
            ),
            key=lambda one: (len(one.gone), len(one.new)),
        )
        raise not_this_mapping(file, str(moved))

    def settled(self, mapping: StatementMapping, sheet: StatementSheet) -> StatementMapping:
        """Return a mapping as it reads this file.

        Raises UnansweredMapping where the file leaves something open, NotAStatement where it does
        not fit.
        """
        proof = prove(mapping, sheet)
        if proof.refusal:
            what = f"not what the mapping {mapping.name} reads: {proof.refusal}"
            raise not_this_mapping(sheet.path.name, what)
        if proof.questions:
            raise UnansweredMapping(sheet.path.name, mapping, proof.questions)
        return proof.mapping


def not_this_mapping(file: str, what: str) -> NotAStatement:
    """Return the refusal of a file whose columns or rows are not those of the mapping."""
    return NotAStatement(
        remedy="map_columns",
        file=file,
        looks_like=what,
        proposed="FIELD=COLUMN,...",
        instead="",
    )


def as_columns(mapping: StatementMapping, sheet: StatementSheet) -> dict[str, str]:
    """Return the columns of a mapping by field, as a person names them.

    A name that stands twice has its number behind it (`Unit#2`), a column without one the named
    column before it (`Price+1`).
    """
    places = mapping.places(sheet.names) or {}
    return {
        name: "+".join(_name_of(sheet, place) for place in several)
        for name, several in places.items()
    }


def _name_of(sheet: StatementSheet, place: int) -> str:
    name = sheet.names[place]
    if not name:
        before = next((at for at in range(place, -1, -1) if sheet.names[at]), place)
        return f"{sheet.label(before)}+{place - before}"
    number = sheet.names[: place + 1].count(name)
    return sheet.label(place) + (f"#{number}" if number > 1 else "")


def columns_named(columns: Mapping[str, str], names: Sequence[str]) -> Columns:
    """Return columns by field as a person names them; Invalid for a field that is none.

    `names` are the columns of the file: a sign in a header's own name (`Time(UTC+8)`) joins
    nothing.
    """
    found: dict[str, tuple[ColumnRef, ...]] = {}
    for name, label in columns.items():
        wanted = layout.ALSO_CALLED.get(name.strip().lower(), name.strip().lower())
        if wanted not in layout.FIELDS:
            allowed = ", ".join(layout.FIELDS)
            raise Invalid("map_fields", f"not {name!r}", f"one of {allowed}")
        found[wanted] = tuple(_joined(label.split("+"), names))
    return found


def _joined(parts: Sequence[str], names: Sequence[str]) -> Iterator[ColumnRef]:
    """Yield the columns of a text that was cut at each `+`: as many parts as make a name of one."""
    at = 0
    while at < len(parts):
        refs = {
            end: ColumnRef((clocks.in_label(tidy("+".join(parts[at:end])))[0],))
            for end in range(len(parts), at, -1)
        }
        end = next((end for end, ref in refs.items() if place_of(ref, names) >= 0), at + 1)
        if parts[at].strip():
            yield refs[end]
        at = end


def unmapped(
    file: str,
    sheets: Sequence[StatementSheet],
    looks_like: str,
    choice: MappingChoice,
    instead: str = "",
) -> UnmappedStatement | None:
    """Return the refusal of a file of trades that no format reads, with what coach proposes.

    None where its columns are none of trades. `instead` is what is better than to map it.
    """
    for sheet in sheets:
        moved = shelf.drift(sheet.names, choice.remembered)
        if moved is not None:
            return _refusal(file, str(moved), proposal.propose(sheet), sheet)
    proposals = [(len(one.columns), one, sheet) for sheet in sheets for one in _proposed(sheet)]
    if not proposals:
        return None
    _, mapping, sheet = max(proposals, key=lambda found: found[0])
    return _refusal(file, looks_like, mapping, sheet, instead)


def _refusal(
    file: str, looks_like: str, mapping: StatementMapping, sheet: StatementSheet, instead: str = ""
) -> UnmappedStatement:
    lacks = proposal.missing(mapping)
    questions = () if lacks else prove(mapping, sheet).questions
    columns = as_columns(mapping, sheet)
    ordered = {name: columns[name] for name in layout.FIELDS if name in columns}
    proposed = ProposedColumns(ordered, lacks, questions, instead)
    return UnmappedStatement(file, looks_like, mapping, proposed, columns_in(sheet))


def columns_in(sheet: StatementSheet) -> tuple[FileColumn, ...]:
    """Return the columns of a file that have a header, each with the first cell that says much."""
    rows = list(trades(sheet, StatementMapping("", {}), FIRST_ROWS))
    return tuple(
        FileColumn(label, next((row[at].strip() for row in rows if _says(row, at)), ""))
        for at, label in enumerate(sheet.labels)
        if label.strip()
    )


def _says(row: Sequence[str], at: int) -> bool:
    return at < len(row) and bool(row[at].strip())


def _proposed(sheet: StatementSheet) -> list[StatementMapping]:
    mapping = proposal.propose(sheet)
    return [mapping] if len(mapping.columns) >= FEWEST_FIELDS else []
