"""The doors of a server: whether there are accounts, and whose credentials a request carries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from coach import wiring
from coach.engine.api.people import sessions, setup
from coach.engine.api.people.password_hashes import PasswordHashing
from coach.engine.api.people.place import SignInPlace
from coach.model.machine.audit import COACH
from coach.server.doors.identity import TERMINAL

if TYPE_CHECKING:
    from coach.engine.api.live.connections import LendConnection
    from coach.engine.api.people.open_id import OpenIdProvider
    from coach.model.people.access import SignedInUser
    from coach.server.doors.cookies import CarriedCredentials
    from coach.settings.values import Settings

AdmitSignIn = Callable[[str, str], float]
"""Says how many seconds to wait before a name may be tried from an address; 0 is now."""
NoteSignIn = Callable[[str, str], None]
"""Hears that somebody signed in by a name from an address."""
UNKNOWN = "http"


def no_limit(_name: str, _address: str) -> float:
    """Let anybody try as often as they like."""
    return 0.0


def note_nothing(_name: str, _address: str) -> None:
    """Remember nobody."""


@dataclass(slots=True)
class Doors:
    """What signing in takes, for all requests of a server; `provider` may be None."""

    settings: "Settings"
    lend: "LendConnection"
    hashing: PasswordHashing = field(default_factory=PasswordHashing)
    admit: AdmitSignIn = no_limit
    succeeded: NoteSignIn = note_nothing
    provider: "OpenIdProvider | None" = None
    _accounts_exist: bool = False

    def accounts_exist(self) -> bool:
        """Say whether there is an account: from then on everybody signs in, for ever."""
        if not self._accounts_exist:
            with self.lend() as connection:
                self._accounts_exist = setup.is_done(connection)
        return self._accounts_exist

    def recognise(self, credentials: "CarriedCredentials") -> "SignedInUser | None":
        """Return whose request it is; None for nobody who is known. This waits for the database."""
        if not self.accounts_exist():
            return TERMINAL
        if credentials.token:
            with self.place(None, UNKNOWN) as place:
                return sessions.recognise_token(place, credentials.token)
        if credentials.session:
            with self.place(None, UNKNOWN) as place:
                return sessions.recognise(place, credentials.session)
        return None

    @contextmanager
    def place(self, user: "SignedInUser | None", origin: str) -> Iterator[SignInPlace]:
        """Lend what signing in takes; it is audited who does it, and from where."""
        with self.lend() as connection:
            connection.actor = user.user_id if user is not None and user.user_id else COACH
            connection.origin = origin
            keyring = partial(wiring.keyring, self.settings)
            yield SignInPlace(connection, wiring.clock, keyring, self.hashing)
