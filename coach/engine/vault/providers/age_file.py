"""The default: the ring in `kek.age`, encrypted to an age identity in a file beside the settings.

Both are made at first use and are their owner's alone (0600). They lie in different folders, so
that a copy of one is of no use. The plain ring is never written. Where one of the two files is
missing nothing is made anew: what it sealed would be lost without a word.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from coach.engine.vault.ring import KekRing, ring_in, ring_text
from coach.errors import KekUnavailable
from coach.files import write_private
from coach.model.machine.home import private_folder
from coach.model.machine.inputs import read_small_bytes
from coach.model.machine.keys import KekProvider

OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class AgeFile:
    """The ring's file and the identity that opens it."""

    ring_file: Path
    identity_file: Path
    provider: ClassVar[KekProvider] = "age-file"

    def load(self) -> KekRing | None:
        """Return the ring, None where neither it nor anything that it sealed can be there."""
        from pyrage import DecryptError, decrypt

        sealed = read_private(self.ring_file)
        if sealed is None:
            return None
        identity = self._identity()
        if identity is None:
            what = f"{self.identity_file}, which opens {self.ring_file}, is gone"
            raise KekUnavailable(remedy="restore_keys", what=what)
        try:
            text = decrypt(sealed, [identity])
        except DecryptError:
            what = f"{self.identity_file} does not open {self.ring_file}"
            raise KekUnavailable(remedy="restore_keys", what=what) from None
        return ring_in(text, str(self.ring_file))

    def save(self, ring: KekRing) -> None:
        """Encrypt the ring to the identity, which is made where there is none."""
        from pyrage import encrypt

        identity = self._identity() or self._new_identity()
        write(self.ring_file, encrypt(ring_text(ring), [identity.to_public()]))

    def _identity(self) -> Any:  # noqa: ANN401 -- pyrage has no types
        from pyrage import IdentityError, x25519

        text = read_private(self.identity_file)
        if text is None:
            return None
        try:
            lines = text.decode().split()
            return x25519.Identity.from_str(next(one for one in lines if one.startswith("AGE-")))
        except (IdentityError, StopIteration, UnicodeDecodeError):
            what = f"{self.identity_file} holds no age identity that coach can use"
            raise KekUnavailable(remedy="restore_keys", what=what) from None

    def _new_identity(self) -> Any:  # noqa: ANN401 -- pyrage has no types
        from pyrage import x25519

        made = x25519.Identity.generate()
        write(self.identity_file, f"{made}\n".encode())
        return made


def read_private(path: Path) -> bytes | None:
    """Return what a file holds, None where there is none.

    KekUnavailable for one that cannot be read, is another user's or can be read by others.
    """
    try:
        found = path.stat()
        content = read_small_bytes(path)
    except FileNotFoundError:
        return None
    except OSError as trouble:
        raise KekUnavailable(what=f"{path}: {trouble.strerror}") from None
    if found.st_uid not in {0, os.geteuid()}:
        raise KekUnavailable(f"chown it to the user of coach: '{path}'", what=f"{path}: not yours")
    if stat.S_IMODE(found.st_mode) & OTHERS:
        raise KekUnavailable(f"chmod 600 '{path}'", what=f"{path} can be read by others")
    return content


def write(path: Path, content: bytes) -> None:
    """Write a private file whole; KekUnavailable where that cannot be."""
    try:
        private_folder(path.parent)
        write_private(path, content)
    except OSError as trouble:
        raise KekUnavailable(what=f"{path} cannot be written: {trouble.strerror}") from None
