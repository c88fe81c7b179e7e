"""Every screen by keyboard alone: each control is reached, the focus is seen, keys do the work."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser.web.conftest import (
    NARROW,
    WIDE,
    Complaints,
    Site,
    open_screen,
    opened,
    settled,
)
from tests.e2e.browser.web.keyboard import WATCH, faults, tab_to

pytestmark = pytest.mark.browser

SCREENS = (
    *("/week", "/trades", "/trades?view=scatter", "/habits", "/rules", "/what-if"),
    *("/what-if?skip_after_loss=30", "/reflect", "/imports", "/accounts", "/settings"),
)
OPENED_BY_KEYS = (
    ("/trades", ("Enter",), "[data-trade] [data-fill]"),
    ("/habits", ("j", "Enter"), "[data-evidence]"),
    ("/rules", ("j", "Enter"), ".revisions"),
    ("/rules", ("n",), '[data-form="rule"] [name="limit"]'),
    ("/rules", ("e",), '[data-form="rule"] .tried .lines'),
    ("/imports", ("Enter",), ".drawer .lines"),
    ("/accounts", ("c",), "form.connect"),
    ("/reflect", ("m",), "dialog[open] input"),
    ("/week", ("?",), "dialog.keys"),
)
UNKNOWN = """\
Executed At,Ticker,B/S,Qty,Avg Price,Cost
2026-03-16 10:00:00,QQQ,buy,5,100.25,1
2026-03-16 11:00:00,QQQ,long,5,101,1
"""
ONE_SIZE = pytest.mark.parametrize("page", [WIDE], indirect=True)


@pytest.fixture(params=[WIDE, NARROW], ids=["wide", "narrow"])
def page(
    browser: Browser, site: Site, complaints: Complaints, request: pytest.FixtureRequest
) -> Iterator[Page]:
    with opened(browser, site.url, request.param) as context:
        context.add_init_script(WATCH)
        page = context.new_page()
        complaints.listen(page)
        yield page
    assert complaints.unmeant() == []


def test_tab_reaches_every_control_of_every_screen_and_the_focus_is_seen(page: Page) -> None:
    wrong: list[str] = []
    for path in SCREENS:
        open_screen(page, path)
        wrong += faults(page, path)
    assert wrong == []


def test_tab_reaches_every_control_of_what_keys_open(page: Page) -> None:
    wrong: list[str] = []
    for path, keys, there in OPENED_BY_KEYS:
        open_screen(page, path)
        for key in keys:
            page.keyboard.press(key)
        expect(page.locator(there).first).to_be_attached()
        settled(page)
        wrong += faults(page, f"{path} {' '.join(keys)}")
    assert wrong == []


@ONE_SIZE
def test_a_file_is_chosen_and_its_questions_are_answered_by_keys(
    page: Page, tmp_path: Path
) -> None:
    """The window that chooses a file is the browser's own: that it is asked for is seen here."""
    file = tmp_path / "of mine.csv"
    file.write_text(UNKNOWN)
    open_screen(page, "/imports")
    picker = page.locator("input[type=file]")
    picker.evaluate("""one => one.addEventListener('click', (event) => {
      event.preventDefault()
      one.dataset.asked = Number(one.dataset.asked ?? 0) + 1
    })""")
    page.keyboard.press("i")
    tab_to(page, picker)
    page.keyboard.press("Space")
    expect(picker).to_have_attribute("data-asked", "2")
    picker.set_input_files(file)
    columns = page.locator(".columns-form")
    expect(columns).to_be_visible()
    assert faults(page, "columns") == []
    for name, column in (("fee", "Cost"), ("total", "")):
        columns.locator(f'[name="{name}"]').select_option(column)
    tab_to(page, columns.get_by_role("button", name="Read it so"))
    page.keyboard.press("Enter")
    questions = page.locator(".questions-form")
    expect(questions).to_be_visible()
    assert faults(page, "questions") == []
    first = questions.get_by_role("radio").first
    tab_to(page, first)
    page.keyboard.press("ArrowDown")
    expect(questions.get_by_role("radio").nth(1)).to_be_checked()


@ONE_SIZE
def test_a_slider_a_day_and_a_choice_move_by_arrows(page: Page) -> None:
    open_screen(page, "/what-if")
    slider = page.get_by_role("slider").first
    tab_to(page, slider)
    page.keyboard.press("ArrowRight")
    expect(slider).not_to_have_attribute("aria-valuetext", "off")
    open_screen(page, "/settings")
    tab_to(page, page.get_by_role("radio", name="auto"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="light")).to_be_checked()
    open_screen(page, "/week")
    tab_to(page, page.locator('.day[tabindex="0"]'))
    page.keyboard.press("ArrowUp")
    day = page.locator(".day:focus")
    expect(day).to_have_attribute("tabindex", "0")
    page.keyboard.press("Enter")
    expect(page.locator("nav [aria-current=page]")).to_contain_text("Trades")


@ONE_SIZE
def test_a_form_that_a_button_opens_is_reached_from_there(page: Page) -> None:
    open_screen(page, "/settings")
    tab_to(page, page.get_by_role("button", name="Add a channel"))
    page.keyboard.press("Enter")
    form = page.locator(".channel-form")
    expect(form).to_be_visible()
    tab_to(page, form.get_by_role("combobox"))
    page.keyboard.press("ArrowDown")
    expect(form.get_by_role("combobox")).to_have_value("ntfy")
    assert faults(page, "channel") == []


def test_what_lies_over_a_list_takes_the_focus_and_gives_it_back_to_the_row(
    browser: Browser, site: Site
) -> None:
    with opened(browser, site.url, NARROW) as context:
        page = context.new_page()
        open_screen(page, "/habits")
        row = page.locator('[data-row="1"] .row-name')
        tab_to(page, row)
        page.keyboard.press("Enter")
        body = page.locator(".drawer-body")
        expect(page.locator("[data-evidence]")).to_be_visible()
        expect(body).to_be_focused()
        expect(page.locator("nav[inert]")).to_have_count(1)
        page.keyboard.press("ArrowDown")
        page.wait_for_function("() => document.querySelector('.drawer-body').scrollTop > 0")
        page.keyboard.press("Escape")
        expect(page.locator(".drawer")).to_have_count(0)
        expect(row).to_be_focused()
        expect(page.locator("[inert]")).to_have_count(0)
