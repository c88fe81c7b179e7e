"""One request at the doors: who makes it, from where, and what comes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.engine.api.live.limits import network_of
from coach.model.machine.secrets import Secret
from coach.server.doors.identity import TERMINAL, who_asks

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from coach.engine.api.people.place import SignInPlace
    from coach.model.people.access import SignedInUser
    from coach.server.answers import ApiAnswer
    from coach.server.doors.doors import Doors

LONGEST_AGENT = 100
FORGET = Secret("")
"""In the place of a session's secret: the browser forgets the one that it has."""


class DoorRefusal(Exception):
    """A request that is refused at the doors, with the answer that says why."""

    def __init__(self, response: "Response") -> None:
        super().__init__(response.status_code)
        self.response = response


@dataclass(frozen=True, slots=True)
class DoorAnswer:
    """What comes of a request; `secret` is that of a new session, FORGET, or None for no change."""

    answer: "ApiAnswer"
    secret: Secret | None = None


@dataclass(frozen=True, slots=True)
class DoorCall:
    """A request; `user` is None for nobody who is known, and while there are no accounts."""

    place: "SignInPlace"
    doors: "Doors"
    user: "SignedInUser | None"
    address: str
    origin: str


@contextmanager
def door_call(doors: "Doors", request: "Request") -> Iterator[DoorCall]:
    """Open what a request at the doors takes."""
    user = who_asks()
    known = None if user is TERMINAL else user
    address = request.client.host if request.client else ""
    network = network_of(address) if address else ""
    origin = f"{network} {_printable(request.headers.get('user-agent', ''))}".strip()
    with doors.place(known, origin) as place:
        yield DoorCall(place, doors, known, address, origin)


def _printable(agent: str) -> str:
    return "".join(sign for sign in agent[:LONGEST_AGENT] if sign.isprintable())
