"""Detectors of others: looked at before they are asked, and kept from breaking the rest.

A stranger's code may raise anything at any time; what it raises becomes a sentence, not an end.
Without any, no numpy is loaded.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from coach.engine.biases.detector import Detector, Measurement, Window, no_rows
from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.biases.words import EffectUnit, facts_by_name
from coach.engine.digest.words import SENTENCES
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from coach.engine.biases.words import AnyWords
    from coach.engine.features.context import Context
    from coach.model.insights import Cost, Fact, Tag

GROUP = "coach.detectors"
RESERVED = {name.removeprefix("trait.") for name in SENTENCES if name.startswith("trait.")}
NAME = re.compile(r"[a-z_]{3,40}")


@dataclass(frozen=True, slots=True)
class Plugin:
    """What another package offers: its name there, and how it is loaded."""

    name: str
    load: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Extra:
    """The detectors that may be asked beside ours, and a sentence for each that may not.

    `versions` are those of the packages that they come from, and of those that arithmetic is left
    to: `numpy 2.4.1`.
    """

    detectors: tuple[Detector, ...]
    warnings: tuple[str, ...]
    versions: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[Detector, ...]:
        """Ours, then theirs."""
        return (*HABITS.values(), *self.detectors)


def extra(plugins: Sequence[Plugin]) -> Extra:
    """Load plug-ins in order of their names; a broken one is left out with a warning."""
    taken = set(HABITS)
    detectors, warnings = list[Detector](), list[str]()
    for plugin in sorted(plugins, key=lambda one: one.name):
        found = _loaded(plugin, taken)
        if isinstance(found, str):
            warnings.append(f"detector {plugin.name} is left out: {found}")
        else:
            taken.add(found.bias)
            detectors.append(_guarded(found))
    return Extra(tuple(detectors), tuple(warnings))


def _loaded(plugin: Plugin, taken: set[str]) -> Detector | str:
    """Return the detector, or why it cannot be asked."""
    try:
        found = plugin.load()
        if not isinstance(found, Detector):
            return f"it is a {type(found).__name__}, not a Detector"
        if complaint := _misnamed(found, taken) or _wordless(found.words):
            return complaint
        from coach.engine.features.context import context
        from coach.engine.features.history import history

        answer: object = found.measure(context(history([])), Window(0, 1), 0)
        if not isinstance(answer, Measurement):
            return f"it measures a {type(answer).__name__}, not a Measurement"
    except Exception as trouble:  # noqa: BLE001 -- a stranger's code may raise anything
        return _without_words(trouble) or _one_line(trouble)
    return found


def _misnamed(found: Detector, taken: set[str]) -> str:
    if not NAME.fullmatch(found.bias):
        return f"its bias {found.bias!r} is not 3 to 40 small letters or underscores"
    if found.bias in taken:
        return f"there is a bias {found.bias!r} already"
    return f"{found.bias!r} means something else in a digest" if found.bias in RESERVED else ""


def _wordless(words: AnyWords) -> str:
    """Return why the words of a habit cannot be shown."""
    texts: tuple[object, ...] = (words.name, words.supporting, words.opposing, words.unit.unit)
    wrong = [text for text in (*texts, *words.counted) if not isinstance(text, str)]
    return f"its words hold {wrong[0]!r}, which is not text" if wrong else ""


def _without_words(trouble: Exception) -> str:
    """Return what a detector lacks that was made before detectors brought their words."""
    of_before = isinstance(trouble, TypeError) and "argument: 'words'" in str(trouble)
    return (
        "it brings no words: a Detector takes `words`, see docs/detectors.md" if of_before else ""
    )


def _guarded(found: Detector) -> Detector:
    """Return the same detector, whose trouble is a lack of data and nothing more."""

    def measure(known: Context, window: Window, seed: int) -> Measurement:
        try:
            answer = found.measure(known, window, seed)
        except Exception as trouble:  # noqa: BLE001 -- as above
            return _broken(_one_line(trouble))
        return answer if _finite(_values_of(answer)) else _broken("it told a number that is none")

    def cost(known: Context, window: Window, seed: int) -> tuple[Cost, ...]:
        try:
            priced = found.cost(known, window, seed)
        except Exception:  # noqa: BLE001 -- a finding without a price is still a finding
            return ()
        return tuple(one for one in priced if _finite((one.estimate, *one.interval)))

    def tags(known: Context) -> list[Tag]:
        try:
            tagged = found.tags(known)
        except Exception:  # noqa: BLE001 -- as above
            return []
        return [tag for tag in tagged if _finite(tag.facts.values())]

    return replace(found, measure=measure, cost=cost, tags=tags, words=_guarded_words(found.words))


def _guarded_words(words: AnyWords) -> AnyWords:
    """Return the same words, which fall back on plain numbers and names where they raise."""

    def number(effect: float) -> float:
        try:
            return float(words.unit.number(effect))
        except Exception:  # noqa: BLE001 -- as above
            return effect

    def tag(facts: Mapping[str, Fact]) -> str:
        try:
            return words.tag_text(facts)
        except Exception:  # noqa: BLE001 -- as above
            return facts_by_name(facts)

    return replace(words, unit=EffectUnit(words.unit.unit, number), tag=tag)


def _broken(how: str) -> Measurement:
    return Measurement(0, 0, no_rows(), {}, None, lacks=(f"a detector that works ({how})",))


def _values_of(answer: Measurement) -> Iterator[object]:
    """Yield all values of a measurement that coach would show."""
    yield from (*answer.sample.values(), *answer.progress.values(), *answer.facts.values())
    yield from (answer.effect, *(answer.interval or ()))
    verdict = answer.verdict
    if verdict is not None:
        yield from (verdict.p, verdict.posterior.mean, verdict.posterior.deviation)
        yield from (verdict.effect, *verdict.interval, *verdict.facts.values())


def _finite(values: Iterable[object]) -> bool:
    """Whether no value is an infinite number or none; no JSON could carry it."""
    return all(math.isfinite(value) for value in values if isinstance(value, float))


def _one_line(trouble: Exception) -> str:
    lines = str(trouble).strip().splitlines()
    return f"{type(trouble).__name__}: {lines[0]}" if lines else type(trouble).__name__
