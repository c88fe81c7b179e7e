"""What a digest is made from: everything as it was known at the week's end."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.biases.words import AnyWords
from coach.engine.ledger.conversion.rates import Rates
from coach.model.insights import Bias, Finding, Tag
from coach.model.promises.checks import FillAfterCheck, KeptCheck
from coach.model.promises.commitments import Commitment
from coach.model.promises.confidence import BrierScore
from coach.model.rules import Breach, Rule
from coach.model.trades import RoundTrip, TradeId, UnknownBasis
from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class FillCoverage:
    """What was read up to the week's end: how many fills, from when to when.

    `notes` are whole sentences about what is missing, such as an account that was not read.
    """

    fills: int = 0
    first: datetime | None = None
    last: datetime | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestInputs:
    """One week of one trader. Nothing depends on the order of any of these.

    `trips` are all that were opened or closed in the week or the week before, `breaches` those
    of entries in the two weeks; what lies outside is left out, so giving more is harmless.
    `findings` are those at the week's end, `findings_before` those a week earlier. `unknown`
    are all sales without a known purchase before the week's end. `candles` are the hashes of the
    weeks of candles that the findings were made with. `doubtful` are trades that are open in the
    books and may be over, `departed` those of them of which nothing is held any more.
    `guests` are the words of the habits of other packages. `tags` are the events of all time
    before the week's end that were flagged as a habit which shows. `checks` were asked in the two
    weeks, `fills_after` are the fills that may belong to them,
    `checks_until` is up to when those are known (None: the end),
    `confidence` is scored over all trades that closed before the end, None where none was given,
    and `commitments` stood at the end. `rates` lead into the trader's base currency, None where
    there is none.
    """

    zone: str
    week: str
    trips: tuple[RoundTrip, ...]
    findings: tuple[Finding, ...]
    findings_before: tuple[Finding, ...]
    rules: tuple[Rule, ...]
    breaches: tuple[Breach, ...]
    unknown: tuple[UnknownBasis, ...]
    coverage: FillCoverage
    candles: tuple[str, ...] = ()
    doubtful: tuple[TradeId, ...] = ()
    departed: tuple[TradeId, ...] = ()
    guests: Mapping[Bias, AnyWords] = field(default_factory=dict)
    tags: tuple[Tag, ...] = ()
    checks: tuple[KeptCheck, ...] = ()
    fills_after: tuple[FillAfterCheck, ...] = ()
    checks_until: datetime | None = None
    confidence: BrierScore | None = None
    commitments: tuple[Commitment, ...] = ()
    rates: Rates | None = None

    def words(self, bias: Bias) -> AnyWords:
        """Return the words of a habit."""
        return self.guests[bias] if bias in self.guests else HABITS[bias].words
