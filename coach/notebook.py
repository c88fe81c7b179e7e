"""What a notebook asks: trades, fills and findings as frames of pandas; nothing is ever written."""

from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self

from coach.advice.exports.nouns import exported_nouns
from coach.engine.api.exports import exports
from coach.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

    from coach.engine.api.exports.exports import ExportedNoun
    from coach.engine.api.session import Session


class Notebook:
    """A user's data, to be read: each frame is of one moment, in a transaction that only reads.

    Amounts are `Decimal`, times are in UTC, what has parts (tags, costs) is JSON. It belongs to the
    thread that opened it, and is closed by `close` or at the end of a `with`.
    """

    def __init__(self, session: "Session", closing: ExitStack) -> None:
        self._session = session
        self._closing = closing

    @property
    def nouns(self) -> tuple[str, ...]:
        """The nouns that `frame` knows."""
        return tuple(self._nouns())

    def trades(self) -> "DataFrame":
        """Return the closed round trips, oldest first."""
        return self.frame("trades")

    def fills(self) -> "DataFrame":
        """Return the fills of all accounts, oldest first."""
        return self.frame("fills")

    def findings(self) -> "DataFrame":
        """Return what is found of each habit over the last 90 days."""
        return self.frame("findings")

    def frame(self, noun: str) -> "DataFrame":
        """Return a noun by its name; NotFound for another name."""
        found = self._nouns().get(noun)
        if found is None:
            raise NotFound(f"the nouns are {', '.join(self.nouns)}", kind="noun", name=noun)
        with exports.still_moment(self._session):
            return exports.frame(found)

    def close(self) -> None:
        """Give the connection back."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _nouns(self) -> "Mapping[str, ExportedNoun]":
        return exported_nouns(self._session)


def open_notebook(home: str = "", user: str = "") -> Notebook:
    """Open the data of a user, by default as `coach` does: COACH_HOME and COACH_USER say which.

    NotInitialised where nothing was imported yet, DatabaseTrouble where the tables are of another
    coach.
    """
    from coach.settings.reading import from_process
    from coach.settings.values import Setting
    from coach.wiring import open_session

    given = {"home": home, "user": user}
    wanted = {
        name: Setting(name, value, "argument of coach.open")
        for name, value in given.items()
        if value
    }
    with ExitStack() as stack:
        session = stack.enter_context(open_session(from_process(wanted)))
        exports.only_read(session)
        return Notebook(session, stack.pop_all())
