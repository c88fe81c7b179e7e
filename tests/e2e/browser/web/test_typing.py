"""What a person types or chooses stays until they settle it, whatever comes meanwhile."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.browser.web.conftest import Site, open_screen, settled

pytestmark = pytest.mark.browser

ZONE = "Where your days and weeks begin"
AT_ONCE = """
new MutationObserver((_, observer) => {
  const field = document.querySelector('[data-field="zone"]');
  if (!field) return;
  observer.disconnect();
  field.value = "Asia/Tokyo";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}).observe(document, { childList: true, subtree: true });
"""


def test_what_is_typed_before_the_first_paint_stays(page: Page) -> None:
    page.add_init_script(AT_ONCE)
    open_screen(page, "/settings")
    expect(page.get_by_role("button", name="Keep it")).to_be_enabled()
    page.wait_for_timeout(300)
    expect(page.get_by_label(ZONE)).to_have_value("Asia/Tokyo")
    expect(page.get_by_role("button", name="Keep it")).to_be_enabled()


def test_a_zone_that_is_typed_stays_while_another_one_comes(page: Page, site: Site) -> None:
    open_screen(page, "/settings")
    field = page.get_by_label(ZONE)
    field.fill("Asia/Tokyo")
    with page.expect_response("**/api/screens/settings"):
        site.coach("config", "set", "zone", "Europe/Paris")
    settled(page)
    expect(field).to_have_value("Asia/Tokyo")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("button", name="Keep it")).to_be_disabled()
    assert site.coach("status")["zone"] == "Asia/Tokyo"
    page.keyboard.press("Tab")
    page.locator("h1").click()
    page.keyboard.press("z")
    expect(field).to_have_value("Europe/Paris")


def test_a_tone_that_is_chosen_is_shown_until_the_server_answers(page: Page, site: Site) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/tone", hold)
    open_screen(page, "/settings")
    page.get_by_label("strict").check()
    with page.expect_response("**/api/screens/settings"):
        site.coach("config", "set", "zone", "Asia/Tokyo")
    settled(page)
    expect(page.get_by_label("strict")).to_be_checked()
    [asked] = held
    asked.continue_()
    expect(page.locator(".notice").filter(has_text="the strict tone")).to_be_visible()
    expect(page.get_by_label("strict")).to_be_checked()


def test_each_letter_of_a_filter_stays_at_any_pace(page: Page, site: Site) -> None:
    open_screen(page, "/trades")
    field = page.get_by_role("searchbox")
    field.focus()
    typed = ""
    for letter in "flagged flagged flagged":
        page.keyboard.type(letter)
        typed += letter
        page.wait_for_timeout(140 + 2 * len(typed) % 25)
        expect(field).to_have_value(typed)
    expect(page).to_have_url(f"{site.url}/trades?words=flagged+flagged+flagged")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
