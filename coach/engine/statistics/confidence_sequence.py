"""An interval of a share that may be looked at after every answer.

An ordinary interval of 90 % is wrong at one look in ten, and at some look of a year of weekly ones
in about every second case. A confidence sequence is wrong at any look ever in one case of ten at
most. With yes answers k and no answers m the likelihood, mixed over a uniform share, is divided by
that of a share p: a martingale that starts at 1 if p is the true one, and so reaches 1 / alpha with
probability alpha at most (Ville 1939). Those p are kept for which it stays below.
Sources: Robbins (1970), Ann. Math. Statist. 41:1397; Howard, Ramdas, McAuliffe & Sekhon (2021),
Ann. Statist. 49:1055, for the beta-binomial mixture.
"""

import math
from collections.abc import Callable

WRONG_AT_ANY_LOOK = 0.10
HALVINGS = 50


def always_valid(yes: float, no: float, wrong: float = WRONG_AT_ANY_LOOK) -> tuple[float, float]:
    """Return the shares p with Beta(1 + yes, 1 + no) / (p^yes (1 - p)^no) < 1 / wrong."""
    mixture = math.lgamma(yes + 1) + math.lgamma(no + 1) - math.lgamma(yes + no + 2)
    least = mixture + math.log(wrong)

    def kept(share: float) -> bool:
        return yes * _log(share) + no * _log(1 - share) > least

    middle = yes / (yes + no) if yes + no else 0.5
    return _edge(middle, 0.0, kept), _edge(middle, 1.0, kept)


def _edge(inside: float, outside: float, kept: Callable[[float], bool]) -> float:
    """Return where the kept shares end between one of them and an end of [0, 1], by halving."""
    if kept(outside):
        return outside
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if kept(middle) else (inside, middle)
    return outside


def _log(share: float) -> float:
    """Return ln(share), so small at 0 that it leaves no likelihood but of no answers."""
    return math.log(share) if share > 0 else -1e300
