"""The ring in the keyring of the desktop (`pip install coach[desktop]`).

A machine without a desktop has none, and the library then brings stores that fail, or that keep the
text as it is: both are refused by name, and nothing takes their place.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from coach.engine.vault.ring import KekRing, ring_in, ring_text
from coach.errors import KekUnavailable
from coach.model.machine.keys import KekProvider

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "coach"
NO_STORES = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
HOW_TO = "unlock the desktop's keyring, or choose another COACH_KEK_PROVIDER"


@dataclass(frozen=True, slots=True)
class OsKeyring:
    """The entry of one home in the user's keyring."""

    entry: str
    provider: ClassVar[KekProvider] = "keyring"

    def load(self) -> KekRing | None:
        """Return the ring, None where none is in the keyring."""
        from keyring.errors import KeyringError

        try:
            text = _store().get_password(SERVICE, self.entry)
        except (KeyringError, RuntimeError, OSError) as trouble:
            raise _unavailable(trouble) from None
        return None if text is None else ring_in(text.encode(), "the desktop's keyring")

    def save(self, ring: KekRing) -> None:
        """Put the ring into the keyring."""
        from keyring.errors import KeyringError

        try:
            _store().set_password(SERVICE, self.entry, ring_text(ring).decode())
        except (KeyringError, RuntimeError, OSError) as trouble:
            raise _unavailable(trouble) from None


def _store() -> "KeyringBackend":
    try:
        from keyring import get_keyring
    except ImportError:
        hint = "pip install 'coach[desktop]', or choose another COACH_KEK_PROVIDER"
        raise KekUnavailable(hint, what="the package keyring is not installed") from None
    store = get_keyring()
    parts = [store, *getattr(store, "backends", ())]
    if refused := [one for one in parts if type(one).__module__.startswith(NO_STORES)]:
        name = f"{type(refused[0]).__module__}.{type(refused[0]).__name__}"
        raise KekUnavailable(HOW_TO, what=f"there is no keyring here that keeps secrets ({name})")
    return store


def _unavailable(trouble: Exception) -> KekUnavailable:
    return KekUnavailable(HOW_TO, what=f"the desktop's keyring: {type(trouble).__name__}")
