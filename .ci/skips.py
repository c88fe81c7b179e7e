"""Judge what a pytest run skipped: only what this run could not have done may be.

Reads pytest's output on stdin, takes the allowed reasons as arguments (regular expressions),
prints the others and ends with 1 when there are any.
"""

import re
import sys

SKIPPED = re.compile(r"^SKIPPED \[\d+\] (?P<place>\S+?:(?:\d+:)?) (?P<reason>.+)$", re.MULTILINE)


def unexpected(output: str, allowed: list[str]) -> list[str]:
    """Return the skips whose reason nobody allowed."""
    return [
        found[0]
        for found in SKIPPED.finditer(output)
        if not any(re.search(reason, found["reason"]) for reason in allowed)
    ]


if __name__ == "__main__":
    skips = unexpected(sys.stdin.read(), sys.argv[1:])
    for line in skips:
        sys.stdout.write(f"CI could have run this: {line}\n")
    sys.exit(bool(skips))
