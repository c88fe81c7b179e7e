"""Run coach and raise a signal in it at a chosen moment: `signal_at.py SIGNAL HOW NUMBER WORDS...`.

HOW is `import` (when the module of that number begins to load) or `code` (at the call or return of
that number, and then so many byte codes on as the number's last two digits say). With a NUMBER of 0
nothing is raised, and the last line of stderr says how many such moments there were.
"""

import signal
import sys
from types import FrameType
from typing import Any

from coach.__main__ import main


class Moments:
    """Counts moments up to the chosen one."""

    def __init__(self, number: int, chosen: int) -> None:
        self.number = number
        self.chosen = chosen
        self.count = 0

    def importing(self, event: str, _arguments: tuple[Any, ...]) -> None:
        if event == "import":
            self.count += 1
            if self.count == self.chosen:
                signal.raise_signal(self.number)

    def calling(self, frame: FrameType, _event: str, _argument: object) -> None:
        self.count += 1
        if self.count == self.chosen:
            sys.setprofile(None)
            self.count = 0
            step: FrameType | None = frame
            while step is not None:
                step.f_trace, step.f_trace_opcodes = self.stepping, True
                step = step.f_back
            sys.settrace(self.stepping)

    def stepping(self, frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401 -- a trace function
        frame.f_trace_opcodes = True
        self.count += event == "opcode"
        if self.count > self.chosen % 100:
            sys.settrace(None)
            self.count = -sys.maxsize
            signal.raise_signal(self.number)
        return self.stepping


if __name__ == "__main__":
    wanted, how, chosen, *words = sys.argv[1:]
    moments = Moments(signal.Signals[wanted], int(chosen))
    sys.argv = ["coach", *words]
    if how == "import":
        sys.addaudithook(moments.importing)
    else:
        sys.setprofile(moments.calling)
    code = main()
    sys.setprofile(None)
    if moments.chosen == 0:
        sys.stderr.write(f"{moments.count}\n")
    sys.exit(code)
