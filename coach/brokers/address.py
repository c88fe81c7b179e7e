"""Where a request may go: https, or plain http to this very machine.

A token that travels in the clear is a token given away. What is signed and holds no token may also
go in the clear to a neighbour on a private network.
"""

import httpx2

from coach.errors import ConfigError
from coach.model.machine.engine_service import is_near

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def safe_address(base_url: str, name: str) -> httpx2.URL:
    """Return the address of a scheme and a host; ConfigError, which calls it `name`, for others."""
    address = _address(base_url, name)
    if address.scheme == "https" or (address.scheme == "http" and is_here(address)):
        return address
    raise ConfigError(name=name, what="only https is used, except on this machine")


def neighbour_address(base_url: str, name: str) -> httpx2.URL:
    """Return the address of a service of our own; plain http goes to a private network at most."""
    address = _address(base_url, name)
    if address.scheme == "https" or (address.scheme == "http" and is_near(address.host)):
        return address
    what = "only https is used, except on this machine and in a private network"
    raise ConfigError(name=name, what=what)


def _address(base_url: str, name: str) -> httpx2.URL:
    try:
        address = httpx2.URL(base_url)
    except httpx2.InvalidURL:
        raise ConfigError(name=name, what="this is no URL") from None
    if address.userinfo or address.path not in ("", "/") or address.query or not address.host:
        raise ConfigError(name=name, what="only a scheme and a host belong here")
    return address


def is_here(address: httpx2.URL) -> bool:
    """Say whether an address is this machine."""
    return address.host in LOOPBACK
