"""The HTML page and its charts: the numbers of the pack, folded, and safe whatever a symbol is."""

import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING

from hypothesis import given

from coach.engine.digest.inputs import DigestInputs
from coach.engine.digest.pack import build
from coach.engine.digest.page.chart import WIDTH, charts, svg, whole_svg
from coach.engine.digest.page.html import html
from coach.engine.reports.chart_png import png
from coach.model.fills import Symbol
from coach.model.rules import Rule
from tests.numerals import unsupported
from tests.unit.digest.test_properties import visible, weeks

if TYPE_CHECKING:
    from coach.engine.digest.shape import Pack

PNG = b"\x89PNG\r\n\x1a\n"


def test_the_policy_allows_its_own_style_and_nothing_else(week: DigestInputs) -> None:
    page = html(build(week))
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    hashed = b64encode(sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{hashed}';")
    assert " style=" not in page


def test_highlight_and_cost_come_first_and_evidence_is_folded(
    week: DigestInputs, rule: Callable[..., Rule]
) -> None:
    """
    2026-03-30 09:00 BTC-USD net 12.50 fees 1.50, closed 2026-03-30 10:00
    """
    page = html(build(replace(week, rules=(rule("max_trades_per_day", limit=5),))))
    titles = re.findall(r"<(?:h2|summary[^>]*|caption)>(.*?)(?: <|</)", page)
    assert [title.partition(":")[0] for title in titles] == [
        "Highlight",
        "What it cost",
        "Proposed rule",
        "A win",
        "Entries to judge",
        "What changed",
        "Day by day",
        "What is not known yet",
        "Rules",
        "Evidence",
    ]
    folded = "".join(re.findall(r"<details>.*?</details>", page, re.DOTALL))
    assert 'id="e1"' in folded
    assert "kept in 1" in folded.replace("\u00a0", " ")


def test_each_chart_has_its_numbers_in_a_table_too(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 BTC-USD net 12.50 fees 1.50, closed 2026-03-30 10:00
    2026-04-01 09:00 BTC-USD net -20.25 fees 1.50, closed 2026-04-01 11:30
    """
    pack = build(week)
    drawn = charts(pack)
    assert [chart.name for chart in drawn] == ["result", "entries"]
    table = visible(html(pack)).partition("Day by day")[2]
    shown = {figure["shown"] for chart in drawn for _, figure in chart.bars}
    assert {"+12.50 USD", "-20.25 USD", "0.00 USD", "1"} <= shown
    assert all(one in table for one in shown)


def test_days_add_up_to_the_week(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 BTC-USD net 12.50 fees 1.50, closed 2026-03-30 10:00
    2026-04-05 19:00 BTC-USD net -20.25 fees 1.50, closed 2026-04-05 21:59
    2026-04-05 19:00 BTC-USD net 7 fees 1, closed 2026-04-05 22:00
    """
    pack = build(week)
    days = [Decimal(row["net"]["value"]) for row in pack["days"]["rows"]]
    [net] = [row["now"] for row in pack["changes"]["rows"] if row["measure"] == "net"]
    assert sum(days) == Decimal(net["value"]) == Decimal("-7.75")
    assert [row["entries"]["value"] for row in pack["days"]["rows"]] == [*"1000002"]


def test_a_quiet_week_has_no_chart(week: DigestInputs) -> None:
    pack = build(week)
    assert charts(pack) == ()
    assert "<svg" not in html(pack)
    assert whole_svg(pack).endswith("</svg>\n")


@given(weeks())
def test_a_chart_shows_no_number_that_the_pack_has_not(week: DigestInputs) -> None:
    pack = build(week)
    drawn = whole_svg(pack)
    assert unsupported(re.sub(r"<[^>]*>", " ", drawn), pack) == []
    ends = re.findall(r'<rect x="([\d.-]+)" y="\d+" width="([\d.]+)" height="16"', drawn)
    assert all(float(left) >= 0 and float(left) + float(width) <= WIDTH for left, width in ends)


def test_markup_in_a_currency_marks_up_no_chart(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 BTC-USD net 12.50 fees 1.50, closed 2026-03-30 10:00
    """
    [trip] = week.trips
    hostile = trip._replace(symbol=Symbol("BTC-<script>&\x1b"))
    pack = build(replace(week, trips=(hostile,)))
    for drawn in (whole_svg(pack), svg(charts(pack)[0]), html(pack)):
        assert "<script" not in drawn
        assert "\x1b" not in drawn
        assert "&lt;script&gt;&amp;?" in drawn


def test_the_picture_is_the_same_every_time_and_its_text_is_drawn(week: DigestInputs) -> None:
    """
    2026-03-30 09:00 BTC-USD net 12.50 fees 1.50, closed 2026-03-30 10:00
    """
    drawn = whole_svg(build(week))
    picture = png(drawn)
    assert picture.startswith(PNG)
    assert picture == png(drawn)
    assert picture != png(re.sub(r"<text.*?</text>", "", drawn))


def test_the_page_reads_the_same_from_a_pack_of_before(week: DigestInputs) -> None:
    pack = build(week)
    old: Pack = pack.copy()
    for name in ("proposal", "win", "flags", "days"):
        del old[name]  # type: ignore[misc]
    page = html(old)
    assert "Proposed rule" not in page
    assert "What changed" in page
