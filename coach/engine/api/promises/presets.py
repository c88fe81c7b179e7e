"""Presets: sets of rules to begin with, each with its source and the source's date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.engine.rules.presets import examples, preset_rules
from coach.engine.rules.schema import sentence
from coach.model.rules import Rule, RuleId

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from coach.engine.rules.params import Params
    from coach.engine.rules.presets import PresetRules
    from coach.model.events import Json
    from coach.model.rules import RuleKind


@dataclass(frozen=True, slots=True)
class PresetRuleView:
    """A rule of a preset, read aloud."""

    kind: RuleKind
    params: Params
    sentence: str


@dataclass(frozen=True, slots=True)
class PresetView:
    """A preset: of whom it is, as of when, for which sizes of account, and what it promises.

    One of our own has no source and no date. No `sizes`: it takes any.
    """

    name: str
    title: str
    source: str
    source_date: date | None
    sizes: tuple[int, ...]
    notes: tuple[str, ...]
    rules: tuple[PresetRuleView, ...]


def presets() -> list[PresetView]:
    """Return every preset, a programme with the numbers of one size of account."""
    return [_view(one) for one in examples()]


def preset_view(name: str, account: Mapping[str, Json]) -> PresetView:
    """Return one preset for the account that was given; UsageError where it takes no such thing."""
    return _view(preset_rules(name, account))


def _view(found: PresetRules) -> PresetView:
    return PresetView(
        name=found.name,
        title=found.title,
        source=found.source,
        source_date=found.source_date,
        sizes=found.sizes,
        notes=found.notes,
        rules=tuple(
            PresetRuleView(kind, params, sentence(Rule(RuleId(kind), kind, params, active=True)))
            for kind, params in found.rules
        ),
    )
