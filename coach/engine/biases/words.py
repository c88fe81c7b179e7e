"""What coach says of a habit: its words, which the habit's own module brings.

No field has a default: a habit that does not bring its words cannot be made. `EffectUnit` writes an
effect once for every face, so that all of them show the same number and the same unit.
"""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar, cast

from coach.values import dataclass
from coach.wording import numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from coach.model.insights import Fact

Facts = TypeVar("Facts")
"""The facts of a tag, as the habit's module types them."""

LARGEST_RATIO: Final = 1000.0
"""What stands for a ratio of rates that has no upper end."""
IN_CLAIM: Final = frozenset({"effect", "interval", "n", "level"})


def unchanged(effect: float) -> float:
    """Return the effect as the detector returns it."""
    return effect


def in_percent(effect: float) -> float:
    """Return a share of one in percent."""
    return 100 * effect


def inverse(effect: float) -> float:
    """Return one over the effect; infinity of nothing."""
    return 1 / effect if effect else float("inf")


class EffectUnit(NamedTuple):
    """How an effect is shown: the unit behind the number, and the number that people read.

    `singular` is the unit of exactly 1, where it differs. `most` stands for a ratio without an
    upper end: nothing was seen on the other side.
    """

    unit: str
    number: Callable[[float], float]
    singular: str | None = None
    most: float = float("inf")

    def text(self, effect: float) -> str:
        """Return the effect with its unit: `19.2 percentage points`, `over 1,000 times`."""
        shown = self._shown(self.number(effect))
        return f"{shown}{self.singular if self.singular and shown == '1' else self.unit}"

    def ends(self, interval: tuple[float, float]) -> tuple[str, str]:
        """Return the lower and the upper end of an interval, without the unit."""
        low, high = sorted(self.number(end) for end in interval)
        return self._shown(low), self._shown(high)

    def _shown(self, number: float) -> str:
        over = number >= self.most
        return f"over {numbers.measure(self.most)}" if over else numbers.measure(number)


PERCENTAGE_POINTS: Final = EffectUnit(" percentage points", in_percent, " percentage point")
PERCENT: Final = EffectUnit(" %", in_percent)
TIMES_AS_OFTEN: Final = EffectUnit(" times as often", unchanged, most=LARGEST_RATIO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words(Generic[Facts]):
    """The words of a habit.

    - `name` is its name in prose.
    - `unit` says how its effect is shown. `above` is the sentence of an effect above zero, `below`
      of one below zero, which shows its size; None where no effect lies below zero. Both hold
      `{effect}`.
    - `claim` is the digest's sentence, in the past tense and about nobody in person. It holds
      `{effect}`, `{interval}`, `{n}` and `{level}`.
    - `counted` is what `n` counts, one of it and several.
    - `supporting` says what the trades for it are, `opposing` those against it, empty where none
      speak against it.
    - `also` are names that others give it, in small letters with underscores.
    - `tag` reads the facts of one of its tags aloud; None for a habit that tags nothing.
    """

    name: str
    unit: EffectUnit
    above: str
    below: str | None
    claim: str
    counted: tuple[str, str]
    supporting: str
    opposing: str
    also: tuple[str, ...]
    tag: Callable[[Facts], str] | None

    def __post_init__(self) -> None:
        """Refuse sentences that lack a number or hold one that nobody fills in."""
        for sentence in (self.above, self.below):
            if sentence is not None and names_in(sentence) != {"effect"}:
                raise ValueError(f"the sentence {sentence!r} has to hold {{effect}}")
        if names_in(self.claim) != IN_CLAIM:
            raise ValueError(f"the claim {self.claim!r} has to hold {sorted(IN_CLAIM)}")

    def sentence(self, effect: float, interval: tuple[float, float] | None) -> str:
        """Return what was found, with the interval where there is one."""
        sign, sentence = 1, self.above
        if effect < 0 and self.below is not None:
            sign, sentence = -1, self.below
        found = sentence.format(effect=self.unit.text(sign * effect))
        if interval is None:
            return found
        low, high = self.unit.ends((sign * interval[0], sign * interval[1]))
        return f"{found} (likely {low} to {high})"

    def tag_text(self, facts: Mapping[str, Fact]) -> str:
        """Return the facts that the habit's own `tags` gave a tag, as a sentence."""
        return facts_by_name(facts) if self.tag is None else self.tag(cast("Facts", facts))


AnyWords = Words[Any]


def names_in(sentence: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def facts_by_name(facts: Mapping[str, Fact]) -> str:
    """Return facts as names and values: those of a tag whose habit is not installed any more."""
    return ", ".join(f"{name} {_plain(fact)}" for name, fact in facts.items())


def _plain(fact: Fact) -> str:
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    return "unknown" if fact is None else str(fact)
