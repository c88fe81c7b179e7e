"""The engine's service, as the settings name it, and how it is served."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Final

from coach.values import dataclass

CALLER: Final = "api"
AUDIENCE: Final = "engine"
DEFAULT_PORT: Final = 8322
USUAL_DEADLINE_S: Final = 120

Networks = Sequence[IPv4Network | IPv6Network]


@dataclass(frozen=True, slots=True)
class EngineWishes:
    """Where heavy work is done: an empty `url` is this process.

    `keys_file` holds the keys that both sides share, sealed. An answer takes `deadline_s` seconds
    at most. With `fallback` this process does what the service cannot be reached for. Commands keep
    certificates in the folder `certificates`; where `by_certificate`, both sides are known by
    those, and nothing is signed.
    """

    url: str
    keys_file: Path
    deadline_s: int = USUAL_DEADLINE_S
    fallback: bool = False
    certificates: Path = Path("pki")
    by_certificate: bool = False

    @property
    def pki(self) -> Path | None:
        """Return the folder of certificates where both sides are known by those."""
        return self.certificates if self.by_certificate else None


@dataclass(frozen=True, slots=True)
class EngineServeRequest:
    """How the service listens, and from which networks it is asked; `log` None is stderr.

    `pid_file` names its process while it serves.
    """

    host: str
    port: int
    networks: Networks
    pid_file: Path
    log: Path | None = None


def is_near(host: str) -> bool:
    """Say whether a host is this machine, or has a place on a private network.

    A name without a dot is one that such a network gave.
    """
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host
