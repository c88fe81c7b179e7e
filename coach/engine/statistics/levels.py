"""How sure we are, in one word.

insufficient  the sample is below its floor; nothing is said but how much more it takes
none          tested, and nothing stands out
possible      P(effect > minimum | data) >= 0.80
likely        >= 0.95, and the flag rule holds
strong        >= 0.99, and the flag rule held in two of the last three weekly runs

fading        P of the newest six weeks is below 0.3: a trait that was announced is withdrawn
faded         P was at least one half, but of the newest six weeks alone it is below 0.15:
              then that is the P that counts, and nothing is flagged

The flag rule: p survives the false discovery rate, the shrunk effect exceeds the minimum
effect, and the sample reaches its floor. `likely` and `strong` are traits, `possible` is not.
"""

from coach.model.insights import Level

POSSIBLE, LIKELY, STRONG = 0.80, 0.95, 0.99
WEEKS_TO_CONFIRM = 2
AS_LIKELY_AS_NOT, FADING, FADED = 0.5, 0.3, 0.15
LATELY_US = 42 * 86_400_000_000


def level(probability: float, weeks_flagged: int, *, flagged: bool) -> Level:
    """Name the level of a testable finding; `weeks_flagged` counts this run too (0 to 3)."""
    if flagged and probability >= STRONG and weeks_flagged >= WEEKS_TO_CONFIRM:
        return "strong"
    if flagged and probability >= LIKELY:
        return "likely"
    return "possible" if probability >= POSSIBLE else "none"


def score(probability: float) -> float:
    """Return 100 x P(effect > minimum | data), with one decimal."""
    return round(100.0 * probability, 1)
