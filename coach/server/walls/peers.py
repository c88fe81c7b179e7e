"""Whose socket is at the other end of a loopback connection, as Linux tells it.

Loopback is open to every user of a machine, and what is served here is one user's. The kernel's
tables of TCP sockets name the owner of each. A socket whose process has let go of it has no inode
and is nobody's.
"""

import os
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

TABLES = Path("/proc/self/net")
LOCAL, REMOTE, OWNER, INODE = 1, 2, 7, 9
ROOT = 0
WORD = 4


def is_our_own(
    client: tuple[str, int], server: tuple[str, int], tables: Path = TABLES, user: int | None = None
) -> bool:
    """Say whether the client's end belongs to this user, or to root, who may read all anyway.

    Where the system has no such tables, every user of this machine counts as this one.
    """
    addresses = [ip_address(host) for host, _ in (client, server)]
    if not all(one.is_loopback for one in addresses):
        return False
    table = tables / ("tcp" if addresses[0].version == IPv4Address(0).version else "tcp6")
    if not table.exists():
        return not tables.exists()
    wanted = [
        _written(one, port) for one, (_, port) in zip(addresses, (client, server), strict=True)
    ]
    owner = _owner(table, wanted)
    return owner in {ROOT, os.getuid() if user is None else user}


def _owner(table: Path, wanted: list[str]) -> int | None:
    """Return who owns the socket with these two ends, None where nobody does."""
    with table.open(encoding="ascii") as lines:
        for line in lines:
            fields = line.split()
            if fields[LOCAL : REMOTE + 1] == wanted:
                return int(fields[OWNER]) if fields[INODE] != "0" else None
    return None


def _written(address: IPv4Address | IPv6Address, port: int) -> str:
    """Return one end as the kernel writes it: in words of its own order of bytes."""
    words = [address.packed[at : at + WORD][::-1] for at in range(0, len(address.packed), WORD)]
    return f"{b''.join(words).hex().upper()}:{port:04X}"
