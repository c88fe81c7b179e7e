"""How many more trades it takes until a comparison can be made at all."""

from typing import NamedTuple

from coach.values import dataclass

FEWEST_COMPARED = 20
FEWEST_OF_EACH = 8
FEWEST_FOR_A_SHARE = 2
SLOWEST = 10  # trades that one missing close is told to take, at most


class Counts(NamedTuple):
    """Closes, by how they ended."""

    losses: int
    wins: int

    @property
    def closes(self) -> int:
        """All of them."""
        return self.losses + self.wins


@dataclass(frozen=True, slots=True)
class ComparisonSample:
    """What a comparison has to work with.

    `seen` closes came before `entries` trades. Of them `compared` lie in a stratum that holds both
    kinds, and `in_reach` also counts the newest stratum, which one close of the other kind can
    still mix. `start_up` trades must come before the next one can be compared (a size needs sizes
    before it).
    """

    seen: Counts
    compared: Counts
    in_reach: Counts
    entries: int
    start_up: int = 0

    @property
    def is_enough(self) -> bool:
        """Whether every floor is reached."""
        enough = self.compared.closes >= FEWEST_COMPARED
        return enough and min(self.compared) >= FEWEST_OF_EACH


def still_needed(sample: ComparisonSample) -> int:
    """Return how many more trades it takes at the trader's own pace; 0 when it is enough.

    Each shortfall is divided by the share of trades that filled it so far. One or none of a kind
    says little about its share: none is taken for one in one trade more, one for one and a half
    in half a trade more. No share counts as below one in `SLOWEST`, so a long run of losses
    without a win asks for a bounded number.
    """
    if sample.is_enough:
        return 0
    seen, reach, entries = sample.seen, sample.in_reach, sample.entries
    trades = max(
        _trades(FEWEST_COMPARED - reach.closes, seen.closes, entries),
        _trades(FEWEST_OF_EACH - reach.losses, seen.losses, entries),
        _trades(FEWEST_OF_EACH - reach.wins, seen.wins, entries),
    )
    return sample.start_up + max(1, trades)


def more_trades(missing: int, seen: int, entries: int) -> int:
    """Return how many more trades bring `missing` more, when `entries` brought `seen`; 0 for none.

    The pace and its bounds are those of `still_needed`.
    """
    return max(1, _trades(missing, seen, entries)) if missing > 0 else 0


def _trades(missing: int, seen: int, entries: int) -> int:
    doubt = max(0, FEWEST_FOR_A_SHARE - seen)  # in halves of a trade
    at_this_pace = -(-missing * (2 * entries + doubt) // (2 * seen + doubt))
    return min(at_this_pace, missing * SLOWEST)
