"""The door: `coach`, and `python -m coach`.

`--version` is answered before anything is imported.
"""

import sys

from coach._version import VERSION

INTERRUPTED = 130


def main() -> int:
    """Run the command line of this process and return its exit code."""
    words = sys.argv[1:]
    if words in (["--version"], ["-V"]):
        sys.stdout.write(f"coach {VERSION}\n")
        return 0
    try:
        from coach.cli.app import run

        return run(words)
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
