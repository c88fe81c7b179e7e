"""Every screen of the demo's trader: it shows the numbers of the commands, and is for everybody."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from coach.wording import numbers
from tests.e2e.browser.web.conftest import (
    NARROW,
    WIDE,
    Complaints,
    Site,
    accessible,
    fits,
    open_screen,
    opened,
    settled,
)

pytestmark = pytest.mark.browser

SCREENS = (
    *("/week", "/trades", "/trades?view=scatter", "/habits", "/rules", "/what-if"),
    *("/reflect", "/imports", "/accounts", "/settings"),
)


def local(moment: str, zone: str = "UTC") -> str:
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def words_of(place: Locator, field: str) -> str:
    return (place.locator(f'[data-field="{field}"]').first.text_content() or "").strip()


def figures(told: object) -> list[str]:
    """Return what a digest shows of each figure, wherever it stands."""
    if isinstance(told, Mapping):
        own = [str(told["shown"])] if "shown" in told and "evidence" in told else []
        return own + [one for value in told.values() for one in figures(value)]
    if isinstance(told, list):
        return [one for value in told for one in figures(value)]
    return []


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_week_shows_every_figure_of_its_digest(page: Page, site: Site) -> None:
    open_screen(page, "/week")
    text = plain(page.locator("main").inner_text())
    digest = site.coach("digest")
    shown = [
        one for part in ("highlight", "cost", "rules", "changes") for one in figures(digest[part])
    ]
    assert len(shown) > 10
    assert [one for one in shown if plain(one) not in text] == []


def test_the_next_step_leads_to_what_it_names(page: Page, site: Site) -> None:
    [(kind, name)] = site.api("/api/screens/week")["next"]["query"].items()
    open_screen(page, "/week")
    page.keyboard.press("n")
    place = {"habit": "data-evidence", "rule": "data-page"}[kind]
    expect(page.locator(f'[{place}="{name}"]')).to_be_visible()


def test_the_calendar_counts_every_broken_rule_on_its_day(page: Page, site: Site) -> None:
    open_screen(page, "/week")
    days = page.locator(".day[aria-label]").evaluate_all(
        "all => all.map(one => one.getAttribute('aria-label'))"
    )
    counted = sum(int(found[1]) for day in days if (found := re.search(r"(\d+) broken rule", day)))
    assert counted == len(site.coach("rules", "breaches"))


def test_the_trades_are_those_of_the_command_newest_first(page: Page, site: Site) -> None:
    open_screen(page, "/trades")
    trades = site.coach("trades")[::-1]
    rows = page.locator(".grid-body [role=row]")
    expect(rows.first.locator(".c-net")).not_to_be_empty()
    assert page.locator(".sum").inner_text().startswith(f"{len(trades)} trades")
    for place, trade in enumerate(trades[:8]):
        cells = rows.nth(place)
        net = numbers.amount(Decimal(trade["net"]), trade["quote"], sign=True)
        expect(cells.locator(".c-net")).to_have_text(net)
        expect(cells.locator(".c-closed_at")).to_have_text(local(trade["closed_at"]))
        fees = numbers.amount(Decimal(trade["fees"]), trade["quote"])
        expect(cells.locator(".c-fees")).to_have_text(fees)
        size = numbers.quantity(Decimal(trade["quantity"]))
        expect(cells.locator(".c-quantity")).to_have_text(size)


def test_keys_move_through_the_trades_and_open_the_evidence(page: Page, site: Site) -> None:
    open_screen(page, "/trades")
    for key in ("j", "j", "k", "Enter"):
        page.keyboard.press(key)
    trade = site.coach("trades")[-2]
    expect(page.locator("[data-trade]")).to_have_attribute("data-trade", trade["id"])
    net = numbers.money(Decimal(trade["net"]), trade["quote"], sign=True)
    expect(page.locator(".drawer")).to_contain_text(net)
    chart = page.locator(".drawer .chart-box")
    expect(chart).to_have_attribute("aria-label", re.compile(r"^Prices of .* entry at"))
    chart.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".drawer .chart-said")).to_contain_text("open")
    page.keyboard.press("Escape")
    expect(page.locator(".drawer")).to_have_count(0)


def test_words_narrow_the_trades_and_a_wrong_one_is_explained(
    page: Page, site: Site, complaints: Complaints
) -> None:
    complaints.allowed = ("400",)
    open_screen(page, "/trades")
    page.keyboard.press("/")
    page.keyboard.type("win")
    expect(page.locator(".sum")).to_contain_text("for win")
    count = sum(one["outcome"] == "win" for one in site.coach("trades"))
    expect(page.locator(".sum")).to_have_text(re.compile(rf"^{count} trades? for win,"))
    page.keyboard.type(" >x")
    expect(page.get_by_role("alert")).to_contain_text("names no amount")
    assert page.get_by_label("Filter").input_value() == "win >x"
    page.keyboard.press("Escape")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_every_trade_with_known_excursions_is_in_the_scatter(page: Page, site: Site) -> None:
    open_screen(page, "/trades?view=scatter")
    known = [one for one in site.coach("trades") if one["mae"] is not None]
    expect(page.locator(".chart-said")).to_contain_text(f"{len(known)} trades with known MAE")
    page.get_by_text("As a table").click()
    rows = page.locator(".chart tbody tr")
    expect(rows).to_have_count(len(known))
    first = min(known, key=lambda one: Decimal(one["mae"]))
    mae = numbers.percent(float(first["mae"]))
    expect(rows.first).to_contain_text(f"MAE {mae}")


def test_every_habit_has_the_numbers_of_the_command(page: Page, site: Site) -> None:
    open_screen(page, "/habits")
    found = site.coach("biases")
    assert page.locator("[data-habit]").count() == len(found)
    for one in found:
        row = page.locator(f'[data-habit="{one["bias"]}"]')
        assert words_of(row, "n") == numbers.limit(one["n"])
        if one["interval"] and one["kind"] == "test":
            assert words_of(row, "effect") == numbers.measure(one["effect"])
            ends = " .. ".join(map(numbers.measure, one["interval"]))
            assert words_of(row, "interval") == ends


def test_what_stands_behind_a_habit_is_told(page: Page, site: Site) -> None:
    open_screen(page, "/habits")
    page.locator('[data-habit="revenge"]').click()
    expect(page.locator('[data-evidence="revenge"]')).to_contain_text("for it")
    level = next(one["level"] for one in site.coach("biases") if one["bias"] == "revenge")
    expect(page.locator(".drawer .lines").first).to_contain_text(level)


def test_every_rule_says_how_often_it_was_broken(page: Page, site: Site) -> None:
    open_screen(page, "/rules")
    for one in site.coach("rules", "list"):
        row = page.locator(f'[data-rule="{one["id"]}"]')
        expect(row).to_contain_text(one["sentence"])
        assert words_of(row, "breaches") == numbers.limit(one["breaches"])
        assert words_of(row, "last_breach") == local(one["last_breach"])


def test_a_what_if_has_the_numbers_of_the_simulation(page: Page, site: Site) -> None:
    open_screen(page, "/what-if?skip_after_loss=30")
    found = site.coach("simulate", "--skip-after-loss", "30")
    [sample] = found["samples"]
    table = page.locator('[data-table="what-if"]')
    quote = sample["quote"]
    wanted = {
        "actual": numbers.amount(Decimal(sample["actual"]), quote, sign=True),
        "replay": numbers.amount(Decimal(sample["replay"]), quote, sign=True),
        "fees saved": numbers.amount(Decimal(sample["fees_saved"]), quote, sign=True),
        "attributable": numbers.amount(Decimal(repr(sample["attributable"])), quote, sign=True),
        "trades changed": f"{sample['changed']} of {sample['entries']}",
        "P(better)": numbers.whole_percent(sample["p_better"]),
    }
    for name, words in wanted.items():
        expect(table.locator(f'[data-name="{name}"] td')).to_have_text(words)
    expect(page.locator(".chart-box")).to_have_attribute("aria-label", re.compile("luck alone"))
    last = found["fan"][0]["weeks"][-1]
    cells = [numbers.amount(Decimal(repr(one)), quote, sign=True) for one in last["luck"]]
    page.get_by_text("As a table").click()
    expect(page.locator(".chart tbody tr").last).to_contain_text(cells[0])
    expect(page.locator(".chart tbody tr").last).to_contain_text(cells[-1])
    page.get_by_label("pause after a loss (min)").fill("0")
    expect(table.locator('[data-name="trades changed"] td')).to_have_text(
        f"0 of {sample['entries']}"
    )


def test_imports_and_accounts_have_the_numbers_of_their_commands(page: Page, site: Site) -> None:
    open_screen(page, "/imports")
    for one in site.coach("import", "list"):
        row = page.locator(f'[data-run="{one["run_id"]}"]')
        for name in ("new", "known", "skipped_count"):
            assert words_of(row, name) == numbers.limit(one[name])
    open_screen(page, "/accounts")
    for one in site.coach("accounts"):
        card = page.locator(f'[data-account="{one["name"]}"]')
        assert words_of(card, "fills") == numbers.limit(one["fills"])
        assert words_of(card, "last_import") == local(one["last_import"])


def test_every_balance_and_every_gap_has_the_numbers_of_reconcile(page: Page, site: Site) -> None:
    [last] = [one["last"] for one in site.coach("accounts") if one["name"] == "coinbase"]
    site.coach("entries", "balance", "USD", "1234.5", "--account", "coinbase", "--at", last)
    found = site.api("/api/reconcile")
    assert found["gaps"]
    open_screen(page, "/imports")
    shown = page.locator('[aria-label="Balances"]')
    expect(shown.locator("[data-balance]")).to_have_count(len(found["balances"]))
    for one in found["balances"]:
        row = shown.locator(f'[data-balance="{one["account"]} {one["asset"]}"]')
        for name in ("stated", "difference", "balance"):
            assert words_of(row, name) == (one[name] or "-")
        stated_at = one["stated_at"]
        assert words_of(row, "stated_at") == ("-" if stated_at is None else local(stated_at))
        assert words_of(row, "status") == one["status"].replace("_", " ")
    gaps = shown.locator("[data-balance-gap]")
    expect(gaps).to_have_count(len(found["gaps"]))
    for place, one in enumerate(found["gaps"]):
        expect(gaps.nth(place)).to_have_attribute("data-balance-gap", one["cause"])
        expect(gaps.nth(place)).to_contain_text(one["sentence"])
        expect(gaps.nth(place)).to_contain_text(local(one["before"]))
    assert "entries_not_read" not in {one["cause"] for one in found["gaps"]}
    expect(shown.locator('[aria-label="What is lacking"] li')).to_have_count(0)
    page.keyboard.press("p")
    expect(shown).to_contain_text("•••")
    assert "1234.5" not in shown.inner_text()
    page.keyboard.press("p")
    assert accessible(page) == []


def test_an_answer_stands_in_the_conversation_word_by_word(page: Page, site: Site) -> None:
    open_screen(page, "/reflect")
    told = site.coach("reflect", "why do I lose")
    answer = page.locator(f'[data-answer="{told["id"]}"]')
    expect(answer.locator(".question")).to_have_text(told["question"])
    text = plain(answer.inner_text())
    assert [one["text"] for one in told["sentences"] if one["text"] not in text] == []


def test_one_key_hides_all_money_and_sizes(page: Page, site: Site) -> None:
    open_screen(page, "/trades")
    trade = site.coach("trades")[-1]
    net = numbers.amount(Decimal(trade["net"]), trade["quote"], sign=True)
    expect(page.locator(".c-net").nth(1)).to_have_text(net)
    page.keyboard.press("p")
    expect(page.locator(".c-net").nth(1)).to_have_text("•••")
    page.keyboard.press("Enter")
    expect(page.locator("[data-trade]")).to_contain_text("•••")
    assert net.lstrip("+-") not in page.locator("main").inner_text()
    page.keyboard.press("1")
    settled(page)
    assert page.locator("main").inner_text().count("•••") > 3
    page.reload()
    settled(page)
    assert "•••" in page.locator("main").inner_text()


def test_a_page_whose_script_did_not_come_through_is_loaded_again(
    page: Page, complaints: Complaints
) -> None:
    complaints.allowed = ("net::ERR_FAILED",)
    page.route("**/vendor/signals.js", lambda route: route.abort(), times=1)
    open_screen(page, "/week")
    assert len(complaints.heard) >= 1
    assert page.evaluate("() => sessionStorage.length") == 0


def test_every_screen_is_a_key_away_and_the_keys_are_told(page: Page) -> None:
    open_screen(page, "/week")
    for key, title in (("2", "Trades"), ("4", "Rules"), ("9", "Settings"), ("1", "Week")):
        page.keyboard.press(key)
        expect(page.locator("nav [aria-current=page]")).to_contain_text(title)
    settled(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Hide money and sizes")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.go_back()
    expect(page.locator("nav [aria-current=page]")).to_contain_text("Settings")


@pytest.mark.parametrize(("size", "theme"), [(WIDE, "light"), (NARROW, "dark")])
def test_every_screen_is_accessible_and_fits(
    browser: Browser, site: Site, complaints: Complaints, size: tuple[int, int], theme: str
) -> None:
    with opened(browser, site.url, size, theme) as context:
        page = context.new_page()
        complaints.listen(page)
        wrong: list[str] = []
        for path in (*SCREENS, "/habits?habit=revenge", "/rules?rule=max_trades_per_day"):
            open_screen(page, path)
            wrong += [f"{path} {one}" for one in accessible(page)]
            assert fits(page), path
        assert wrong == []
    assert complaints.unmeant() == []


def test_the_digest_is_printed_without_a_script(browser: Browser, site: Site) -> None:
    with browser.new_context(base_url=site.url, java_script_enabled=False) as context:
        page = context.new_page()
        digest: dict[str, Any] = site.coach("digest")
        page.goto("/digest")
        text = plain(page.locator("main").inner_text())
        assert [one for one in figures(digest["highlight"]) if plain(one) not in text] == []
        assert digest["sha256"] in text
        page.goto("/week")
        expect(page.get_by_role("link", name="the digest of your week")).to_be_visible()
