"""Where a server listens: an address of this machine alone, with or without TLS."""

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from coach.errors import Invalid

DEFAULT_PORT = 8321
HIGHEST_PORT = 65_535
LOCALHOST = "localhost"
LOOPBACK = "127.0.0.1"
NO_DOORS = (
    "until it knows users and how they sign in, it serves whoever runs it, on this machine;"
    " from another one: ssh -L 8321:127.0.0.1:8321 THIS-MACHINE"
)


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files of a certificate, with its chain, and of its key."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class ListeningPlace:
    """An address of this machine's loopback and a port; 0 takes any free one."""

    address: str
    port: int


@dataclass(frozen=True, slots=True)
class ServeRequest:
    """How to serve: the address to bind, the files for TLS, whether a worker runs beside it.

    Port 0 takes any free one. `log` is the file for the log; None writes it to stderr.
    `worker_options` are what the worker is told of the home. `metrics` is where metrics are read,
    None where nobody reads them.
    """

    host: str = LOOPBACK
    port: int = DEFAULT_PORT
    tls: TlsFiles | None = None
    worker: bool = True
    log: Path | None = None
    worker_options: tuple[str, ...] = ()
    metrics: ListeningPlace | None = None


def loopback_address(host: str) -> str:
    """Return the address to bind for a host of this machine's loopback; Invalid for any other."""
    name = host.strip().removeprefix("[").removesuffix("]")
    if name.lower() == LOCALHOST:
        return LOOPBACK
    try:
        address = ip_address(name)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        allowed = "an address that only this machine reaches: 127.0.0.1, ::1 or localhost"
        raise Invalid("host", f"not {host!r}", allowed, hint=NO_DOORS)
    return str(address)


def metrics_place(text: str) -> ListeningPlace:
    """Return where metrics are read, from HOST:PORT; Invalid for what is not of loopback."""
    host, _, port = text.strip().rpartition(":")
    try:
        address = loopback_address(host)
    except Invalid:
        address = ""
    if not address or not port.isascii() or not port.isdecimal() or int(port) > HIGHEST_PORT:
        allowed = "HOST:PORT of this machine alone, as 127.0.0.1:9321 or [::1]:9321"
        raise Invalid("metrics", f"not {text!r}", allowed, hint=NO_DOORS)
    return ListeningPlace(address, int(port))
