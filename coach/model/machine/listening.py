"""Where a server listens, with or without TLS, and what it takes to listen beyond this machine."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from coach.errors import Invalid
from coach.model.machine.reach import ServerReach, proxy_networks, public_names

DEFAULT_PORT = 8321
CALLBACK_PORT = 8749
"""Where a command waits for a browser; brokers want the address registered, port and all."""
HIGHEST_PORT = 65_535
LOCALHOST = "localhost"
LOOPBACK = "127.0.0.1"
ON_THIS_MACHINE = (
    "listen on 127.0.0.1; from another machine: ssh -L 8321:127.0.0.1:8321 THIS-MACHINE"
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
    None where nobody reads them. `reach` is by which names it is asked for, and by which proxies.
    `linger_s` is how long it still serves after it was told to end, while it says that it is not
    ready, so that a proxy turns to another server first.
    """

    host: str = LOOPBACK
    port: int = DEFAULT_PORT
    tls: TlsFiles | None = None
    worker: bool = True
    log: Path | None = None
    worker_options: tuple[str, ...] = ()
    metrics: ListeningPlace | None = None
    reach: ServerReach = field(default_factory=ServerReach)
    linger_s: float = 0.0


def listening_address(host: str) -> str:
    """Return the address to bind for a host: an address, or localhost; Invalid for any other."""
    name = host.strip().removeprefix("[").removesuffix("]")
    if name.lower() == LOCALHOST:
        return LOOPBACK
    try:
        return str(ip_address(name))
    except ValueError:
        allowed = "an address of this machine, such as 127.0.0.1, ::1 or 0.0.0.0"
        raise Invalid("host", f"not {host!r}", allowed, hint=ON_THIS_MACHINE) from None


def refuse_open_listening(request: ServeRequest) -> None:
    """Raise Invalid where others reach the address and nothing keeps what they send private."""
    if is_reached_by_others(request.host) and request.tls is None and not request.reach.proxies:
        what = f"not {request.host!r} without TLS and without a named proxy"
        raise Invalid("host", what, "an address that only this machine reaches", remedy="bring_tls")


def refuse_without_account(request: ServeRequest, accounts_exist: Callable[[], bool]) -> None:
    """Raise Invalid where others reach the server and nobody could sign in."""
    if is_reached_by_others(request.host) and not accounts_exist():
        what = f"not {request.host!r} before anybody has an account"
        raise Invalid(
            "host", what, "an address that only this machine reaches", remedy="make_first_account"
        )


def is_reached_by_others(host: str) -> bool:
    """Say whether another machine may reach a server that listens there."""
    return not ip_address(listening_address(host)).is_loopback


def server_reach(names: Iterable[str], proxies: Iterable[str]) -> ServerReach:
    """Return the reach of a server as it is typed; Invalid for what is no name and no network."""
    try:
        found = public_names(",".join(names))
    except ValueError as wrong:
        allowed = "a name, with or without a port"
        raise Invalid(
            "public_name", f"not {wrong}", allowed, example="coach.example.org"
        ) from wrong
    try:
        return ServerReach(found, proxy_networks(",".join(proxies)))
    except ValueError as wrong:
        allowed = "an address or a network that does not hold everybody"
        raise Invalid(
            "trusted_proxy", f"not so: {wrong}", allowed, example="10.0.3.0/24"
        ) from wrong


@dataclass(frozen=True, slots=True)
class SetUpOffer:
    """Where the link lies by which the first account is made, and a page that leads to it.

    `is_first` says that there was none before, in any run.
    """

    link_file: Path
    leading_page: Path
    is_first: bool


Announce = Callable[[str, SetUpOffer | None], None]
"""Hears the URL of a server that listens, and of the offer to make its first account."""


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
        raise Invalid("host", f"not {host!r}", allowed, hint=ON_THIS_MACHINE)
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
        raise Invalid("metrics", f"not {text!r}", allowed, hint=ON_THIS_MACHINE)
    return ListeningPlace(address, int(port))
