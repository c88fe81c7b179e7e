"""What a week realised in the trader's base currency, and the candles that it is told by."""

from collections.abc import Iterable
from decimal import Decimal

from coach.engine.digest.evidence import Citations
from coach.engine.digest.figures import exact, utc
from coach.engine.digest.scene import Scene, WeekFacts
from coach.engine.digest.shape import ConvertedPart, RateRow
from coach.engine.ledger.conversion.rates import Rates
from coach.engine.ledger.conversion.sums import Realised, add_up
from coach.model.bookkeeping.base_currency import BaseSums
from coach.model.fees import CandleClose
from coach.wording.rates import rate_uses

CONVERSION_FORMULA = "conversion@1"


def week_in_base(scene: Scene, week: WeekFacts) -> BaseSums | None:
    """Return what the week realised in the base currency; None where nothing is to be converted."""
    rates = scene.inputs.rates
    quotes = {quote for one in (scene.now, scene.before) for quote in one.closed.sums}
    if rates is None or quotes <= {rates.currency}:
        return None
    return add_up(week.closed.parts, rates)


def net_in_base(parts: Iterable[Realised], rates: Rates) -> Decimal:
    """Return the net of some closing fills in the base currency, of those that have a rate."""
    return add_up(parts, rates).sums.net


def cite_conversion(week: WeekFacts, sums: BaseSums, citations: Citations) -> str:
    """Return the evidence of money that was converted: its sums, its candles, what is left out."""
    name = sums.currency
    sample: dict[str, str | int] = {
        "closes": sums.sums.closes,
        f"gross {name}": exact(sums.sums.gross),
        f"fees {name}": exact(sums.sums.fees),
        f"net {name}": exact(sums.sums.net),
    }
    if sums.rates:
        sample["by"] = rate_uses(sums.rates)
    for quote, left in sums.left.items():
        sample[f"not converted net {quote}"] = exact(left.net)
    trades = [trip.id for trip in (*week.closed.trades, *week.closed.left_open)]
    return citations.cite(CONVERSION_FORMULA, sample, trades)


def converted_part(scene: Scene) -> ConvertedPart:
    """Return the base currency and every rate of the two weeks; nothing where none was chosen."""
    rates = scene.inputs.rates
    if rates is None:
        return {}
    moments = {
        (quote, part.at) for week in (scene.now, scene.before) for quote, part in week.closed.parts
    }
    found = [
        _rate(quote, utc(at), candle)
        for quote, at in sorted(moments)
        for candle in rates.at(quote, at) or ()
    ]
    return {"base_currency": rates.currency, "rates": found}


def _rate(currency: str, at: str, candle: CandleClose) -> RateRow:
    return {
        "currency": currency,
        "at": at,
        "symbol": candle.symbol,
        "source": candle.source,
        "granularity_s": str(candle.granularity),
        "start": utc(candle.start),
        "close": exact(candle.close),
    }
