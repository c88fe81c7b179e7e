"""Where the key of keys is: files of the home, or what the environment names."""

from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, cast

from coach.model.machine.home import Home
from coach.model.machine.keys import KekWishes
from coach.model.machine.secrets import Secret
from coach.settings.secrets import KEK_PASSPHRASE
from coach.settings.sources import Sources

if TYPE_CHECKING:
    from coach.model.machine.keys import KekProvider


def read_kek(sources: Sources, home: Home, provider: str, aws_key: str) -> KekWishes:
    """Return who keeps the key of keys; the provider's name was checked.

    The passphrase is fetched when the key of keys is opened by it.
    """
    environment = sources.environment
    identity = environment.get("COACH_KEK_IDENTITY_FILE", "")
    return KekWishes(
        provider=cast("KekProvider", provider),
        folder=home.state / "vault",
        identity_file=Path(identity) if identity else home.config / "kek-identity.txt",
        passphrase=partial(_passphrase, sources),
        credentials=environment.get("CREDENTIALS_DIRECTORY", ""),
        aws_key=aws_key,
        entry=sha256(str(home.state).encode()).hexdigest()[:16],
    )


def _passphrase(sources: Sources) -> Secret:
    return Secret(sources.secret(KEK_PASSPHRASE).value)
