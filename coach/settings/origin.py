"""From where this process acts, for audit events: the system's user and the machine."""

import os
import pwd


def origin_of_process() -> str:
    """Return the system's user and the machine, as `ann@desk`."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    return f"{name}@{os.uname().nodename}"
