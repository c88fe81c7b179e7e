"""A face shows what views and the engine make; it makes no rows of its own."""

import re
from pathlib import Path

MAKES_A_ROW = re.compile(r"def \w*_rows?\(|\bdef row\(")


def test_no_face_makes_the_row_of_a_noun(root: Path) -> None:
    makers = {
        path.name: found
        for face in ("cli", "advice")
        for path in sorted((root / "coach" / face).rglob("*.py"))
        if (found := MAKES_A_ROW.findall(path.read_text()))
    }
    assert makers == {"imports.py": ["def skipped_rows("]}, "rows are made in coach/views"
