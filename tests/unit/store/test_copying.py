"""Text that goes into COPY comes out as it was, and never as another field or row."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from coach.engine import store
from coach.engine.store.copying import copy_line, copy_text

UNESCAPED = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}
TEXT = st.text(st.sampled_from("\\\t\n\r.Nux07a\u00e9"), max_size=12)


def read_back(field: str) -> str:
    """Read a field as PostgreSQL does."""
    return re.sub(r"\\.", lambda found: UNESCAPED[found[0]], field)


@given(TEXT)
def test_a_field_is_read_back_as_it_was(value: str) -> None:
    assert read_back(copy_text(value)) == value


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_a_row_has_as_many_fields_as_it_was_given(fields: list[str]) -> None:
    line = copy_line(*fields)
    assert line.count("\n") == 1
    assert [read_back(field) for field in line[:-1].split("\t")] == fields


def test_what_needs_no_escape_is_left_alone() -> None:
    for value in ("abc", "BTC-USD", "", '{"a": 1}'):
        assert copy_text(value) is value


def escapes(text: str) -> bool:
    """Return whether a module escapes what it copies, itself or by psycopg's `write_row`."""
    return re.search(r"\bcopy_(line|text)\(|copy\.write_row\(", text) is not None


def test_every_module_that_copies_text_escapes_it() -> None:
    modules = [(path.name, path.read_text()) for path in Path(store.__path__[0]).rglob("*.py")]
    copying = {name: text for name, text in modules if re.search(r"with copy_in\(", text)}
    doors = {name for name, text in modules if "from stdin" in text}
    assert doors == {"copying.py", "user_rows.py"}  # the second hands on what COPY wrote itself
    assert {"fills.py", "trades.py", "rules.py", "insights.py"} <= copying.keys()
    assert [name for name, text in copying.items() if not escapes(text)] == []
