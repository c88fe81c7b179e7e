"""Where a request may go: https, or plain http to this very machine.

A token that travels in the clear is a token given away.
"""

import httpx2

from coach.errors import ConfigError

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def safe_address(base_url: str, name: str) -> httpx2.URL:
    """Return the address of a scheme and a host; ConfigError, which calls it `name`, for others."""
    try:
        address = httpx2.URL(base_url)
    except httpx2.InvalidURL:
        raise ConfigError(name=name, what="this is no URL") from None
    if address.userinfo or address.path not in ("", "/") or address.query or not address.host:
        raise ConfigError(name=name, what="only a scheme and a host belong here")
    if address.scheme == "https" or (address.scheme == "http" and is_here(address)):
        return address
    raise ConfigError(name=name, what="only https is used, except on this machine")


def is_here(address: httpx2.URL) -> bool:
    """Say whether an address is this machine."""
    return address.host in LOOPBACK
