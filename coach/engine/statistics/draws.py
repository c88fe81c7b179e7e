"""Randomness that gives the same numbers on every machine and for ever.

Only the raw 64-bit stream of PCG64 is used, because numpy promises that stream across versions
and makes no such promise for what its `Generator` derives from it. Seeds come from data.
"""

import hashlib
import math

import numpy as np

from coach.engine.statistics.arrays import Floats

SEED_BYTES = 6  # 48 bits: exact in every JSON reader


def seed_of(*parts: bytes) -> int:
    """Return a seed in [0, 2**48) that is named by the parts, in their order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return int.from_bytes(digest.digest()[:SEED_BYTES], "big")


def uniforms(seed: int, shape: tuple[int, ...], stream: int = 0) -> Floats:
    """Return floats of `shape` in [0, 1), 53 bits each; another `stream` is independent."""
    raw = np.random.PCG64([seed, stream]).random_raw(math.prod(shape))
    # 2**-53 turns the upper 53 bits into every double of that spacing; in place, for speed
    raw >>= np.uint64(11)
    found = raw.astype(np.float64)
    found *= 2.0**-53
    return found.reshape(shape)
