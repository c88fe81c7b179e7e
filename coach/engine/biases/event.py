"""Event tags: an entry that was larger than usual after a loss or a win. Facts, no claim."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple, NotRequired, TypedDict, cast

from coach.model.insights import Tag
from coach.model.times import MINUTE_US, instant
from coach.values import dataclass
from coach.wording import numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coach.engine.features.context import Context
    from coach.engine.statistics.arrays import Flags, Integers
    from coach.model.insights import Bias, Fact

LARGER = 1.25


class AfterLoss(TypedDict):
    """The minutes since which losing trade, its net result, and the times of the usual size.

    `losses_in_a_row` is missing where the loss is not the last close before the entry.
    """

    minutes_after_loss: float
    size_ratio: float
    loss: str
    currency: str
    loss_trade: str
    losses_in_a_row: NotRequired[int]


class AfterWin(TypedDict):
    """The minutes since which winning trade, its net result, and the times of the usual size."""

    minutes_after_win: float
    size_ratio: float
    win: str
    currency: str
    win_trade: str
    wins_in_a_row: NotRequired[int]


@dataclass(frozen=True, slots=True)
class Larger:
    """Which tag is made, by which formula, and what it followed."""

    bias: Bias
    formula: str
    after: Literal["loss", "win"]
    at_least: float = LARGER


class _Cause(NamedTuple):
    """The close that an entry followed; `in_a_row` is None where it was not the last one."""

    minutes: float
    size_ratio: float
    net: str
    currency: str
    trade: str
    in_a_row: int | None


def larger_entries(
    context: Context, kind: Larger, wanted: Flags, causes: Integers | None = None
) -> list[Tag]:
    """Tag the `wanted` (n,) entries that are so many times their usual size, oldest first.

    `causes` (n,) are the rows of the closes that they followed; without it the last one before.
    """
    import numpy as np

    before = context.preceding if causes is None else causes
    usual = np.nan_to_num(context.usual, nan=np.inf)
    larger = context.history.notional / usual >= kind.at_least
    rows = np.flatnonzero(wanted & larger & (before >= 0)).tolist()
    return [_tag(context, kind, row, int(before[row])) for row in rows]


def after_loss_text(facts: AfterLoss) -> str:
    """Return what an entry after a loss was, in words."""
    losses = facts.get("losses_in_a_row")
    return ", ".join(
        (
            _after(facts["minutes_after_loss"], "loss", facts["loss"], facts["currency"]),
            *larger_text(facts["size_ratio"]),
            *(() if losses is None else (f"{numbers.counted(losses, 'loss', 'losses')} in a row",)),
        )
    )


def after_win_text(facts: AfterWin) -> str:
    """Return what an entry after a win was, in words."""
    wins = facts.get("wins_in_a_row")
    return ", ".join(
        (
            _after(facts["minutes_after_win"], "win", facts["win"], facts["currency"]),
            *larger_text(facts["size_ratio"]),
            *(() if wins is None else (f"{numbers.counted(wins, 'win')} in a row",)),
        )
    )


def larger_text(ratio: float | None) -> tuple[str, ...]:
    """Return how large an entry was beside the usual; nothing where that is not known."""
    return (f"{numbers.measure(ratio)} x usual size",) if ratio else ()


def as_facts(facts: Mapping[str, object]) -> dict[str, Fact]:
    """Return the facts that a habit's module types, as a tag keeps them."""
    return cast("dict[str, Fact]", dict(facts))


def _after(minutes: float, outcome: str, net: str, currency: str) -> str:
    amount = numbers.money(abs(Decimal(net)), currency)
    return f"{numbers.span(minutes)} after a {outcome} of {amount}"


def _tag(context: Context, kind: Larger, row: int, before: int) -> Tag:
    history = context.history
    cause = _cause(context, row, before)
    facts = _after_loss(cause) if kind.after == "loss" else _after_win(cause)
    return Tag(
        bias=kind.bias,
        trade_id=history.ids[row],
        at=instant(int(history.opened_us[row])),
        fill_keys=(*history.exit_fills[before], *history.entry_fills[row]),
        facts=as_facts(facts),
        formula=kind.formula,
        event_keys=history.entry_fills[row],
    )


def _cause(context: Context, row: int, before: int) -> _Cause:
    from coach.engine.statistics.words import significant

    history = context.history
    gap_us = int(history.opened_us[row] - history.closed_us[before])
    is_last = before == context.preceding[row]
    return _Cause(
        minutes=significant(gap_us / MINUTE_US),
        size_ratio=significant(float(history.notional[row] / context.usual[row])),
        net=format(history.trips[before].net, "f"),
        currency=history.trips[before].quote,
        trade=history.ids[before],
        in_a_row=abs(int(context.streak[row])) if is_last else None,
    )


def _after_loss(cause: _Cause) -> AfterLoss:
    facts: AfterLoss = {
        "minutes_after_loss": cause.minutes,
        "size_ratio": cause.size_ratio,
        "loss": cause.net,
        "currency": cause.currency,
        "loss_trade": cause.trade,
    }
    if cause.in_a_row is not None:
        facts["losses_in_a_row"] = cause.in_a_row
    return facts


def _after_win(cause: _Cause) -> AfterWin:
    facts: AfterWin = {
        "minutes_after_win": cause.minutes,
        "size_ratio": cause.size_ratio,
        "win": cause.net,
        "currency": cause.currency,
        "win_trade": cause.trade,
    }
    if cause.in_a_row is not None:
        facts["wins_in_a_row"] = cause.in_a_row
    return facts
