"""A route that changes something: its path, its body, and what does the work."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel

from coach.server.answers import ApiAnswer
from coach.server.writes.body import NoBody

Write = Callable[..., ApiAnswer]
DONE = 200
MADE = 201
QUEUED = 202


@dataclass(frozen=True, slots=True)
class WriteRoute:
    """A method and a path, what it answers, what does the work, and the body that it takes.

    `concludes` says that conclusions are drawn with it, which no import may go on beside;
    `calls_out` that another server is waited for, which no transaction stays open for.
    """

    method: str
    path: str
    answers: str
    write: Write
    body: type[BaseModel] = NoBody
    status: int = DONE
    concludes: bool = False
    calls_out: bool = False
