"""The ring as a credential of the service: `LoadCredentialEncrypted=coach-kek`.

systemd decrypts it, by a key of the host or its TPM, into a folder that only the service sees.
coach cannot write there, so the administrator makes and changes it (docs/keys.md).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from coach.engine.vault.ring import KekRing, ring_in
from coach.errors import KekUnavailable
from coach.model.machine.inputs import read_small_bytes
from coach.model.machine.keys import KekProvider

NAME = "coach-kek"
HOW_TO = "make it as docs/keys.md shows, with LoadCredentialEncrypted=coach-kek in the unit"


@dataclass(frozen=True, slots=True)
class SystemdCredential:
    """The folder of the service's credentials, empty where systemd gave none."""

    folder: str
    provider: ClassVar[KekProvider] = "systemd"

    def load(self) -> KekRing:
        """Return the ring; KekUnavailable where systemd gave none."""
        if not self.folder:
            what = "systemd gave this process no credentials ($CREDENTIALS_DIRECTORY)"
            raise KekUnavailable(HOW_TO, what=what)
        place = Path(self.folder) / NAME
        try:
            return ring_in(read_small_bytes(place), str(place))
        except OSError as trouble:
            raise KekUnavailable(HOW_TO, what=f"{place}: {trouble.strerror}") from None

    def save(self, ring: KekRing) -> None:
        """Refuse: only the administrator changes a credential."""
        what = f"coach cannot write the credential {NAME} (the ring's next key is {ring.current})"
        raise KekUnavailable(HOW_TO, what=what)
