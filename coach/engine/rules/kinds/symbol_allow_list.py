"""New trades in these symbols only. A base coin stands for all its pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.rules.kinds.kind import Kind, a_week, every_trade, no_reason, nothing
from coach.engine.rules.params import listed, symbols
from coach.engine.rules.symbol_facts import symbol_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.params import Params
    from coach.engine.rules.symbol_facts import SymbolFacts


def hits(params: Params, ground: Ground) -> Iterator[Hit[SymbolFacts]]:
    """Yield each entry in another symbol."""
    from coach.engine.rules.symbols import among, entries

    yield from entries(ground, ~among(ground, listed(params, "only")))


def sentence(params: Params) -> str:
    """Read a rule aloud."""
    return f"New trades only in {', '.join(listed(params, 'only'))}"


KIND = Kind(
    name="symbol_allow_list",
    version=1,
    title="New trades in these symbols only",
    params={"only": symbols()},
    one_of=(),
    optional=(),
    help=("only: these symbols",),
    sentence=sentence,
    breach="traded {symbol}, which is not allowed",
    texts=symbol_texts,
    needs=nothing,
    looks_back=a_week,
    judged=every_trade,
    looser={"only": "more"},
    loosens=None,
    threshold="",
    scale=None,
    hits=hits,
    vacuous=no_reason,
    broken_by_waiting=False,
)
