"""The digest's page in a real browser: no script, no request, folded on a screen, open on paper."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from coach.engine.digest.inputs import DigestInputs, FillCoverage
from coach.engine.digest.pack import build
from coach.engine.digest.page.html import html
from coach.model.fills import Symbol
from tests.unit.digest.conftest import trip_of

pytestmark = pytest.mark.browser
HOSTILE = "<script>document.title = 'taken'</script><img src=x onerror=alert(1)>"
TRADES = (
    "2026-03-30 09:00 BTC-USD net 12.50 fees 1.50, closed 2026-03-30 10:00",
    "2026-04-01 09:00 BTC-USD net -20.25 fees 1.50, closed 2026-04-01 11:30",
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    first, second = (trip_of(line, number) for number, line in enumerate(TRADES, 1))
    trips = (first, second._replace(other_fees={HOSTILE: Decimal(1)}))
    coverage = FillCoverage(2, moment(1), moment(2), (HOSTILE,))
    week = DigestInputs("UTC", "2026-W14", trips, (), (), (), (), (), coverage)
    other = replace(week, trips=(*trips, first._replace(symbol=Symbol(f"BTC-{HOSTILE}"))))
    path = tmp_path_factory.mktemp("digest") / "week.html"
    path.write_text(html(build(other)))
    return path


def moment(day: int) -> datetime:
    return datetime(2026, 4, day, tzinfo=UTC)


@pytest.fixture
def page(browser: Browser, file: Path) -> Iterator[tuple[Page, list[str]]]:
    """Open the page; what it asks for and what the browser complains of is written down."""
    heard: list[str] = []

    def complained(message: ConsoleMessage) -> None:
        heard.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith(file.as_uri()):
            heard.append(request.url)

    context = browser.new_context(viewport={"width": 800, "height": 600})
    opened = context.new_page()
    opened.on("console", complained)
    opened.on("request", asked)
    opened.goto(file.as_uri())
    yield opened, heard
    context.close()


def test_the_page_runs_nothing_and_asks_for_nothing(page: tuple[Page, list[str]]) -> None:
    opened, heard = page
    assert opened.title().startswith("Trading digest 2026-W14")
    assert heard == []
    expect(opened.locator("script, img")).to_have_count(0)
    assert "onerror=alert(1)" in opened.locator("main").inner_text()


def test_evidence_is_folded_and_a_figure_leads_to_it(page: tuple[Page, list[str]]) -> None:
    opened, _ = page
    record = opened.locator("#e1")
    expect(record).to_be_hidden()
    opened.locator("h1 a").click()
    expect(record).to_be_visible()


def test_on_paper_everything_is_open(page: tuple[Page, list[str]]) -> None:
    opened, _ = page
    opened.emulate_media(media="print")
    expect(opened.locator("#e1")).to_be_visible()
    expect(opened.locator("details table th[scope=row]").first).to_be_visible()


def test_charts_and_tables_have_names_and_dark_is_dark(page: tuple[Page, list[str]]) -> None:
    opened, _ = page
    expect(opened.get_by_role("img", name="Entries by day")).to_be_visible()
    expect(opened.get_by_role("table", name="What changed")).to_be_visible()
    opened.get_by_text("Day by day").click()
    expect(opened.get_by_role("table", name="Day by day")).to_be_visible()
    lights = []
    for scheme in ("light", "dark"):
        opened.emulate_media(color_scheme=scheme)
        lights.append(opened.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert lights[0] == "rgb(255, 255, 255)" != lights[1]


def test_a_narrow_screen_is_not_scrolled_sideways(page: tuple[Page, list[str]]) -> None:
    opened, _ = page
    opened.set_viewport_size({"width": 360, "height": 640})
    width = "document.documentElement.scrollWidth"
    assert opened.evaluate(width) == 360
