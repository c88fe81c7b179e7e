"""Broken where all of its rules are, as soon as the last of them is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.rules.kinds import groups
from coach.engine.rules.kinds.groups import (
    GROUP,
    has_other,
    hits_by_trade,
    parts,
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
    """Yield a hit for each trade that broke every one of the rules."""
    for found in hits_by_trade(params, ground):
        if len(found) == len(parts(params)):
            yield together(found, params)


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    return f"Never all of these at once: {sentences(params)}"


def loosens(before: Params, after: Params) -> bool:
    """Say whether all is harder to break: a rule came, or one of them is looser."""
    return has_other(after, before)


KIND = Kind(
    name="all",
    version=1,
    title="Several rules that must not all be broken at once",
    params=GROUP,
    one_of=(),
    optional=(),
    help=("rules: that must not all be broken at once (JSON)",),
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
