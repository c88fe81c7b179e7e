"""A habit that another module could bring: entries on the hour."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from coach.engine.biases.detector import Detector, Measurement, Verdict
from coach.engine.biases.event import as_facts
from coach.engine.biases.words import EffectUnit, Words, in_percent
from coach.model.insights import Cost, Tag
from coach.model.times import HOUR_US, instant
from coach.wording import numbers

if TYPE_CHECKING:
    from coach.engine.biases.detector import Window
    from coach.engine.features.context import Context


class Facts(TypedDict):
    """The hour, and what the entry cost."""

    hour: str
    cost: str
    quote: str


def measure(context: Context, window: Window, _seed: int) -> Measurement:
    """Take any three entries on the hour for a habit."""
    import numpy as np

    from coach.engine.statistics.shrinkage import Posterior

    opened_us = context.history.opened_us
    rows = np.flatnonzero(window.holds(opened_us))
    sharp = rows[opened_us[rows] % HOUR_US == 0]
    verdict = Verdict(1e-9, Posterior(0.75, 0.01), len(sharp) / max(len(rows), 1), (0.5, 0.9))
    enough = len(sharp) >= 3
    return Measurement(
        n=len(rows),
        needed=0 if enough else 3 - len(sharp),
        affected=sharp,
        sample={"n": len(rows)},
        verdict=verdict if enough else None,
    )


def cost(_context: Context, _window: Window, _seed: int) -> tuple[Cost, ...]:
    """Price the habit: a coffee each."""
    return (Cost("USD", 12.0, (2.0, 20.0), "0", measurable=True),)


def tags(context: Context) -> list[Tag]:
    """Tag every entry on the hour."""
    history = context.history
    found = []
    for row, trip in enumerate(history.trips):
        if trip.opened_us % HOUR_US:
            continue
        at = instant(trip.opened_us)
        facts: Facts = {
            "hour": f"{at:%H:%M}",
            "cost": f"{trip.notional:f}",
            "quote": trip.quote,
        }
        keys = history.entry_fills[row]
        found.append(Tag("on_the_hour", history.ids[row], at, keys, as_facts(facts), "sharp@7"))
    return found


def tag_text(facts: Facts) -> str:
    """Return an entry on the hour in words."""
    from decimal import Decimal

    return f"sharp at {facts['hour']} for {numbers.money(Decimal(facts['cost']), facts['quote'])}"


DETECTOR = Detector(
    bias="on_the_hour",
    formula="on_the_hour@7",
    unit="share of entries",
    minimum=0.1,
    measure=measure,
    words=Words(
        name="entries on the hour",
        unit=EffectUnit(" % of entries", in_percent),
        above="{effect} came on the hour",
        below=None,
        claim="{effect} came on the hour, likely between {interval}, measured over {n}: {level}.",
        counted=("entry", "entries"),
        supporting="entries on the hour",
        opposing="",
        also=("sharpness",),
        tag=tag_text,
    ),
    cost=cost,
    tags=tags,
    weight=5.0,
)
