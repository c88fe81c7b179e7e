"""Sentences about rules: what a check and a dry run found, a proposal, what a rule waits for.

What a rule promises and how it was broken its kind says, in `engine/rules/kinds`.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from coach.model.insights import Cost
from coach.wording import numbers

CHECK_GAPS: Final[Mapping[str, str]] = {
    "no_price": "no price of {symbol} is known",
    "no_candles": "there are no candles of {symbol}",
    "old_candles": "the candles of {symbol} do not reach from a week ago up to now",
    "no_open_profit": "the open profit is not known, for want of candles",
    "no_equity": "no equity is declared",
    "several_currencies": "equity counts in one quote currency, and you use several",
    "too_few_entries": "there are fewer than 5 earlier entries to compare with",
    "only_time": "only time that passes breaks it, no order does",
    "nothing_held": "no {symbol} is held that coach knows of",
}


def describe_check(broken: int, judged: int, rules: int) -> str:
    """Say how many of the rules that could be judged a trade would break."""
    if not rules:
        return "you have no active rules, so nothing was judged"
    if not judged:
        return f"cannot be said: none of your {numbers.counted(rules, 'rule')} could be judged"
    if judged == rules:
        return f"{broken or 'none'} of your {numbers.counted(rules, 'rule')} would be broken"
    return (
        f"{broken or 'none'} of the {numbers.counted(judged, 'rule')} that could be judged would be"
        f" broken; {numbers.limit(rules - judged)} could not"
    )


def describe_check_gaps(reasons: Iterable[str], symbol: str) -> str:
    """Say why a rule could not be judged for a trade."""
    return "; ".join(CHECK_GAPS[reason].format(symbol=symbol) for reason in reasons)


def describe_caught(caught: int, entries: int, outcomes: Mapping[str, int]) -> str:
    """Say how many entries a rule would have caught and how those ended; `outcomes` in words."""
    found = f"caught {numbers.limit(caught)} of {numbers.counted(entries, 'entry', 'entries')}"
    if not caught:
        return found
    ended = ", ".join(f"{numbers.limit(count)} {words}" for words, count in outcomes.items())
    return f"{found}: {ended}"


def describe_cost(cost: Cost) -> tuple[str, str, str]:
    """Say in three lines what entries cost beside others: the estimate, its interval, the fees."""
    unit = cost.currency
    estimate, low, high = (
        numbers.amount(Decimal(repr(value)), unit, sign=True)
        for value in (cost.estimate, *cost.interval)
    )
    luck = "" if cost.measurable else ": cannot tell from luck"
    fees = numbers.money(Decimal(cost.fees), unit)
    return (
        f"beside your other entries of the same weeks they cost {estimate} {unit}",
        f"(likely {low} to {high} {unit}{luck})",
        f"fees alone {fees}",
    )


def describe_lacks(lacks: Iterable[str]) -> str:
    """Say what is missing to judge a rule."""
    return f"not judged without {', '.join(lacks)}"


def describe_wait(until: str) -> str:
    """Say until when the lock of a rule holds a change back."""
    return f"the rule is locked: the change waits until {until}"


def describe_setting(name: str, account: str, value: str) -> str:
    """Name a setting and its value: `zone Asia/Tokyo`, `equity 5,000 of account main`."""
    if not account:
        return f"{name} {value}"
    return f"{name} {Decimal(value):,f} of account {account}"


def describe_setting_wait(rules: Sequence[str], setting: str, until: str) -> str:
    """Say until when the locks of rules hold a change of a setting back."""
    locked = f"the rule {rules[0]} is" if len(rules) == 1 else f"the rules {', '.join(rules)} are"
    return f"{locked} locked: the change to {setting} waits until {until}"


def describe_share(mean: float, low: float, high: float) -> str:
    """Return a share with its interval: `60 % (41-77)`."""
    ends = "-".join(numbers.whole_percent(end, "") for end in (low, high))
    return f"{numbers.whole_percent(mean)} ({ends})"


def describe_proposal(proposal: Mapping[str, object]) -> str:
    """Say in short what a proposal, as the views show it, would change and how it stands."""
    change = f"{proposal['param']} {proposal['was']} to {proposal['now']}"
    what = f"mute {proposal['rule_id']}" if proposal["kind"] == "mute" else change
    name = "taken back" if proposal["kind"] == "rollback" else "proposal"
    return f"{name} {proposal['id']}: {what} ({proposal['state']})"
