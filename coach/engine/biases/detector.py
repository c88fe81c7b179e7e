"""What a detector is: a value that names its formula and brings its words and three functions.

A new one is a module with a `DETECTOR`, and its line in the table of habits. Its `measure` says
what it saw in a window, its `cost` what that came to in money, its `tags` which single events
show it. Levels, the false discovery rate, confirmation by earlier weeks and evidence are those
of `detection` and the same for all. Modules of habits load no numpy before they measure, since
every command may load them for their words.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from coach.engine.biases.words import Words
from coach.model.times import WEEK_US
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from coach.engine.biases.answers import RuleAnswer
    from coach.engine.biases.words import AnyWords
    from coach.engine.biases.year.span import TradingYear
    from coach.engine.features.context import Context
    from coach.engine.statistics.arrays import Flags, Floats, Integers
    from coach.engine.statistics.shrinkage import Posterior
    from coach.model.insights import Bias, Cost, Fact, Kind, Tag
    from coach.model.reasons import ReasonKind

CORE, SIDE = 3.0, 0.5


def no_rows() -> Integers:
    """Return no row at all."""
    import numpy as np

    return np.zeros(0, np.int64)


class Window(NamedTuple):
    """Entries from `start_us` up to but not including `end_us`, microseconds since 1970 UTC."""

    start_us: int
    end_us: int

    def earlier(self, weeks: int) -> Window:
        """Return the window of the run so many weeks before."""
        shift = weeks * WEEK_US
        return Window(self.start_us - shift, self.end_us - shift)

    def holds(self, entered_us: Integers) -> Flags:
        """Say which moments lie inside."""
        return (entered_us >= self.start_us) & (entered_us < self.end_us)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A test's answer. `posterior` is in the unit of the detector's minimum.

    `effect` and `interval` (90 %) are in the unit that people read. `holds` is False when a
    further condition of the flag fails, such as a cost that is not sure enough.
    """

    p: float
    posterior: Posterior
    effect: float
    interval: tuple[float, float]
    facts: dict[str, Fact] = field(default_factory=dict)
    holds: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """What one detector saw in one window; below its floor there is no verdict.

    `n` is the sample, `needed` how many more trades it takes, `affected` the rows of the entries
    that show the behaviour, oldest first, `sample` what the evidence tells about it, `progress`
    the counts so far beside their floors, told while there is no verdict. `against` are the rows
    that speak against it. Where the behaviour is about orders inside a trip, `orders` and
    `orders_against` are their rows in `history.orders`, and their fills are cited instead.
    `lacks` names missing data. `facts` and `effect` serve detectors that count and do not test.
    `belief` is what little is believed below the floor; it ranks, it is never told.
    """

    n: int
    needed: int
    affected: Integers
    sample: dict[str, Fact]
    verdict: Verdict | None
    progress: dict[str, Fact] = field(default_factory=dict)
    against: Integers = field(default_factory=no_rows)
    orders: Integers | None = None
    orders_against: Integers | None = None
    lacks: tuple[str, ...] = ()
    facts: dict[str, Fact] = field(default_factory=dict)
    effect: float | None = None
    interval: tuple[float, float] | None = None
    belief: Posterior | None = None


def no_cost(_context: Context, _window: Window, _seed: int) -> tuple[Cost, ...]:
    """Price nothing."""
    return ()


def no_tags(_context: Context) -> list[Tag]:
    """Tag nothing."""
    return []


class YearTest(NamedTuple):
    """What the evidence of a trading year is made of, and the chance in a year that it misleads.

    `evidence` returns the logarithm of the e-value of each block that has ended, for each size of
    the effect that is compared with none, (b, a), in the order in which the blocks ended.
    """

    alpha: float
    evidence: Callable[[Context, TradingYear], Floats]


@dataclass(frozen=True, slots=True)
class Detector:
    """One habit; `words` are what coach says of it.

    A claim needs P(effect > `minimum`), in the unit of the verdict's posterior.

    `measure` and `cost` get the seed of the window, which depends on times and outcomes alone;
    `formula` is `name@version` and changes with every change of a number. `kind` is "fact" for
    a habit that is counted and never tested. `needs_candles` without any market is answered
    for it: insufficient, and it lacks candles. `by_entry` says that its cost is one of whole
    entries, which overlaps with others of the kind and is shared out. `weight` is its share of
    the false discovery rate, chosen on the lab and the same for every trader: habits that leave
    few events have more. `year` is the test that its evidence must pass before it is told; a habit
    without one is told when its flag rule held in two of the last three weekly runs.
    `explained_by` are the kinds of rules that may explain it, beside the hedge and the machine,
    which may explain every habit: with one of them coach asks and does not tell.
    `answered_by` are the rules that answer it, the one to try first at the head.
    """

    bias: Bias
    formula: str
    unit: str
    minimum: float
    measure: Callable[[Context, Window, int], Measurement]
    words: AnyWords = field(kw_only=True)
    cost: Callable[[Context, Window, int], tuple[Cost, ...]] = no_cost
    tags: Callable[[Context], list[Tag]] = no_tags
    kind: Kind = "test"
    needs_candles: bool = False
    by_entry: bool = False
    weight: float = SIDE
    year: YearTest | None = None
    explained_by: frozenset[ReasonKind] = frozenset()
    answered_by: tuple[RuleAnswer, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a habit without words, and one that tags events and has none for them."""
        words: object = self.words
        if not isinstance(words, Words):
            raise TypeError(f"the words of {self.bias} are a {type(words).__name__}, not Words")
        if self.tags is not no_tags and self.words.tag is None:
            raise ValueError(f"{self.bias} tags events, and its words have no `tag`")


def by_quote(context: Context, rows: Integers) -> Iterator[tuple[str, Integers]]:
    """Yield each quote currency with its share of the rows, in alphabetical order."""
    import numpy as np

    quotes = context.history.quote[rows]
    for code in np.unique(quotes).tolist():
        yield context.history.quotes[code], rows[quotes == code]
