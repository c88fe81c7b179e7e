"""The first moment at which each trade broke a rule."""

from collections.abc import Iterable
from typing import Any

from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds.catalogue import kind_of
from coach.engine.rules.params import Params
from coach.model.rules import RuleKind


def first_hits(kind: RuleKind, params: Params, ground: Ground) -> Iterable[Hit[Any]]:
    """Return where a rule was broken, at most once for each trade."""
    return earliest(kind_of(kind).hits(params, ground))


def earliest(hits: Iterable[Hit[Any]]) -> Iterable[Hit[Any]]:
    """Return the first hit of each trade."""
    found: dict[int, Hit[Any]] = {}
    for hit in hits:
        kept = found.setdefault(hit.row, hit)
        if hit.at_us < kept.at_us:
            found[hit.row] = hit
    return found.values()
