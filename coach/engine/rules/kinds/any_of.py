"""Broken where any of its rules is, as soon as the first of them is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.rules.kinds import groups
from coach.engine.rules.kinds.groups import (
    GROUP,
    has_other,
    hits_by_trade,
    sentences,
    together,
)
from coach.engine.rules.kinds.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.kinds.groups import (
        GroupFacts,
    )
    from coach.engine.rules.params import Params


def hits(params: Params, ground: Ground) -> Iterator[Hit[GroupFacts]]:
    """Yield a hit for each trade that broke one of the rules at least."""
    for found in hits_by_trade(params, ground):
        first = min(one.hit.at_us for one in found)
        yield together([one for one in found if one.hit.at_us == first], params)


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    return f"Each of these: {sentences(params)}"


def loosens(before: Params, after: Params) -> bool:
    """Say whether any is harder to break: a rule went, or one of them is looser."""
    return has_other(before, after)


KIND = Kind(
    name="any",
    version=1,
    title="Several rules, each of which must be kept",
    params=GROUP,
    one_of=(),
    optional=(),
    help=("rules: each of which must be kept (JSON)",),
    sentence=sentence,
    breach="{broken}",
    texts=groups.texts,
    needs=groups.needs,
    looks_back=groups.looks_back,
    judged=groups.judged,
    looser={"rules": "ask"},
    loosens=loosens,
    threshold="",
    scale=None,
    hits=hits,
    vacuous=groups.vacuous,
    broken_by_waiting=False,
)
