"""What the handler of a run works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.engine.api.candles import CandlePlaces
    from coach.engine.api.session import Session
    from coach.engine.periodic.possible import PeriodicWishes


@dataclass(frozen=True, slots=True)
class Workplace:
    """What a handler works with: the session of the run's user, where candles are, the settings.

    A run of the installation has the session of the user in the settings.
    """

    session: Session
    candle_places: Callable[[], CandlePlaces]
    wishes: PeriodicWishes
