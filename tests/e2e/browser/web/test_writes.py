"""What a screen changes is there for the command; what can be, is taken back by a key.

What is typed or chosen stays until it is settled, whatever comes meanwhile.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.browser.web.conftest import Complaints, Site, accessible, open_screen, settled

pytestmark = pytest.mark.browser

HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
STATEMENT = f"""\
{HEADER}
2026-04-01T09:00:00Z,XRP-USD,buy,1,100,1,USD,a1
2026-04-01T10:00:00Z,XRP-USD,sell,1,90,1,USD,a2
2026-04-02T09:00:00Z,XRP-USD,buy,much,80,0.5,USD,a3
"""
UNKNOWN = """\
Executed At,Ticker,B/S,Qty,Avg Price,Cost
2026-03-16 10:00:00,QQQ,buy,5,100.25,1
2026-03-16 11:00:00,QQQ,long,5,101,1
"""
RULE = "cooldown_after_loss"
ZONE = "Where your days and weeks begin"
AT_ONCE = """
new MutationObserver((_, observer) => {
  const field = document.querySelector('[data-field="zone"]');
  if (!field) return;
  observer.disconnect();
  field.value = "America/Lima";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}).observe(document, { childList: true, subtree: true });
"""


def notice(page: Page, text: str) -> None:
    expect(page.locator(".notice").filter(has_text=text).last).to_be_visible()


def answer(page: Page, title: str, text: str, yes: str) -> None:
    """Answer the question of that title with a text."""
    dialog = page.get_by_role("dialog", name=title)
    dialog.get_by_role("textbox").fill(text)
    dialog.get_by_role("button", name=yes).click()
    expect(dialog).to_have_count(0)


def choose(page: Page, title: str, choice: str, yes: str) -> None:
    """Answer the question of that title with one of its choices."""
    dialog = page.get_by_role("dialog", name=title)
    dialog.get_by_role("combobox").select_option(choice)
    dialog.get_by_role("button", name=yes).click()
    expect(dialog).to_have_count(0)


def test_a_trade_is_labelled_by_one_key(page: Page, site: Site) -> None:
    open_screen(page, "/trades?words=flagged")
    expect(page.locator(".sum")).to_contain_text("for flagged")
    before = int(re.sub(r"\D.*", "", page.locator(".sum").inner_text().replace(",", "")))
    assert before
    known = len(site.coach("label", "--list"))
    page.keyboard.press("Y")
    notice(page, ": yes")
    given = site.coach("label", "--list")
    assert len(given) == known + 1
    assert "yes" in {one["answer"] for one in given}
    page.keyboard.press("z")
    notice(page, "taken back")
    assert len(site.coach("label", "--list")) == known


def test_a_label_is_changed_taken_back_and_removed(page: Page, site: Site) -> None:
    open_screen(page, "/trades")
    page.keyboard.press("Enter")
    trade = page.locator("[data-trade]").get_attribute("data-trade")
    answered = page.locator('[data-answered="overtrading"]')
    for said in ("no", "yes"):
        page.keyboard.press("L")
        choose(page, "Which habit?", "overtrading", "Go on")
        choose(page, "Was it overtrading?", said, "Keep it")
        notice(page, f"overtrading: {said}")
        expect(answered.locator("b")).to_have_text(said)
    page.keyboard.press("z")
    expect(answered.locator("b")).to_have_text("no")
    given = {(one["trade_id"], one["bias"]): one["answer"] for one in site.coach("label", "--list")}
    assert given[trade, "overtrading"] == "no"
    answered.get_by_role("button", name="Remove the label").click()
    notice(page, "overtrading: the label is removed")
    expect(answered).to_have_count(0)
    page.keyboard.press("z")
    expect(answered.locator("b")).to_have_text("no")
    page.keyboard.press("z")
    expect(answered).to_have_count(0)


def test_a_note_on_a_trade_is_kept_and_taken_back(page: Page, site: Site) -> None:
    open_screen(page, "/trades")
    expect(page.locator(".grid-body .c-net").first).to_have_text(re.compile(r"\d"))
    page.keyboard.press("m")
    answer(page, "Note on", "bought in a hurry", "Keep it")
    notice(page, "noted")
    [note] = site.coach("note", "list")
    assert (note["about"], note["text"]) == ("trade", "bought in a hurry")
    page.keyboard.press("z")
    notice(page, "taken back")
    assert site.coach("note", "list") == []


def test_a_fill_of_a_trade_is_left_out_and_counts_again_from_the_imports(
    page: Page, site: Site
) -> None:
    trade = site.coach("trades", "--limit", "1")[0]["id"]
    [fill, *_] = site.coach("fills", "list", "--trade", trade)
    open_screen(page, f"/trades?trade={trade}")
    page.get_by_text("Its fills, one by one").click()
    page.locator(f'[data-fill="{fill["id"]}"]').get_by_role("button", name="Leave it out").click()
    answer(page, "Why does it not count?", "a test order", "Leave it out")
    notice(page, "left out: a test order")
    [out] = site.coach("fills", "list", "--left-out")
    assert (out["id"], out["reason"]) == (fill["id"], "a test order")
    open_screen(page, "/imports")
    row = page.locator(f'[data-left-out="{fill["id"]}"]')
    expect(row).to_contain_text("a test order")
    row.get_by_role("button", name="Let it count again").click()
    notice(page, "it counts again")
    expect(row).to_have_count(0)
    assert site.coach("fills", "list", "--left-out") == []


def test_a_note_on_today_is_written_changed_and_removed(page: Page, site: Site) -> None:
    open_screen(page, "/reflect")
    page.keyboard.press("m")
    answer(page, "Note on today", "slept badly", "Keep it")
    row = page.locator("[data-note]").filter(has_text="slept badly")
    row.get_by_role("button", name="Edit").click()
    answer(page, "Note ", "slept well", "Keep it")
    row = page.locator("[data-note]").filter(has_text="slept well")
    expect(row).to_be_visible()
    row.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)
    assert site.coach("note", "list") == []


def test_a_rule_is_promised_with_a_dry_run_and_removed(page: Page, site: Site) -> None:
    open_screen(page, "/rules")
    page.keyboard.press("n")
    form = page.locator('[data-form="rule"]')
    form.get_by_label("Kind").select_option("max_open_positions")
    form.locator('[name="positions"]').fill("3")
    tried = site.coach("rules", "dry-run", "max_open_positions", "positions=3")
    worth = tried if isinstance(tried, dict) else tried[0]
    expect(form.locator(".tried")).to_contain_text(worth["sentence"])
    expect(form.locator(".tried")).to_contain_text(f"caught {worth['caught']:,} of")
    form.get_by_role("button", name="Promise it").click()
    notice(page, "promised")
    expect(page.locator('[data-rule="max_open_positions"]')).to_be_visible()
    page.keyboard.press("p")
    expect(page.locator('[data-rule="max_open_positions"] .row-name')).to_contain_text("•••")
    page.keyboard.press("p")
    expect(page.locator('[data-rule="max_open_positions"] .row-name')).to_contain_text("3")
    page.locator('[data-rule="max_open_positions"]').click()
    page.keyboard.press("D")
    notice(page, "removed max_open_positions")
    expect(page.locator('[data-rule="max_open_positions"]')).to_have_count(0)
    assert "max_open_positions" not in {one["id"] for one in site.coach("rules", "list")}


def test_a_rule_is_changed_shown_in_its_revisions_and_rolled_back(page: Page, site: Site) -> None:
    open_screen(page, f"/rules?rule={RULE}")
    before = site.coach("rules", "show", RULE)
    page.keyboard.press("e")
    form = page.locator('[data-form="rule"]')
    form.locator('[name="minutes"]').fill("45")
    expect(form.locator(".tried")).to_contain_text("within 45 min")
    form.get_by_role("button", name="Change the rule").click()
    notice(page, "changed")
    expect(page.locator(f'[data-rule="{RULE}"]')).to_contain_text("within 45 min")
    expect(page.locator(".revisions li").first).to_contain_text("→ 45")
    page.get_by_role("button", name=f"Go back to revision {before['revision']}").click()
    expect(page.locator(f'[data-rule="{RULE}"]')).to_contain_text(before["sentence"])
    page.keyboard.press("x")
    expect(page.locator(f'[data-rule="{RULE}"] .chip')).to_have_text("paused")
    page.keyboard.press("z")
    expect(page.locator(f'[data-rule="{RULE}"] .chip')).to_have_text("active")
    page.keyboard.press("c")
    notice(page, "your labels were asked")
    assert site.coach("rules", "show", RULE)["params"] == before["params"]


def test_a_statement_is_previewed_brought_and_taken_back(
    page: Page, site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "april.csv"
    file.write_text(STATEMENT)
    open_screen(page, "/imports")
    page.locator("input[type=file]").set_input_files(file)
    preview = page.locator("[data-preview]")
    expect(preview.locator('[data-field="new"]')).to_have_text("2")
    expect(preview.locator('[data-field="skipped_count"]')).to_have_text("1")
    expect(page.locator(".bring")).to_contain_text("line 4, quantity")
    assert "april.csv" not in {one["label"] for one in site.coach("import", "list")}
    page.get_by_label("Into which account").fill("april")
    page.get_by_role("button", name="Import 2 new").click()
    notice(page, "april.csv: 2 new, 0 known, 1 skipped")
    row = page.locator("[data-run]").filter(has_text="april.csv")
    row.click()
    expect(page.locator(".drawer")).to_contain_text("fetched 3")
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    notice(page, "taken back")
    expect(row.locator(".chip")).to_have_text("undone")


def test_an_unknown_file_is_asked_about_shown_and_remembered(
    page: Page, site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "of mine.csv"
    file.write_text(UNKNOWN)
    open_screen(page, "/imports")
    page.locator("input[type=file]").set_input_files(file)
    columns = page.locator(".columns-form")
    expect(columns.locator('[name="symbol"]')).to_have_value("Ticker")
    expect(columns.locator('[name="fee"]')).to_have_value("")
    columns.locator('[name="fee"]').select_option("Cost")
    columns.locator('[name="total"]').select_option("")
    assert accessible(page) == []
    columns.get_by_role("button", name="Read it so").press("Enter")
    questions = page.locator(".questions-form")
    expect(page.locator(".bring")).to_be_focused()  # what had the focus is gone
    for key in ("Tab", "Tab"):
        page.keyboard.press(key)
    expect(questions.get_by_label("In which currency are the prices of 'QQQ'")).to_be_focused()
    page.keyboard.type("USD")
    questions.get_by_label("sell").check()
    assert accessible(page) == []
    questions.get_by_role("button", name="Go on").click()
    questions.get_by_label("On which clock are its times").fill("Europe/Madrid")
    questions.get_by_role("button", name="Go on").click()
    rows = page.locator(".first-rows li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_have_text(
        "2026-03-16 09:00:00 UTC buy 5 QQQ-USD at 100.25, fee 1 USD", use_inner_text=True
    )
    page.get_by_role("button", name="Import 2 new").click()
    notice(page, "of mine.csv: 2 new, 0 known, 0 skipped")
    [kept] = [one for one in site.coach("mappings") if one["own"]]
    assert (kept["name"], kept["columns"]["fee"]) == ("of-mine", ["cost"])
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator('[data-preview] [data-field="known"]')).to_have_text("2")


def test_dropping_a_file_shows_what_it_would_bring(page: Page) -> None:
    open_screen(page, "/imports")
    page.evaluate(
        """text => {
          const transfer = new DataTransfer()
          transfer.items.add(new File([text], 'dropped.csv', {type: 'text/csv'}))
          const drop = new DragEvent('drop', {bubbles: true, dataTransfer: transfer})
          document.querySelector('.drop').dispatchEvent(drop)
        }""",
        STATEMENT,
    )
    expect(page.locator(".bring")).to_contain_text("dropped.csv")
    expect(page.locator('[data-preview] [data-field="fetched"]')).to_have_text("3")


def test_an_account_says_what_it_began_with(page: Page, site: Site) -> None:
    open_screen(page, "/accounts")
    card = page.locator('[data-account="coinbase"]')
    card.get_by_role("button", name="What it began with").click()
    answer(page, "What did coinbase begin with?", "5000.50", "Keep it")
    expect(card.locator('[data-field="equity"]')).to_have_text("5,000.5")
    page.keyboard.press("p")
    expect(card.locator('[data-field="equity"]')).to_have_text("•••")
    [account] = [one for one in site.coach("accounts") if one["name"] == "coinbase"]
    assert account["equity"] == "5000.5"


def test_a_key_that_is_none_is_refused_and_what_was_typed_stays(
    page: Page, complaints: Complaints
) -> None:
    complaints.allowed = ("Failed to load resource",)
    open_screen(page, "/accounts")
    page.keyboard.press("c")
    form = page.locator("form.connect")
    form.get_by_label("The view-only CDP key").fill("no key")
    form.get_by_role("button", name="Connect", exact=True).click()
    expect(page.locator(".notice.trouble")).to_be_visible()
    expect(form.get_by_label("The view-only CDP key")).to_have_value("no key")


def test_the_zone_and_the_tone_are_set(page: Page, site: Site) -> None:
    open_screen(page, "/settings")
    page.get_by_label(ZONE).fill("Asia/Tokyo")
    page.get_by_role("button", name="Keep it").click()
    notice(page, "days and weeks begin in Asia/Tokyo")
    assert site.coach("status")["zone"] == "Asia/Tokyo"
    page.get_by_label("strict").check()
    notice(page, "the strict tone")
    tones = [one for one in site.coach("config", "list") if one["name"] == "tone"]
    assert tones[0]["value"] == "strict"
    page.keyboard.press("1")
    settled(page)
    expect(page.locator("main")).to_contain_text("Asia/Tokyo")


def test_too_many_requests_are_counted_down_and_sent_again(
    page: Page, site: Site, complaints: Complaints
) -> None:
    complaints.allowed = ("429",)
    open_screen(page, "/reflect")
    refused: list[str] = []

    def refuse_once(route) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
        if refused:
            route.fallback()
            return
        refused.append(route.request.headers["idempotency-key"])
        error = {"code": "E_RATE_LIMIT", "message": "too much was asked", "hint": ""}
        headers = {"Retry-After": "2"}
        route.fulfill(status=429, headers=headers, json={"schema_version": 1, "error": error})

    page.route("**/api/notes", refuse_once)
    page.keyboard.press("m")
    answer(page, "Note on today", "typed once", "Keep it")
    expect(page.locator(".status.away")).to_contain_text("goes on by itself in")
    expect(page.locator("[data-note]").filter(has_text="typed once")).to_be_visible()
    assert len(refused) == 1
    assert [one["text"] for one in site.coach("note", "list")] == ["typed once"]


def test_what_is_typed_before_the_first_paint_stays(page: Page) -> None:
    page.add_init_script(AT_ONCE)
    open_screen(page, "/settings")
    expect(page.get_by_role("button", name="Keep it")).to_be_enabled()
    page.wait_for_timeout(300)
    expect(page.get_by_label(ZONE)).to_have_value("America/Lima")
    expect(page.get_by_role("button", name="Keep it")).to_be_enabled()


def test_a_zone_that_is_typed_stays_while_another_one_comes(page: Page, site: Site) -> None:
    open_screen(page, "/settings")
    field = page.get_by_label(ZONE)
    field.fill("America/Lima")
    with page.expect_response("**/api/screens/settings"):
        site.coach("config", "set", "zone", "Europe/Paris")
    settled(page)
    expect(field).to_have_value("America/Lima")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("button", name="Keep it")).to_be_disabled()
    assert site.coach("status")["zone"] == "America/Lima"
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
    tone = page.locator('[name="tone"]:not(:checked)').locator("..").inner_text()
    page.get_by_label(tone).check()
    with page.expect_response("**/api/screens/settings"):
        site.coach("config", "set", "zone", "Africa/Lagos")
    settled(page)
    expect(page.get_by_label(tone)).to_be_checked()
    [asked] = held
    asked.continue_()
    notice(page, f"the {tone} tone")
    expect(page.get_by_label(tone)).to_be_checked()


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
