"""The ring in `kek.age`, encrypted to a passphrase (age's scrypt recipient).

Opening takes a second or more, on purpose, and holds the interpreter meanwhile: it is done once in
a process, before anything is served.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from coach.engine.vault.providers.age_file import read_private, write
from coach.engine.vault.ring import KekRing, ring_in, ring_text
from coach.errors import ConfigError, KekUnavailable, WrongPassphrase
from coach.model.machine.keys import KekProvider
from coach.model.machine.secrets import Secret

HOW_TO = (
    "name its file in COACH_KEK_PASSPHRASE_FILE, or in COACH_KEK_PASSPHRASE_COMMAND a command that"
    " prints it"
)


@dataclass(frozen=True, slots=True)
class PassphraseFile:
    """The ring's file and how to ask for the passphrase."""

    ring_file: Path
    ask: Callable[[], Secret]
    provider: ClassVar[KekProvider] = "passphrase"

    def load(self) -> KekRing | None:
        """Return the ring, None where there is none; WrongPassphrase where it does not open."""
        sealed = read_private(self.ring_file)
        if sealed is None:
            return None
        text = opened(sealed, self._passphrase(), str(self.ring_file))
        return ring_in(text, str(self.ring_file))

    def save(self, ring: KekRing) -> None:
        """Encrypt the ring to the passphrase."""
        from pyrage import passphrase

        write(self.ring_file, passphrase.encrypt(ring_text(ring), self._passphrase().reveal()))

    def _passphrase(self) -> Secret:
        try:
            given = self.ask()
        except ConfigError as trouble:
            raise KekUnavailable(trouble.hint or HOW_TO, what=str(trouble)) from None
        if not given:
            raise KekUnavailable(HOW_TO, what="no passphrase was given")
        return given


def opened(sealed: bytes, given: Secret, place: str) -> bytes:
    """Return what a passphrase opens; WrongPassphrase where it opens nothing."""
    from pyrage import DecryptError, passphrase

    try:
        plain: bytes = passphrase.decrypt(sealed, given.reveal())
    except DecryptError:
        raise WrongPassphrase(place=place, hint=HOW_TO) from None
    return plain
