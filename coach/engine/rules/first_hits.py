"""The first moment at which each trade broke a rule."""

from collections.abc import Iterable
from typing import Any

from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds.catalogue import kind_of
from coach.engine.rules.params import Params
from coach.model.rules import RuleKind


def first_hits(kind: RuleKind, params: Params, ground: Ground) -> Iterable[Hit[Any]]:
    """Return where a rule was broken, at most once for each trade."""
    found: dict[int, Hit[Any]] = {}
    for hit in kind_of(kind).hits(params, ground):
        kept = found.setdefault(hit.row, hit)
        if hit.at_us < kept.at_us:
            found[hit.row] = hit
    return found.values()
