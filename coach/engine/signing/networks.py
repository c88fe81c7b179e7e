"""Whether an address is one of the networks from which a service is asked."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

Network = IPv4Network | IPv6Network


def is_within(address: str, networks: Sequence[Network]) -> bool:
    """Say whether an address is in one of the networks; one of IPv4 may be written as IPv6."""
    try:
        peer = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(peer, "ipv4_mapped", None)
    return any((mapped or peer) in network for network in networks)
