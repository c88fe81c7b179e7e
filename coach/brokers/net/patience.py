"""How long a broker is asked again: trouble that may pass, the pauses, and an end to all of it.

The clock and the sleep are given, so that nothing here waits in a test.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from coach.errors import BrokerTrouble, CoachError

TRIES = 6
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 8.0
PATIENCE_S = 60.0
"""For one question: its answers and the pauses between them, all together."""
COMMAND_S = 3_600.0
"""For all that one command asks."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error that may pass: how often it is worth trying, and the wait that was asked for."""

    error: CoachError
    tries: int = TRIES
    wait_s: float | None = None


class Patience:
    """Asks a broker again where it helps, for as long as one question and one command may take."""

    def __init__(
        self,
        broker: str,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        longest_s: float = PATIENCE_S,
    ) -> None:
        self._broker = broker
        self._longest_s = longest_s
        self._now = now
        self._sleep = sleep
        self._began: datetime | None = None

    def ask(self, send: Callable[[], T | Trouble]) -> T:
        """Return the answer; raise the error of trouble that does not pass.

        It is tried again with growing pauses, or with those the broker asks for, as long as the
        answers and pauses together stay within the longest time, PATIENCE_S unless given. The
        fact `wait_s` of an error that is raised is the wait that the broker asked for.
        """
        self._check_command_time()
        began, attempt = self._now(), 0
        while True:
            answer = send()
            if not isinstance(answer, Trouble):
                return answer
            attempt += 1
            wait = _pause(attempt) if answer.wait_s is None else answer.wait_s
            waited = (self._now() - began).total_seconds() + wait
            if attempt >= answer.tries or waited > self._longest_s:
                answer.error.facts["wait_s"] = answer.wait_s
                raise answer.error
            self._sleep(wait)

    def _check_command_time(self) -> None:
        now = self._now()
        self._began = self._began or now
        if (now - self._began).total_seconds() > COMMAND_S:
            raise BrokerTrouble(
                remedy="shorten_sync",
                broker=self._broker,
                reason=f"its answers take more than {COMMAND_S:.0f} s (limit)",
            )


def _pause(attempt: int) -> float:
    return min(FIRST_WAIT_S * 2.0 ** (attempt - 1), LONGEST_WAIT_S)
