"""A class has a name of its own: whoever reads it anywhere knows which one is meant."""

import ast
from collections import defaultdict

from tests.unit.house.sources import modules, nodes, place


def test_no_two_classes_share_a_name() -> None:
    places = defaultdict[str, list[str]](list)
    for source in modules():
        for node in nodes(source):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(place(source))
    assert len(places) > 500
    assert not {name: where for name, where in places.items() if len(where) > 1}
