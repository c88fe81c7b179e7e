"""The days of a week as bars, in SVG: one chart of money, one of entries.

A chart is drawn from the figures of the pack: each bar stands beside its number as it is shown
everywhere, below zero to the left. Colour says nothing that the sign does not.
"""

import html as markup
from decimal import Decimal

from coach.engine.digest.shape import Figure, Pack
from coach.engine.digest.words import day_name
from coach.values import dataclass

XMLNS = 'xmlns="http://www.w3.org/2000/svg"'
WIDTH = 640
ROW = 26
TOP = 34
LABELS = 130
NUMBERS = 150
BAR = 16
ON_LIGHT = "#1a1a1a"
ABOVE, BELOW = "#2f7fc4", "#c4622f"
FONT = 'font-family="DejaVu Sans, system-ui, sans-serif" font-size="13"'


@dataclass(frozen=True, slots=True)
class DayChart:
    """One chart: its name for a file, its title, and for each day its label and its figure."""

    name: str
    title: str
    bars: tuple[tuple[str, Figure], ...]


def charts(pack: Pack) -> tuple[DayChart, ...]:
    """Return the charts of a week; none where nothing happened in it."""
    days = pack.get("days")
    if days is None:
        return ()
    labelled = [(day_name(row["day"]), row) for row in days["rows"]]
    money = tuple((label, row["net"]) for label, row in labelled if "net" in row)
    entries = tuple((label, row["entries"]) for label, row in labelled)
    found = (
        DayChart("result", f"Result after fees by day, {days['currency']}", money),
        DayChart("entries", "Entries by day", entries),
    )
    return tuple(one for one in found if one.bars)


def svg(chart: DayChart) -> str:
    """Draw a chart for a page, in the colour of its text."""
    name, size = f"chart-{chart.name}", _size(_height(chart))
    opening = f'<svg {XMLNS} {size} role="img" aria-labelledby="{name}">'
    return "\n".join(
        [opening, f'<title id="{name}">{_escaped(chart.title)}</title>', _drawn(chart), "</svg>"]
    )


def whole_svg(pack: Pack) -> str:
    """Draw all charts of a week as a file of its own, one below the other."""
    found = charts(pack)
    heights = [_height(chart) for chart in found]
    whole = _size(max(1, sum(heights)))
    drawn = [
        f'<svg y="{sum(heights[:place])}" {_size(heights[place])}>{_drawn(chart)}</svg>'
        for place, chart in enumerate(found)
    ]
    week = _escaped(pack["period"]["title"]["shown"])
    opening = f'<svg {XMLNS} {whole} color="{ON_LIGHT}" role="img" aria-labelledby="week">'
    title = f'<title id="week">Trading digest {week}</title>'
    return "\n".join(
        [opening, title, '<rect width="100%" height="100%" fill="#ffffff"/>', *drawn, "</svg>\n"]
    )


def _height(chart: DayChart) -> int:
    return TOP + ROW * len(chart.bars) + 6


def _size(height: int) -> str:
    return f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'


def _drawn(chart: DayChart) -> str:
    title = f'<text x="0" y="18" font-weight="bold">{_escaped(chart.title)}</text>'
    return "\n".join([f'<g fill="currentColor" {FONT}>', title, *_bars(chart), "</g>"])


def _bars(chart: DayChart) -> list[str]:
    values = [Decimal(figure["value"]) for _, figure in chart.bars]
    low, high = min(Decimal(0), *values), max(Decimal(0), *values)
    room = WIDTH - LABELS - NUMBERS - 2
    reach = high - low
    per_unit = Decimal(room) / reach if reach else Decimal(0)
    zero = LABELS + NUMBERS - low * per_unit
    return [
        line
        for place, ((label, figure), value) in enumerate(zip(chart.bars, values, strict=True))
        for line in _bar(place, label, figure["shown"], (zero, value * per_unit))
    ]


def _bar(place: int, label: str, shown: str, reach: tuple[Decimal, Decimal]) -> list[str]:
    zero, length = reach
    y = TOP + ROW * place
    left = zero + min(length, Decimal(0))
    colour = BELOW if length < 0 else ABOVE
    numbers = LABELS + NUMBERS - 12
    return [
        f'<text x="0" y="{y + 13}">{_escaped(label)}</text>',
        f'<text x="{numbers}" y="{y + 13}" text-anchor="end">{_escaped(shown)}</text>',
        f'<rect x="{left:.1f}" y="{y}" width="{abs(length):.1f}" height="{BAR}" fill="{colour}"/>',
        f'<rect x="{zero:.1f}" y="{y - 3}" width="1" height="{BAR + 6}" opacity="0.5"/>',
    ]


def _escaped(words: str) -> str:
    printable = "".join(letter if letter.isprintable() else "?" for letter in words)
    return markup.escape(printable)
