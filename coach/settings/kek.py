"""Where the key of keys is: files of the home, or what the environment names."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, cast

from coach.model.machine.home import Home
from coach.model.machine.keys import KekWishes

if TYPE_CHECKING:
    from coach.model.machine.keys import KekProvider


def read_kek(environment: Mapping[str, str], home: Home, provider: str, aws_key: str) -> KekWishes:
    """Return who keeps the key of keys; the provider's name was checked."""
    identity = environment.get("COACH_KEK_IDENTITY_FILE", "")
    return KekWishes(
        provider=cast("KekProvider", provider),
        folder=home.state / "vault",
        identity_file=Path(identity) if identity else home.config / "kek-identity.txt",
        passphrase_file=environment.get("COACH_KEK_PASSPHRASE_FILE", ""),
        credentials=environment.get("CREDENTIALS_DIRECTORY", ""),
        aws_key=aws_key,
        entry=sha256(str(home.state).encode()).hexdigest()[:16],
    )
