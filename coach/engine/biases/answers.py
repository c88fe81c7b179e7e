"""Which rules answer a habit, and with which numbers to begin.

A habit names them in its module, the one to try first at the head. Where its tags carry the number
that a rule limits, the rule is offered with the trader's own: a quantile of what the tags say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from coach.model.events import Json
    from coach.model.insights import Tag

FEWEST_TAGS: Final = 5
"""Tags below which the numbers to begin with stay as the habit's module has them."""


class OwnNumber(NamedTuple):
    """The parameter of a rule that a fact of the tags sets, at a quantile of them."""

    param: str
    fact: str
    share: float


class RuleAnswer(NamedTuple):
    """A rule that answers a habit: its kind, the numbers to begin with, and the trader's own."""

    kind: str
    params: Mapping[str, Json]
    own: OwnNumber | None = None


def params_of(answer: RuleAnswer, tags: Sequence[Tag]) -> dict[str, Json]:
    """Return the parameters of the rule, with the trader's own number where tags carry one."""
    params = dict(answer.params)
    own = own_number(answer, tags)
    if answer.own is not None and own is not None:
        params[answer.own.param] = own
    return params


def own_number(answer: RuleAnswer, tags: Sequence[Tag]) -> float | None:
    """Return the trader's own number, None where too few tags carry one."""
    if answer.own is None:
        return None
    values = _numbers(answer.own.fact, tags)
    if len(values) < FEWEST_TAGS:
        return None
    return _two_digits(_quantile(values, answer.own.share))


def _numbers(fact: str, tags: Iterable[Tag]) -> list[float]:
    found = (tag.facts.get(fact) for tag in tags)
    return sorted(abs(value) for value in found if isinstance(value, int | float) and value)


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value that stands at this share of the sorted ones: one of them."""
    return ordered[round(share * (len(ordered) - 1))]


def _two_digits(value: float) -> float:
    rounded = float(f"{value:.2g}")
    return int(rounded) if rounded.is_integer() else rounded
