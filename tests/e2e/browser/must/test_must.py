"""The ways that must work, walked by a stranger from the first page on; docs/testing.md has them.

Where the browser has no button for a step the terminal takes it: a worker makes what is due by the
clock, and an archive is read into a home that is not served yet.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4
from zipfile import ZipFile

import httpx2
import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from coach.wording import numbers
from tests.e2e.browser.must.conftest import (
    ACCOUNT,
    LONGEST_MS,
    PASSWORD,
    Broker,
    Coach,
    Stranger,
    connect,
    lose_and_enter_again,
    write_notes,
)
from tests.e2e.browser.web.conftest import Complaints, open_screen, opened, settled
from tests.e2e.cli.server.conftest import PATIENCE
from tests.e2e.homes import LentHome, remove_database
from tests.hooks import hook_server

pytestmark = [pytest.mark.browser, pytest.mark.must]

RULE, MINUTES = "cooldown_after_loss", 30
SOON = 22.5
"""Minutes after a loss: the stranger calls an entry that comes sooner revenge, and no other."""
SAME = ("trades", "pnl")
ANSWERS = 50
MONTH = timedelta(days=30)
NOTES = 30
KILLED = ("Failed to load resource", "WebSocket connection", "failed: ")
AGED = "update notify_channel set created_at = created_at - interval '8 days'"
ALL_SEEN = """([applied, seq, head]) => {
  const found = JSON.parse(localStorage.getItem('coach.position')).seq
  return found >= head && coachState.applied.value - applied === found - seq
}"""
SEEN = """() => [
  coachState.applied.value, JSON.parse(localStorage.getItem('coach.position')).seq
]"""


def test_a_broker_is_connected_and_all_of_its_last_thirty_days_are_here(
    page: Page, stranger: Stranger, books: int, broker: Broker
) -> None:
    open_screen(page, "/imports")
    row = page.locator("[data-run]").filter(has_text=ACCOUNT).last
    expect(row.locator('[data-field="new"]')).to_have_text(f"{books:,}")
    expect(row.locator('[data-field="skipped_count"]')).to_have_text("0")
    since = broker.world.end - MONTH
    month = [one for one in broker.world.executions if one.at >= since]
    assert month[0].at - since < timedelta(days=2)
    [account] = [one for one in stranger.read("/api/accounts") if one["name"] == ACCOUNT]
    assert datetime.fromisoformat(account["first"]) < since
    kept = stranger.read(f"/api/fills?since={since:%Y-%m-%d}")
    assert len(kept) >= len(month) > 0
    open_screen(page, "/trades")
    [newest] = stranger.read("/api/trades")[-1:]
    net = numbers.amount(Decimal(newest["net"]), newest["quote"], sign=True)
    expect(page.locator(".grid-body [role=row]").first.locator(".c-net")).to_have_text(net)


@pytest.mark.usefixtures("books")
def test_the_first_finding_opens_what_it_rests_on(page: Page, stranger: Stranger) -> None:
    open_screen(page, "/habits")
    first = page.locator("[data-habit]").first
    bias = first.get_attribute("data-habit")
    [found] = [one for one in stranger.read("/api/biases") if one["bias"] == bias]
    assert (bias, found["level"]) == ("revenge", "strong")
    expect(first.locator('[data-field="n"]')).to_have_text(numbers.limit(found["n"]))
    first.click()
    evidence = page.locator(f'[data-evidence="{bias}"]')
    expect(evidence).to_contain_text("strong")
    expect(evidence).to_contain_text("for it")
    open_screen(page, "/trades?words=flagged")
    expect(page.locator(".sum")).to_contain_text("for flagged")
    page.keyboard.press("Enter")
    trade = page.locator("[data-trade]").get_attribute("data-trade")
    page.get_by_text("Its fills, one by one").click()
    [of_it] = [one for one in stranger.read("/api/trades") if one["id"] == trade]
    expect(page.locator("[data-fill]")).to_have_count(of_it["fills"])


@pytest.mark.usefixtures("books")
def test_the_weekly_digest_arrives_once_and_says_what_the_page_says(
    page: Page, coach: Coach, lent_home: LentHome
) -> None:
    """The channel is made to look older than the week: only such a one gets it by the clock."""
    open_screen(page, "/settings")
    page.get_by_role("button", name="Add a channel").click()
    form = page.locator(".channel-form")
    form.locator('[name="kind"]').select_option("webhook")
    form.locator('[name="name"]').fill("hook")
    form.locator('[name="quiet_hours"]').fill("none")
    with hook_server() as hook:
        form.locator('[name="first"]').fill(f"{hook.url}/mine")
        form.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator('[data-channel="hook"]')).to_be_visible()
        with psycopg.connect(lent_home.database_url()) as connection:
            connection.execute(AGED)
        coach.work_once()
        page.get_by_text("What was sent").click()
        sent = page.locator("[data-delivery]")
        expect(sent).to_contain_text(", sent", timeout=LONGEST_MS)
        [post] = hook.posts
        arrived = json.loads(post.body)
        expect(sent).to_contain_text(f"hook: digest {arrived['week']}, sent")
    assert (arrived["kind"], arrived["digest"]["week"]) == ("digest", arrived["week"])
    open_screen(page, f"/week?week={arrived['week']}")
    text = page.locator("main").inner_text().replace("\N{NO-BREAK SPACE}", " ")
    said = arrived["summary"].splitlines()
    assert len(said) > 2
    assert [line for line in said if line not in text] == []


@pytest.mark.usefixtures("books")
def test_a_rule_is_broken_and_its_proposal_accepted_and_rolled_back(
    page: Page, stranger: Stranger, broker: Broker
) -> None:
    stranger.remove(f"/api/rules/{RULE}")  # where this test is tried once more
    promise_a_rule(page)
    promised = stranger.read(f"/api/rules/{RULE}")
    break_the_rule(page, stranger, broker)
    page.goto("about:blank")  # nothing is drawn anew for every answer
    say_which_breaches_were_revenge(stranger)
    open_screen(page, f"/rules?rule={RULE}")
    page.keyboard.press("c")
    proposal = page.locator(".proposal")
    expect(proposal).to_be_visible()
    [told] = stranger.read("/api/rules/proposals")
    expect(proposal).to_contain_text(told["sentence"])
    proposal.get_by_role("button", name="Accept").click()
    expect(proposal).to_have_count(0)
    moved = stranger.read(f"/api/rules/{RULE}")
    assert moved["params"]["minutes"] == told["now"] != MINUTES
    page.get_by_role("button", name=f"Go back to revision {promised['revision']}").click()
    expect(page.locator(f'[data-rule="{RULE}"]')).to_contain_text(promised["sentence"])
    assert stranger.read(f"/api/rules/{RULE}")["params"] == promised["params"]


def promise_a_rule(page: Page) -> None:
    """Promise it on its screen, which says beforehand what it would have caught."""
    open_screen(page, "/rules")
    page.keyboard.press("n")
    form = page.locator('[data-form="rule"]')
    form.get_by_label("Kind").select_option(RULE)
    form.locator('[name="minutes"]').fill(str(MINUTES))
    expect(form.locator(".tried")).to_contain_text("caught")
    form.get_by_role("button", name="Promise it").click()
    expect(page.locator(f'[data-rule="{RULE}"]')).to_be_visible()


def break_the_rule(page: Page, stranger: Stranger, broker: Broker) -> None:
    """Break it at the broker, read that, and see the breach in its count and at its trade."""
    before = stranger.read("/api/rules/breaches")
    lose_and_enter_again(broker.url)
    open_screen(page, "/accounts")
    page.locator(f'[data-account="{ACCOUNT}"]').get_by_role("button", name="Sync").click()
    page.keyboard.press("4")
    counted = page.locator(f'[data-rule="{RULE}"] [data-field="breaches"]')
    expect(counted).to_have_text(str(len(before) + 1), timeout=LONGEST_MS)
    known = {one["trade_id"] for one in before}
    after = stranger.read("/api/rules/breaches")
    [trade] = [one["trade_id"] for one in after if one["trade_id"] not in known]
    open_screen(page, f"/trades?trade={trade}")
    expect(page.locator(".drawer")).to_contain_text(RULE)


def say_which_breaches_were_revenge(stranger: Stranger) -> None:
    """Answer as the screen of a trade does by a key, many times and without the screen."""
    for breach in stranger.read("/api/rules/breaches")[-ANSWERS:]:
        answer = "yes" if breach["facts"]["minutes_since"] < SOON else "no"
        label = {"trade": breach["trade_id"], "bias": "revenge", "answer": answer}
        stranger.write("/api/labels", label)


@pytest.mark.usefixtures("books")
def test_a_reflection_is_asked_for_and_says_what_each_claim_rests_on(
    page: Page, stranger: Stranger
) -> None:
    open_screen(page, "/reflect")
    page.keyboard.press("a")
    page.keyboard.type("why do I lose")
    page.keyboard.press("Enter")
    answer = page.locator("[data-answer]")
    expect(answer.locator(".question")).to_have_text("why do I lose")
    [told] = stranger.read("/api/reflections")
    text = answer.inner_text().replace("\N{NO-BREAK SPACE}", " ")
    assert [one["text"] for one in told["sentences"] if one["text"] not in text] == []
    resting = [one for one in told["sentences"] if one["evidence"]]
    expect(answer.locator(".rests")).to_have_count(len(resting))
    assert resting


def test_a_server_that_is_killed_while_events_are_written_loses_none(
    page: Page, stranger: Stranger, coach: Coach, complaints: Complaints
) -> None:
    complaints.allowed = KILLED
    open_screen(page, "/reflect")
    before = page.evaluate(SEEN)
    word = f"as it died {uuid4().hex}"
    notes = page.locator("[data-note]").filter(has_text=word)
    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(write_notes, coach.url, stranger.cookies(), NOTES, word)
        expect(notes.first).to_be_visible()
        coach.kill()
        expect(page.locator(".status.away")).to_be_visible()
        coach.start_again()
        written.result(PATIENCE)
    settled(page)
    expect(notes).to_have_count(NOTES)
    head = stranger.read("/api/screens/shell")["head"]["seq"]
    page.wait_for_function(ALL_SEEN, arg=[*before, head])


def test_what_is_revoked_is_refused_at_once(
    page: Page, browser: Browser, stranger: Stranger, coach: Coach, broker: Broker
) -> None:
    connect(page, broker, "second")
    card = page.locator('[data-account="second"]')
    card.get_by_role("button", name="Disconnect").click()
    dialog = page.get_by_role("dialog", name="Disconnect second?")
    dialog.get_by_role("button", name="Disconnect").click()
    expect(card.get_by_role("button", name="Disconnect")).to_have_count(0)
    refused = stranger.refused("/api/imports/sync", {"account": "second"})
    assert refused["message"] == "no connected account 'second'"
    revoke_a_token(page, coach.url)
    end_another_session(page, browser, coach.url)


def revoke_a_token(page: Page, url: str) -> None:
    open_screen(page, "/settings")
    page.get_by_role("button", name="Make a token that reads").click()
    page.get_by_role("dialog").get_by_label("What it is for").fill("of a program")
    page.get_by_role("dialog").get_by_role("button", name="Make a token").click()
    token = page.locator("code.made").inner_text()
    as_program = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=url, headers=as_program, timeout=PATIENCE) as program:
        assert program.get("/api/status").status_code == 200
        row = page.locator(".door-row").filter(has_text="of a program")
        row.get_by_role("button", name="Revoke").click()
        expect(row).to_have_count(0)
        assert program.get("/api/status").status_code == 401


def end_another_session(page: Page, browser: Browser, url: str) -> None:
    """A page that is open there shows nothing any more, without being asked for anything."""
    with opened(browser, url) as context:
        other = context.new_page()
        other.goto("/sign-in")
        other.get_by_label("Name").fill("local")
        other.get_by_label("Password").fill(PASSWORD)
        other.get_by_role("button", name="Sign in").click()
        open_screen(other, "/week")
        page.get_by_role("button", name="End all others").click()
        expect(other.locator("h1")).to_have_text("Sign in")
        assert context.request.get("/api/status").status == 401


@pytest.mark.usefixtures("books")
def test_what_was_exported_is_restored_into_a_new_home_with_the_same_numbers(
    page: Page, stranger: Stranger, coach: Coach, tmp_path: Path
) -> None:
    open_screen(page, "/settings")
    with page.expect_download() as saving:
        page.get_by_role("link", name="an archive, for another coach").click()
    packed = tmp_path / "mine.zip"
    saving.value.save_as(packed)
    with ZipFile(packed) as files:
        [archive] = [name for name in files.namelist() if name.endswith(".coacharchive")]
        files.extract(archive, tmp_path)
    home = tmp_path / "fresh"
    try:
        coach.run("import", "archive", str(tmp_path / archive), home=home)
        again = [coach.run(name, home=home) for name in SAME]
    finally:
        remove_database(home)
    assert again == [stranger.read(f"/api/{name}") for name in SAME]
