"""docs/statements.md names what the code reads, and its template imports."""

import re
import sys
from pathlib import Path

import pytest

from coach.brokers.statements import FORMATS, open_statement
from coach.brokers.statements.mapping.shelf import shipped
from coach.brokers.statements.sniffer import REGISTRY, every
from coach.engine.ledger.book import Book
from coach.model.accounts import Account, AccountId
from coach.model.fills import BookFill, Fill, FillKey, Symbol

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "statements.md").read_text(encoding="utf-8")


def test_the_page_names_every_format() -> None:
    assert [name for name in every() if f"`{name}`" not in PAGE] == []


def test_the_page_about_mappings_names_every_one_that_coach_brings() -> None:
    page = (DOCS / "mappings.md").read_text(encoding="utf-8")
    lines = [f"| `{one.name}` | {one.about} | {one.seen} |" for one in shipped()]
    assert [line for line in lines if line not in page] == []


def test_the_template_on_the_page_is_a_statement(tmp_path: Path) -> None:
    template = re.search(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    assert template
    path = tmp_path / "template.csv"
    path.write_text(template[1], encoding="utf-8")
    rows = list(open_statement(path).rows())
    assert [type(row) for row in rows] == [Fill, Fill]


def test_the_template_on_the_page_closes_flat(tmp_path: Path) -> None:
    template = re.search(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    assert template
    path = tmp_path / "template.csv"
    path.write_text(template[1], encoding="utf-8")
    book = Book(Account(AccountId(1), "main", "generic", shorts=True), Symbol("BTC-EUR"))
    trips = [
        book.add(BookFill(FillKey(b"%d" % row.line), *row[1:7], row.order_id))
        for row in open_statement(path).rows()
        if isinstance(row, Fill)
    ]
    assert [trip is not None for trip in trips] == [False, True]
    assert book.position("fifo").open_quantity == 0
    assert book.unknown == []


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_page_names_the_columns_that_are_held_against_the_others(name: str) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` | "))
    columns = [redundancy.column for redundancy in REGISTRY[name].redundant]
    assert [column for column in columns if column not in row.lower()] == []
    assert columns or REGISTRY[name].nothing_redundant in row


def test_every_format_has_a_section_whose_table_is_what_reads_it() -> None:
    """Written by `.ci/statement_pages.py`."""
    sys.path.insert(0, str(DOCS.parent / ".ci"))
    try:
        import statement_pages  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    texts = {path.stem: path.read_text("utf-8") for path in (DOCS / "statements").glob("*.md")}
    stale = [name for name, text in texts.items() if statement_pages.page(text) != text]
    assert stale == []
    named = [name for text in texts.values() for name in statement_pages.NAMED.findall(text)]
    templates = {"generic", "entries"}  # each has a section on a page about something else
    assert sorted(named) == sorted({*every(), *(one.name for one in shipped())} - templates)


def test_the_page_about_statements_leads_to_each_of_them() -> None:
    stems = [path.stem for path in (DOCS / "statements").glob("*.md")]
    assert [stem for stem in stems if f"[{stem}](statements/{stem}.md)" not in PAGE] == []
