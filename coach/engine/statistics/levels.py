"""How sure we are, in one word. One rule decides what is a trait: evidence that stands.

insufficient  the sample is below its floor; nothing is said but how much more it takes
none          P(effect > minimum | data) is below 0.80: nothing stands out
possible      at least 0.80, but the evidence does not stand (yet): no trait, never announced
likely        the evidence stands: a trait
strong        the evidence stands, and P is at least 0.99: a trait

The evidence stands when the flag rule holds now and is confirmed. The flag rule: P is at least
0.80, p survives the false discovery rate, the shrunk effect exceeds the minimum effect, the
sample reaches its floor, and the habit has not faded. Confirmed: by the evidence of the trading
year (`biases/year`), or, for a habit that has no such test, by P of at least 0.95 and two of the
last three weekly runs.

fading        P of the newest six weeks is below 0.3: a trait that was announced is withdrawn
faded         P was at least one half, but of the newest six weeks alone it is below 0.15:
              then that is the P that counts, and nothing is flagged
"""

from coach.model.reasons import Level

POSSIBLE, LIKELY, STRONG = 0.80, 0.95, 0.99
WEEKS, WEEKS_TO_CONFIRM = 3, 2
AS_LIKELY_AS_NOT, FADING, FADED = 0.5, 0.3, 0.15
LATELY_US = 42 * 86_400_000_000


def level(probability: float, *, stands: bool) -> Level:
    """Name the level of a testable finding; `stands` says whether its evidence stands."""
    if stands:
        return "strong" if probability >= STRONG else "likely"
    return "possible" if probability >= POSSIBLE else "none"


def confirmed_by_weeks(probability: float, weeks_flagged: int) -> bool:
    """Say whether weekly runs confirm the flag; `weeks_flagged` counts this run too (0 to 3)."""
    return probability >= LIKELY and weeks_flagged >= WEEKS_TO_CONFIRM


def score(probability: float) -> float:
    """Return 100 x P(effect > minimum | data), with one decimal."""
    return round(100.0 * probability, 1)
