"""Many questions at once: the false discovery rate."""

from collections.abc import Sequence

DISCOVERY_RATE = 0.10


def adjusted(p_values: Sequence[float], weights: Sequence[float] | None = None) -> list[float]:
    """Return Benjamini-Hochberg adjusted p-values in the order given.

    adjusted(i) = min over j >= rank(i) of p(j) m / j. Those at or below q form the set that the
    step-up procedure rejects at false discovery rate q. With `weights`, chosen without
    the data that are tested, p(i) / weight(i) stands for p(i), the weights scaled to a mean of 1.
    Sources: Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57(1):289; Genovese, Roeder &
    Wasserman (2006), Biometrika 93(3):509, for the weights.
    """
    count = len(p_values)
    if weights is not None and count:
        mean = sum(weights) / count
        p_values = [p * mean / weight for p, weight in zip(p_values, weights, strict=True)]
    smallest = 1.0
    answer = [1.0] * count
    for rank, index in sorted(enumerate(_by_size(p_values), start=1), reverse=True):
        smallest = min(smallest, p_values[index] * (count / rank))
        answer[index] = smallest
    return answer


def _by_size(p_values: Sequence[float]) -> list[int]:
    return sorted(range(len(p_values)), key=p_values.__getitem__)
