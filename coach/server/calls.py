"""One call of a route: the session of its request, and the settings of the server."""

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from coach.wording import moments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.candles import CandlePlaces
    from coach.engine.api.session import Session
    from coach.settings.values import Settings


@dataclass(frozen=True, slots=True)
class ApiCall:
    """What a route answers from; `heard` are warnings that come up on the way."""

    session: "Session"
    settings: "Settings"
    heard: list[str] = field(default_factory=list)

    @property
    def zone(self) -> str:
        """Return the zone of the user, in which days are typed."""
        return self.session.user.zone

    @property
    def is_of_owner(self) -> bool:
        """Say whether the user is who runs coach."""
        return self.session.user.name == self.settings.user

    def since(self, text: str | None) -> datetime | None:
        """Return the first moment of what a text names."""
        return moments.since(text, self.zone, self.session.clock())

    def until(self, text: str | None) -> datetime | None:
        """Return the first moment after what a text names."""
        return moments.until(text, self.zone, self.session.clock())

    @contextmanager
    def candle_places(self) -> "Iterator[CandlePlaces]":
        """Open where candles are; what is to be said of that is heard."""
        from coach.wiring import candle_places

        settings = replace(self.settings, user=self.session.user.name)
        places = candle_places(settings, self.heard.append)
        try:
            yield places
        finally:
            places.hot.close()
