"""A keyring over files of a test's own folder, and the folder's key of keys."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from coach.engine.keyring.keyring import Keyring
from coach.engine.vault.providers.choice import open_kek
from coach.model.machine.keys import KekProvider, KekWishes
from coach.model.machine.secrets import Secret


def wishes_in(folder: Path, provider: KekProvider = "age-file") -> KekWishes:
    """Return where each provider finds its key of keys in a folder."""
    return KekWishes(
        provider=provider,
        folder=folder / "vault",
        identity_file=folder / "kek-identity.txt",
        passphrase=lambda: Secret((folder / "passphrase").read_text().strip()),
        credentials=str(folder / "credentials"),
        aws_key="alias/coach",
        entry="test",
    )


def keyring_in(
    folder: Path, clock: Callable[[], datetime], provider: KekProvider = "age-file"
) -> Keyring:
    """Return a keyring that begins with nothing but what lies in the folder."""
    return Keyring(provider, partial(open_kek, wishes_in(folder, provider)), clock)
