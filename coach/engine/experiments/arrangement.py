"""Which weeks are on and which are off: drawn at random, and balanced within every block.

Blocks are of four weeks, two of them on; where the weeks are no multiple of four the last block
is of two. Balance keeps a market that drifts from being taken for the rule.
"""

from collections.abc import Sequence
from itertools import combinations

from coach.engine.statistics.draws import seed_of, uniforms

BLOCK = 4


def sizes(weeks: int) -> tuple[int, ...]:
    """Return the lengths of the blocks of so many weeks; `weeks` is even."""
    return (BLOCK,) * (weeks // BLOCK) + ((weeks % BLOCK,) if weeks % BLOCK else ())


def arrangements(size: int) -> list[tuple[bool, ...]]:
    """Return every way to have half of a block's weeks on; each is as likely as the others."""
    return [
        tuple(week in chosen for week in range(size))
        for chosen in combinations(range(size), size // 2)
    ]


def seed(user_id: str, rule_id: str, start: str) -> int:
    """Return the seed that a user, a rule and a first week (`2026-W14`) name."""
    return seed_of(user_id.encode(), rule_id.encode(), start.encode())


def drawn(seed: int, blocks: Sequence[int]) -> tuple[bool, ...]:
    """Return for every week whether the rule is on."""
    chances = uniforms(seed, (len(blocks),)).tolist()
    on: list[bool] = []
    for size, chance in zip(blocks, chances, strict=True):
        ways = arrangements(size)
        on += ways[int(chance * len(ways))]
    return tuple(on)
