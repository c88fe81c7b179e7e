"""Sentences about one trade: what it made, its fills and their fees, how far the price went."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from coach.model.candles import name_of
from coach.model.fees import FeeValue
from coach.model.fills import BookFill
from coach.model.trades import PartialClose, RoundTrip
from coach.wording import numbers

MOST_EVIDENCE = 1_000_000
"""Beyond this nobody needs to know how much more it is."""

Clock = Callable[[datetime], str]
"""Writes a moment on the reader's clock."""


def describe_money(trip: RoundTrip, quote: str) -> str:
    """Say what a trade made after fees and what the fees were; of an open one, so far."""
    net = numbers.money(trip.net, quote, sign=True)
    so_far = " realised so far" if trip.closed_at is None else ""
    return f"net {net}, fees {numbers.money(trip.fees, quote)}{so_far}"


def describe_partial_close(part: PartialClose, quote: str, clock: Clock) -> str:
    """Say when a part of a position was closed, how much of it, and what that made."""
    gross = numbers.money(part.gross, quote, sign=True)
    fees = numbers.money(part.fees, quote)
    return f"{clock(part.at)}  closed {numbers.quantity(part.quantity)}: gross {gross}, fees {fees}"


def describe_fill(fill: BookFill, clock: Clock) -> str:
    """Say when how much was bought or sold at which price."""
    quantity, price = numbers.quantity(fill.quantity), numbers.quantity(fill.price)
    return f"{clock(fill.at)}  {fill.side} {quantity} @ {price}"


def describe_coin_fee(fill: BookFill, value: FeeValue | None, symbol: str, clock: Clock) -> str:
    """Say what a fee in a third coin was worth and who says so; empty for any other fee."""
    base, _, quote = symbol.rpartition("-")
    if value is None:
        unvalued = fill.fee and fill.fee_currency not in {"", quote, base}
        fee = numbers.quantity(fill.fee)
        return f"fee {fee} {fill.fee_currency} is not valued" if unvalued else ""
    by = " and ".join(
        f"the close {numbers.quantity(candle.close)} of {candle.symbol},"
        f" {name_of(candle.granularity)} candle of {clock(candle.start)} by {candle.source}"
        for candle in value.candles
    )
    worth, fee = numbers.quantity(value.value), numbers.quantity(value.fee)
    return f"fee {fee} {value.coin} = {worth} {quote} by {by}"


def describe_excursion(worst: float | Decimal, best: float | Decimal, candles: str) -> str:
    """Say how far the price went against a trade and for it; shares of the entry price."""
    against, gained = numbers.percent(float(worst)), numbers.percent(float(best))
    return (
        f"went {against} against you (MAE), {gained} for you (MFE), of the entry price,"
        f" by candles of {candles}"
    )


def describe_r(r: float | Decimal) -> str:
    """Say how many times the risk to the stop a trade made."""
    return f"R {numbers.measure(float(r))}: times what your stop would have lost"


def describe_year_evidence(evidence: float, needed: float, noun: str = "habit") -> str:
    """Say how strong the evidence of a trading year was at its strongest, and what it takes.

    `noun` is what it speaks for: a `pattern` while a rule may explain it.
    """
    if evidence <= 1:
        takes = numbers.measure(needed)
        return f"the trading year does not speak for this {noun} (it takes {takes} times as likely)"
    times = numbers.measure(min(evidence, MOST_EVIDENCE))
    more = "more than " if evidence > MOST_EVIDENCE else ""
    return (
        f"the trading year was up to {more}{times} times as likely with this {noun} as without it"
        f" (it takes {numbers.measure(needed)})"
    )


def describe_p(p: float, adjusted: float) -> str:
    """Say how often luck alone looks like a finding, by itself and among all tests."""
    return (
        f"p {numbers.measure(p)}: how often luck alone looks like that;"
        f" {numbers.measure(adjusted)} with all tests counted"
    )
