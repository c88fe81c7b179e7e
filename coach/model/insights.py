"""What we concluded: tags are facts about one event, findings are claims about a habit."""

from dataclasses import field
from datetime import datetime
from typing import Annotated, Literal

from coach.model.fills import FillKey
from coach.model.reasons import Level, Reason, Standing
from coach.model.trades import TradeId
from coach.values import dataclass

Bias = Annotated[str, "habit"]
"""The name of a habit; engine/biases/habits/catalogue has ours, other packages bring theirs."""
Kind = Literal["test", "fact"]
Fact = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Tag:
    """A fact that may be shown at once: "this entry came 12 min after a loss at 1.6x your size".

    `fill_keys` are all fills that it speaks of, `event_keys` those of the tagged order alone.
    """

    bias: Bias
    trade_id: TradeId
    at: datetime
    fill_keys: tuple[FillKey, ...]
    facts: dict[str, Fact]
    formula: str
    event_keys: tuple[FillKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """Money per quote currency: fees are certain, the estimate lies in `interval` (90 %).

    `share` is this habit's part when several habits cover the same trades: the parts of all
    habits never add up to more than those trades lost. None where nothing was shared out.
    """

    currency: str
    estimate: float
    interval: tuple[float, float]
    fees: str
    measurable: bool
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a number rests on: formula and version, sample, seed, and the trades themselves."""

    id: str
    formula: str
    sample: dict[str, Fact]
    trade_ids: tuple[TradeId, ...]
    fill_keys: tuple[FillKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim about a habit, or the honest lack of one.

    `effect` and `interval` (90 %) are in `unit`; `score` = 100 x P(effect > minimum | data);
    `n` is the sample, `needed` how many more trades it takes (0 when enough). `kind` is "fact"
    for what is counted and never tested; then there is no score and no p. `lacks` names the
    data that were missing. `held` says whether the evidence stands: the flag rule holds now and is
    confirmed (`engine/statistics/levels`). `counter` is the evidence against.
    `reasons` are the trader's possible rules that would explain it and were not denied, and
    `standing` says whether it is told, asked about, or known as the trader's style.
    `leaning` is 100 x P(effect > minimum | data) of a habit below its floor, where one can be
    formed: it ranks traders in the lab and is never told.
    """

    bias: Bias
    level: Level
    n: int
    needed: int
    score: float | None = None
    effect: float | None = None
    interval: tuple[float, float] | None = None
    unit: str = ""
    p: float | None = None
    p_adjusted: float | None = None
    costs: tuple[Cost, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    facts: dict[str, Fact] = field(default_factory=dict)
    kind: Kind = "test"
    lacks: tuple[str, ...] = ()
    held: bool = False
    counter: tuple[Evidence, ...] = ()
    leaning: float | None = None
    reasons: tuple[Reason, ...] = ()
    standing: Standing = "untold"
