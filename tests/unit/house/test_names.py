"""A class has a name of its own: whoever reads it anywhere knows which one is meant."""

import ast
from collections import defaultdict
from pathlib import Path

COACH = Path(__file__).parents[3] / "coach"


def test_no_two_classes_share_a_name() -> None:
    places = defaultdict[str, list[str]](list)
    for source in sorted(COACH.rglob("*.py")):
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(str(source.relative_to(COACH)))
    assert len(places) > 500
    assert not {name: where for name, where in places.items() if len(where) > 1}
