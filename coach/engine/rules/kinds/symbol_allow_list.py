"""New trades in these symbols alone. A base coin stands for all its pairs."""

from collections.abc import Iterator

from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds.spec import Params, listed
from coach.engine.rules.kinds.symbol_lock import among, entries


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each entry in another symbol."""
    yield from entries(ground, ~among(ground, listed(params, "only")))
