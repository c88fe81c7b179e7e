"""Run coach by a clock that stands still: `at_noon.py 2026-04-01T12:00:00Z WORDS...`.

Two runs of a command then store the same times, so that their tables can be compared in full.
"""

import sys
from datetime import datetime

from coach import wiring
from coach.__main__ import main

if __name__ == "__main__":
    noon = datetime.fromisoformat(sys.argv[1])
    wiring.clock = lambda: noon
    wiring.ticks = lambda: None
    sys.argv = ["coach", *sys.argv[2:]]
    sys.exit(main())
