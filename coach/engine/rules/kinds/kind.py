"""What a kind of rule is: all that coach knows of it, in one value that the kind's module makes.

No field has a default: a kind that does not say what it needs, or how far it looks back, cannot
be made. Modules of kinds load no numpy before they judge, since every command may load them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, NamedTuple, TypeVar, cast

from coach.values import dataclass
from coach.wording.facts import tell_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from coach.engine.rules.ground import Ground, Hit
    from coach.engine.rules.params import Bounds, Params
    from coach.engine.statistics.arrays import Flags, Floats
    from coach.model.insights import Bias, Fact
    from coach.model.rules import RuleKind
    from coach.wording.facts import FactText

Facts = TypeVar("Facts", bound=Mapping[str, object])
Need = Literal["candles", "equity", "orders", "price", "zone"]
"""The zone is always known; a rule that needs it holds something else in another zone."""
Looser = Literal["up", "down", "more", "fewer", "ask"]
Unit = Literal["as it is", "pause", "limit", "count"]

A_WEEK_OF_DAYS: Final = 9
"""A week, and the hours by which clocks differ."""


class LookBack(NamedTuple):
    """How far a rule looks back: days of trades (None: all), and newest entries and closes.

    `losses` says that it counts a run of losing closes, however long it is.
    """

    days: float | None
    trades: int
    losses: bool = False


def a_week(_params: Params) -> LookBack:
    """Return the look-back of a rule that counts within days or weeks."""
    return LookBack(A_WEEK_OF_DAYS, 0)


def nothing(_params: Params) -> frozenset[Need]:
    """Return what a rule needs beside the trades: nothing."""
    return frozenset()


def always(*needs: Need) -> Callable[[Params], frozenset[Need]]:
    """Return the needs of a kind whose parameters do not change them."""
    return lambda _params: frozenset(needs)


def no_reason(_params: Params) -> str:
    """Say of a kind that with any of its parameters a rule can be broken, and kept."""
    return ""


def every_trade(_params: Params, ground: Ground) -> Flags:
    """Say that every trade can be judged, (n,)."""
    import numpy as np

    return np.ones(len(ground.history), np.bool_)


@dataclass(frozen=True, slots=True)
class Scale:
    """How the threshold of a kind is learned: from answers about which habit, in which unit.

    `score` returns (n,) with nan for entries at which the rule could not fire.
    """

    bias: Bias
    unit: Unit
    score: Callable[[Params, Ground], Floats]

    def theta(self, value: float) -> float:
        """Return the theta of what a rule promises."""
        if self.unit == "pause":
            return 1.0 / value
        return float(value + 1 if self.unit == "limit" else value)

    def value(self, theta: float) -> float:
        """Return what a rule promises at a theta: a whole number where it takes no other."""
        from coach.engine.statistics.words import significant

        value = significant(1.0 / theta if self.unit == "pause" else theta)
        whole = round(value) if value.is_integer() else value
        return whole - (self.unit == "limit")

    def grid(self, values: tuple[float, ...]) -> tuple[float, ...]:
        """Return the thetas of these promises, rising."""
        return tuple(sorted(self.theta(value) for value in values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[Facts]):
    """A kind of rule.

    - `version` counts the versions of its arithmetic.
    - `params` holds a JSON Schema each. `one_of` names parameters of which exactly one is given;
      those and `optional` ones may be missing. `help` are its lines on the help page.
    - `sentence` reads a rule aloud. `breach` is the sentence of a breach, with a name in braces
      for each text that `texts` makes of its facts.
    - `needs` returns what a rule cannot be judged without, beside the round trips, `looks_back`
      how many of those, and `judged` at which trades enough is known (n,).
    - `looser` says in which direction a parameter makes the promise easier to keep ("more" and
      "fewer" are of lists, "ask" asks `loosens`, and where there is none any change loosens).
    - `threshold` is the parameter that may be learned, empty where there is none, and `scale` how
      it is learned, None where no labelled habit answers for it.
    - `vacuous` returns why a rule can never be broken, or always is, empty where neither is so.
    - `hits` yields where a rule was broken. `broken_by_waiting` marks a kind that no order
      breaks, only time that passes.
    """

    name: RuleKind
    version: int
    title: str
    params: Mapping[str, Bounds]
    one_of: tuple[str, ...]
    optional: tuple[str, ...]
    help: tuple[str, ...]
    sentence: Callable[[Params], str]
    breach: str
    texts: Callable[[Facts], Mapping[str, FactText]]
    needs: Callable[[Params], frozenset[Need]]
    looks_back: Callable[[Params], LookBack]
    judged: Callable[[Params, Ground], Flags]
    looser: Mapping[str, Looser]
    loosens: Callable[[Params, Params], bool] | None
    threshold: str
    scale: Scale | None
    hits: Callable[[Params, Ground], Iterator[Hit[Facts]]]
    vacuous: Callable[[Params], str]
    broken_by_waiting: bool

    @property
    def formula(self) -> str:
        """Return the kind and the version of its arithmetic: what a breach rests on."""
        return f"{self.name}@{self.version}"

    def required(self) -> list[str]:
        """Return the parameters that must be given."""
        free = {*self.one_of, *self.optional}
        return [
            name
            for name, bounds in self.params.items()
            if name not in free and "default" not in bounds
        ]

    def breach_texts(self, facts: Mapping[str, Fact]) -> Mapping[str, FactText]:
        """Return the texts of the facts that the kind's own `hits` gave a breach."""
        return tell_apart(self.texts(cast("Facts", facts)))

    def describe(self, facts: Mapping[str, Fact]) -> str:
        """Return the sentence of a breach."""
        texts = self.breach_texts(facts)
        return self.breach.format(**{name: text.shown for name, text in texts.items()})


AnyKind = Kind[Any]
