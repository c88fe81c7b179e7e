"""Chance with a name: the same name gives the same numbers on every machine and for ever.

Only the raw 64-bit stream of PCG64 is used; numpy promises that stream across versions, and no
more. Each purpose has a stream of its own.
"""

import hashlib
from collections.abc import Callable, Iterator

import numpy as np

from coach.engine.lab.generator import arithmetic
from coach.engine.lab.generator.arithmetic import Floats

SEED_BYTES = 16
UPPER_BITS = np.uint64(11)
CELL = 2.0**-53
AT_ONCE = 256


def seed_of(*names: object) -> int:
    """Return the 128-bit seed of a list of names."""
    text = "\x1f".join(map(str, names))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:SEED_BYTES], "big")


class Stream:
    """One endless row of independent numbers."""

    def __init__(self, *names: object) -> None:
        self._source = np.random.PCG64(seed_of(*names))

    def uniforms(self, *shape: int) -> Floats:
        """Return floats of `shape`, strictly between 0 and 1."""
        raw = self._source.random_raw(int(np.prod(shape)))
        return ((raw >> UPPER_BITS).astype(np.float64) + 0.5).reshape(shape) * CELL

    def normals(self, *shape: int) -> Floats:
        """Return standard normals of `shape`."""
        return arithmetic.normal_quantile(self.uniforms(*shape))

    def exponentials(self, *shape: int) -> Floats:
        """Return exponentials of mean 1 of `shape`."""
        return -arithmetic.log(self.uniforms(*shape))


def one_by_one(draw: Callable[[int], Floats]) -> Iterator[float]:
    """Yield the numbers of a stream singly, for ever; the stream is then used for nothing else."""
    while True:
        yield from draw(AT_ONCE).tolist()
