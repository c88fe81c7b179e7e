"""What keeps keys out of core files and out of other processes' reach.

Python cannot wipe every copy of a key, so the process as a whole is closed: it leaves no core file,
and nobody but root may attach to it or read its memory.
"""

import ctypes
import resource
import sys

PR_SET_DUMPABLE = 4


def close_process() -> None:
    """Let this process leave no core file; on Linux also let no debugger attach to it."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
