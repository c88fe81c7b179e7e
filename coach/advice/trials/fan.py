"""A fan chart of text: where luck would have led, and where the replay went, week by week."""

from typing import NamedTuple

WIDTH = 66
HEIGHT = 11
LABEL = 10
WIDEST_WEEK = 4
OUTER, INNER, LINE, NOTHING = "░", "▒", "●", " "


class FanWeek(NamedTuple):
    """The running gain at a week's end, and the 5, 25, 50, 75 and 95 % of luck's."""

    name: str
    gain: float
    luck: tuple[float, float, float, float, float]


def drawn(weeks: list[FanWeek], quote: str) -> list[str]:
    """Return the lines of the chart, at most eighty columns; none for fewer than two weeks."""
    if len(weeks) < 2:  # noqa: PLR2004 -- a line has two ends
        return []
    shown = _thinned(weeks)
    wide = max(1, min(WIDEST_WEEK, WIDTH // len(shown)))
    ends = [value for week in shown for value in (week.gain, week.luck[0], week.luck[-1])]
    low, high = min(*ends, 0.0), max(*ends, 0.0)
    step = (high - low) / (HEIGHT - 1) or 1.0
    zero = round((high - 0.0) / step)
    lines = []
    for row in range(HEIGHT):
        cells = "".join(_cell(week, high - row * step, step) * wide for week in shown)
        label = _label(high - row * step) if row in {0, HEIGHT - 1} else ""
        if row == zero:
            label, cells = "0", cells.replace(NOTHING, "·")
        lines.append(f"{label:>{LABEL}} ┤{cells}".rstrip())
    first, last = shown[0].name, shown[-1].name
    gap = max(1, wide * len(shown) - len(first) - len(last))
    return [
        f"gain before fees in {quote}, running, and where luck would have led",
        *lines,
        f"{'':{LABEL}}  {first}{' ' * gap}{last}",
        f"{'':{LABEL}}  {LINE} this replay   {INNER} half of luck   {OUTER} nine tenths of it",
    ]


def _thinned(weeks: list[FanWeek]) -> list[FanWeek]:
    """Return every n-th week, the last among them, so that they fit."""
    step = -(-len(weeks) // WIDTH)
    return weeks[::-1][::step][::-1]


def _cell(week: FanWeek, level: float, step: float) -> str:
    bottom, top = level - step / 2, level + step / 2
    low, lower, _, upper, high = week.luck
    if bottom <= week.gain < top:
        return LINE
    if lower < top and upper >= bottom:
        return INNER
    return OUTER if low < top and high >= bottom else NOTHING


def _label(value: float) -> str:
    text = f"{value:+,.0f}" if abs(value) >= 100 else f"{value:+.3g}"  # noqa: PLR2004 -- no cents
    return "0" if value == 0 else text
