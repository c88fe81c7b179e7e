"""A desk: whose data, over which connection, by which clock, in which folders."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection

from coach.model.accounts import User
from coach.model.home import Home


@dataclass(frozen=True, slots=True)
class Desk:
    """What every call needs. `connection` is in autocommit; `connect` opens a further one."""

    connection: Connection[Any]
    connect: Callable[[], Connection[Any]]
    user: User
    clock: Callable[[], datetime]
    home: Home
