"""Keeping what one device acknowledges, at most once a second."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

import psycopg

from coach.engine.outbox import devices
from coach.engine.outbox.devices import DevicePosition
from coach.engine.relay.readers import Readers
from coach.errors import DatabaseTrouble
from coach.model.accounts import UserId

EVERY_S = 1.0
"""Between two times that a position is written down."""


class DeviceCursor:
    """How far one device is; whoever drives its stream passes on each acknowledgement.

    What is not written yet when a process dies is sent again. A database that does not answer is
    asked again later: nothing that is sent depends on it. `ticks` below are seconds of any clock
    that does not go back.
    """

    def __init__(
        self, readers: Readers, user_id: UserId, device: str, clock: Callable[[], datetime]
    ) -> None:
        self._readers = readers
        self._user_id = user_id
        self.name = device
        self._clock = clock
        self._waiting: tuple[str, int] | None = None
        self._written = float("-inf")

    def open(self) -> DevicePosition | None:
        """Return how far the device was, None for a new one; those long unseen are forgotten."""
        with self._readers.connection() as connection:
            devices.purge(connection, self._clock())
            return devices.position(connection, self._user_id, self.name)

    def ack(self, epoch: str, seq: int) -> None:
        """Note that the device has applied all events of an epoch up to this number."""
        self._waiting = epoch, seq

    def flush(self, ticks: float) -> None:
        """Write down what is acknowledged, unless that was done less than a second ago."""
        if self._waiting is None or ticks - self._written < EVERY_S:
            return
        self._written = ticks
        with suppress(psycopg.OperationalError, DatabaseTrouble):
            with self._readers.connection() as connection:
                devices.acknowledge(
                    connection, self._user_id, self.name, self._waiting, self._clock()
                )
            self._waiting = None

    def close(self) -> None:
        """Write down what is acknowledged."""
        self.flush(float("inf"))
