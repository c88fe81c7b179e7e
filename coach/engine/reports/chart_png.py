"""A chart as PNG, for mail: many readers of mail show no SVG.

resvg draws it, with a font that coach brings: the same chart gives the same pixels on every
machine, whatever fonts it has. resvg is loaded here alone.
"""

from pathlib import Path

FONT = Path(__file__).parent / "fonts" / "DejaVuSans-subset.ttf"
ZOOM = 2
"""Pixels for each unit of the chart: sharp on the screens of today."""


def png(svg: str) -> bytes:
    """Return the picture of an SVG."""
    import resvg_py

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=ZOOM,
            skip_system_fonts=True,
            font_files=[str(FONT)],
            font_family="DejaVu Sans",
            sans_serif_family="DejaVu Sans",
        )
    )
