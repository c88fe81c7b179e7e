"""Presets: rules to begin with, of whom they are and as of when."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from coach.model.events import Json
from coach.model.rules import RuleKind
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.promises.presets import PresetView

PRESETS = (
    Column("name", "preset"),
    Column("title", "for"),
    Column("source_date", "as of"),
    Column("source", "source"),
    Column("sizes"),
    Column("rules"),
    Column("notes"),
)


class PresetRuleRow(TypedDict):
    """A rule of a preset."""

    kind: RuleKind
    params: Mapping[str, Json]
    sentence: str


class PresetRow(TypedDict):
    """A preset; one of coach's own has no `source`. Without `sizes` it takes any account."""

    name: str
    title: str
    source: str
    source_date: date | None
    sizes: Sequence[int]
    notes: Sequence[str]
    rules: list[PresetRuleRow]


def preset(view: "PresetView") -> PresetRow:
    """Return a preset."""
    return {
        "name": view.name,
        "title": view.title,
        "source": view.source,
        "source_date": view.source_date,
        "sizes": view.sizes,
        "notes": view.notes,
        "rules": [
            {"kind": one.kind, "params": one.params, "sentence": one.sentence} for one in view.rules
        ],
    }
