"""Leaving a fill out, and taking it back: its books are made anew as after an import."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from coach.engine.conclusions import announcements
from coach.engine.history.inputs import AnalysisInputs
from coach.engine.imports.derive import derive
from coach.engine.imports.left_out.marks import covered_reading, decisions_about, mark
from coach.engine.imports.match import IncrementalMatching
from coach.engine.imports.undo import NO_RUN, touched_books
from coach.engine.store.connect import CoachConnection
from coach.engine.store.fills import RunTarget
from coach.engine.store.imports import id_readings
from coach.engine.store.single_fills import left_out
from coach.model.accounts import Account, User
from coach.model.events import NewEvent
from coach.model.fills import FillKey

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class FillDecider:
    """For whom and in which account a fill is left out, and how conclusions are drawn of it.

    Whoever uses it holds the import lock and a transaction.
    """

    connection: CoachConnection
    user: User
    account: Account
    clock: Now
    analysis: AnalysisInputs

    def leave_out(self, key: FillKey, reason: str) -> list[NewEvent]:
        """Leave a stored fill out, make its books anew, and return the events of what followed."""
        shelf, connection = self._shelf(), self.connection
        n = left_out.leave_out(connection, shelf, key, reason, self.clock())
        placed = id_readings.placed_under(connection, shelf, [key])
        left_out.cover(connection, shelf, n, map(covered_reading, placed))
        return self._make_anew()

    def take_back(self, key: FillKey) -> list[NewEvent]:
        """Let a fill count again, make its books anew, and return the events of what followed."""
        numbers = decisions_about(self.connection, self._shelf(), key)
        left_out.take_back(self.connection, self.user.id, numbers, self.clock())
        return self._make_anew()

    def _make_anew(self) -> list[NewEvent]:
        marked = mark(self.connection, self._shelf())
        while_reading = IncrementalMatching(self.user.id, self.account)
        touched = touched_books(
            self.connection, self.user, self.account, sorted(marked.symbols), while_reading
        )
        scored = derive(self.connection, self.user, touched, while_reading, self.analysis)
        return announcements.of_scoring(scored)

    def _shelf(self) -> RunTarget:
        return RunTarget(self.user.id, self.account.id, NO_RUN, 0)
