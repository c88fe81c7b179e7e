"""A generated set as lines of CSV: plain decimals, RFC 3339 times, no quotes needed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from coach.engine.lab.generator.arithmetic import Floats
from coach.engine.lab.generator.market import GeneratedMarket
from coach.engine.lab.generator.run import TraderRun, decimal

HEADS = {
    "fills": "trader,trade_id,time,symbol,side,qty,price,fee",
    "labels": "trader,trade_id,bias",
    "traders": "trader,archetype,bias,intensity,utc_offset_h,start_equity,way",
    "candles": "time,symbol,open,high,low,close,volume",
    "deposits": "trader,time,amount",
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def fills(run: TraderRun) -> Iterator[str]:
    """Yield a trader's fills as they were recorded."""
    moments = map(time_text, run.time_us)
    columns = (run.trade_id, moments, run.symbol, run.side, run.qty, run.price, run.fee)
    for row in zip(*columns, strict=True):
        yield ",".join((run.name, *row))


def labels(run: TraderRun) -> Iterator[str]:
    """Yield which fills show which habit."""
    for trade_id, habit in run.labels:
        yield f"{run.name},{trade_id},{habit}"


def traders(run: TraderRun) -> Iterator[str]:
    """Yield the one line about who it was."""
    who = f"{run.name},{run.archetype},{run.bias},{run.intensity}"
    yield f"{who},{run.utc_offset_h:g},{run.start_equity},{run.way}"


def deposits(run: TraderRun) -> Iterator[str]:
    """Yield the money that came in later."""
    for at, amount in run.deposits:
        yield f"{run.name},{time_text(at)},{amount}"


def candles(market: GeneratedMarket) -> Iterator[str]:
    """Yield the bars by time, then symbol; a time is the bar's beginning."""
    columns = [_listed(market, values) for values in (market.open, market.high, market.low)]
    columns += [_listed(market, values) for values in (market.close, market.volume)]
    for bar, rows in enumerate(zip(*columns, strict=True)):
        at = time_text(market.start_us + bar * market.step_us)
        for symbol, row in zip(market.symbols, zip(*rows, strict=True), strict=True):
            yield f"{at},{symbol},{','.join(map(decimal, row))}"


def time_text(time_us: int) -> str:
    """Return microseconds since 1970 as RFC 3339, to the millisecond where there is one."""
    precision = "milliseconds" if time_us % 1_000_000 else "seconds"
    at = EPOCH + timedelta(microseconds=time_us)
    return at.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def _listed(market: GeneratedMarket, values: Floats) -> list[list[float]]:
    if values.shape != market.close.shape:
        raise ValueError(f"values of shape {values.shape} for a market of {market.close.shape}")
    listed: list[list[float]] = values.T.tolist()
    return listed
