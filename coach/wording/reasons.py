"""Reasons in words: what the orders show, in the trader's own numbers, and what coach asks."""

from collections.abc import Callable
from typing import Final, NamedTuple

from coach.model.reasons import Reason, ReasonKind
from coach.wording import numbers

QUESTION: Final = "Is that a rule of yours?"
QUESTIONS: Final[dict[ReasonKind, str]] = {
    "hedge": "Are the two legs one trade?",
    "machine": "Is this account run by a bot, or copied from another trader?",
}
STYLES: Final[dict[ReasonKind, str]] = {
    "machine": "This account is run by a bot, or copied from another trader.",
}
"""Rules that are confirmed in other words than what the orders show."""


class _SideWords(NamedTuple):
    """The words of long trades, of short ones, or of both."""

    since: str
    high: str
    above: str
    low: str
    below: str
    fallen: str
    over_mean: str
    under_mean: str


SIDES: Final = {
    "long": _SideWords(
        since="since you bought",
        high="high",
        above="above",
        low="low",
        below="below",
        fallen="fallen farther from its high than ever",
        over_mean="above its mean",
        under_mean="below its mean",
    ),
    "short": _SideWords(
        since="since you sold short",
        high="low",
        above="below",
        low="high",
        below="above",
        fallen="risen farther from its low than ever",
        over_mean="below its mean",
        under_mean="above its mean",
    ),
    "both": _SideWords(
        since="since you opened the position",
        high="best price",
        above="from",
        low="worst price",
        below="from",
        fallen="come back farther from its best than ever",
        over_mean="on the winning side of its mean",
        under_mean="on the losing side of its mean",
    ),
}


def question_text(reason: Reason) -> str:
    """Return what the orders show, and the question whether it is a rule."""
    return f"{statement_text(reason)} {QUESTIONS.get(reason.kind, QUESTION)}"


def style_text(reason: Reason) -> str:
    """Return the rule that the trader confirmed, in their own numbers."""
    return STYLES.get(reason.kind) or statement_text(reason)


def statement_text(reason: Reason) -> str:
    """Return what the orders show, in the trader's own numbers."""
    return STATEMENTS[reason.kind](reason)


def _target(reason: Reason) -> str:
    return f"You close gains {_at_record(reason)}."


def _stop(reason: Reason) -> str:
    return f"You close losses {_at_record(reason)}."


def _signal(reason: Reason) -> str:
    return f"You close positions, in a gain or a loss, {_at_record(reason)}."


def _ladder(reason: Reason) -> str:
    side = _side(reason)
    since = side.since if reason.facts.get("state") == "worst" else "since your last order"
    steps = f"at a new {side.low} {since}, typically {_plain(reason)} apart"
    return f"You add to losing positions {steps}."


def _at_record(reason: Reason) -> str:
    side = _side(reason)
    state = reason.facts.get("state")
    if state in {"up", "over"}:
        return _beyond_mean(reason, side.over_mean)
    if state in {"down", "under"}:
        return _beyond_mean(reason, side.under_mean)
    if state == "drawdown":
        fallen = f"when the price has {side.fallen} {side.since}"
        return f"{fallen}, typically by {_plain(reason)}"
    if state == "best_lot":
        return f"{_at_a_new(side.high)}, typically {_plain(reason)} {side.above} it"
    if state == "worst_lot":
        return f"{_at_a_new(side.low)}, typically {_plain(reason)} {side.below} it"
    return f"when they reach a new {state} {side.since}, typically at {_signed(reason)}"


def _at_a_new(record: str) -> str:
    return f"at a new {record} since your last order"


def _beyond_mean(reason: Reason, where: str) -> str:
    hours = numbers.counted(float(reason.facts.get("hours") or 0), "hour")
    mean = f"{where} of the last {hours}"
    if reason.facts.get("state") in {"over", "under"}:
        return f"when the price is {mean}"
    text = f"when the price is farther {mean} than ever {_side(reason).since}"
    return text if reason.quartiles is None else f"{text}, typically at {_signed(reason)}"


def _clock(reason: Reason) -> str:
    share = numbers.whole_percent(reason.share)
    at = f"{reason.facts.get('time')} ({reason.facts.get('zone')})"
    return f"You close positions at one time of the day: {share} of them within 20 min of {at}."


def _hedge(reason: Reason) -> str:
    pair = f"{reason.facts.get('symbol')} against {reason.facts.get('other_symbol')}"
    share = numbers.whole_percent(reason.share)
    return (
        f"You trade one symbol against another, in and out together: {share} of your trades, "
        f"mostly {pair}."
    )


def _machine(reason: Reason) -> str:
    signs = list[str]()
    if reason.facts.get("round_the_clock"):
        share = numbers.whole_percent(float(reason.facts.get("quiet_share") or 0))
        signs.append(f"You open positions round the clock, {share} in the quietest six hours.")
    if reason.facts.get("one_size"):
        share = numbers.whole_percent(float(reason.facts.get("size_share") or 0))
        signs.append(
            f"You open positions at one size: {share} of the orders repeat that of their symbol."
        )
    return " ".join(signs)


def _side(reason: Reason) -> _SideWords:
    return SIDES.get(str(reason.facts.get("sides")), SIDES["both"])


def _signed(reason: Reason) -> str:
    """Return the typical number and its quartiles with their signs, the nearer to zero first."""
    return _spread(reason, sign=True)


def _plain(reason: Reason) -> str:
    """Return the typical number and its quartiles without signs."""
    return _spread(reason, sign=False)


def _spread(reason: Reason, *, sign: bool) -> str:
    middle = _number(reason.typical or 0.0, sign=sign)
    ends = [_number(one, sign=sign) for one in sorted(reason.quartiles or (), key=abs)]
    text = f"{middle} {reason.unit}"
    if not ends or ends[0] == ends[1]:
        return text
    return f"{text} (half of them {ends[0]} to {ends[1]})"


def _number(value: float, *, sign: bool) -> str:
    if not sign:
        return numbers.measure(abs(value))
    return f"+{numbers.measure(value)}" if value > 0 else numbers.measure(value)


STATEMENTS: Final[dict[ReasonKind, Callable[[Reason], str]]] = {
    "target": _target,
    "stop": _stop,
    "signal": _signal,
    "ladder": _ladder,
    "clock": _clock,
    "hedge": _hedge,
    "machine": _machine,
}
