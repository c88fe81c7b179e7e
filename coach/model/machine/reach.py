"""How a server is reached: by which names it is asked for, and which proxies speak for others."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

Network = IPv4Network | IPv6Network
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
ALL_ADDRESSES = 0
"""Length of the prefix of a network that everybody is in."""


@dataclass(frozen=True, slots=True)
class HostName:
    """A name, or an address, and the port that is asked for; None stands for any port."""

    name: str
    port: int | None = None


@dataclass(frozen=True, slots=True)
class ServerReach:
    """The names of a server beside those of this machine, and the networks of its proxies."""

    names: tuple[HostName, ...] = ()
    proxies: tuple[Network, ...] = ()

    def is_proxy(self, address: str) -> bool:
        """Say whether a peer of that address is a proxy that is believed."""
        try:
            found = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None)
        return any(one in network for one in (found, mapped) if one for network in self.proxies)


def host_name(text: str) -> HostName | None:
    """Return a host as a `Host` header has it, lower-case; None for what is none."""
    if not text or set(text) & set("/?#@\\ \t,"):
        return None
    try:
        parts = urlsplit(f"//{text}")
        name, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    return HostName(name.removesuffix("."), port) if name else None


def is_dns_name(name: str) -> bool:
    """Say whether a name could stand in the DNS, or is an address."""
    try:
        ip_address(name)
    except ValueError:
        return all(LABEL.fullmatch(label) for label in name.split("."))
    return True


def public_names(text: str) -> tuple[HostName, ...]:
    """Return the names of a list with commas, some with a port; ValueError for what is none."""
    found = []
    for one in filter(None, map(str.strip, text.split(","))):
        name = host_name(one)
        if name is None or not is_dns_name(name.name):
            raise ValueError(one)
        found.append(name)
    return tuple(found)


def proxy_networks(text: str) -> tuple[Network, ...]:
    """Return the networks of a list with commas; ValueError for what is none, or is everybody."""
    found = []
    for one in filter(None, map(str.strip, text.split(","))):
        network = ip_network(one)
        if network.prefixlen == ALL_ADDRESSES:
            raise ValueError(one)
        found.append(network)
    return tuple(found)
