"""The file by which a worker says that it is alive, since it listens nowhere.

Each machine has one of its own, for homes may be shared: a container's name is its machine.
"""

import socket
from pathlib import Path

BEAT_S = 10.0
"""How often a worker touches it."""


def sign_of_life(state: Path) -> Path:
    """Return the file that workers of this machine touch in a state folder."""
    machine = "".join(one if one.isalnum() or one == "-" else "-" for one in socket.gethostname())
    return state / f"worker-{machine}.alive"
