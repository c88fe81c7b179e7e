"""A long list of trades: all of it can be reached, and only what is seen is in the page."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from os import environ
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from coach.wording import numbers
from tests.e2e.browser.web.conftest import NARROW, Complaints, fits, open_screen, opened, run_coach
from tests.e2e.cli.server.conftest import running_server
from tests.e2e.homes import LentHome

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
SYMBOLS = ("BTC-USD", "ETH-USD", "SOL-USD")
MOST_DRAWN = 80
DRAWN = "() => document.querySelectorAll('.grid-body [role=row]').length"


class LongList(NamedTuple):
    """Where a server has so many trades, and what the command says of them, newest first."""

    url: str
    trades: list[dict[str, Any]]


def statement(trades: int) -> str:
    """Return so many round trips of two fills."""
    dice, at = Random(3), datetime(2021, 1, 1, tzinfo=UTC)
    lines = [HEADER]
    for number in range(trades):
        symbol, price = dice.choice(SYMBOLS), dice.randrange(9_000, 11_000) / 100
        for side, after in (("buy", 9), ("sell", 11)):
            at += timedelta(minutes=after)
            price = round(price * (1 + dice.gauss(0, 0.01)), 2)
            fill = f"{at:%Y-%m-%dT%H:%M:%SZ},{symbol},{side},1,{price},0.1,USD,{side}{number}"
            lines.append(fill)
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module", params=[2_000, 100_000])
def many(
    request: pytest.FixtureRequest, lent_home: LentHome, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LongList]:
    file: Path = tmp_path_factory.mktemp("many") / "fills.csv"
    file.write_text(statement(request.param))
    home = lent_home.folder
    command = [sys.executable, "-m", "coach", "import", "csv", str(file)]
    subprocess.run(command, check=True, env={**environ, "COACH_HOME": str(home)})
    trades = run_coach(home, "trades")[::-1]
    assert len(trades) == request.param
    with running_server(home) as server:
        yield LongList(server.url, trades)
    lent_home.make_as_new()


@pytest.fixture
def page(browser: Browser, many: LongList, complaints: Complaints) -> Iterator[Page]:
    with opened(browser, many.url) as context:
        page = context.new_page()
        complaints.listen(page)
        open_screen(page, "/trades")
        yield page
    assert complaints.unmeant() == []


def shows(page: Page, trade: dict[str, Any]) -> None:
    """Expect the row under the cursor to be that of a trade."""
    current = page.locator(".grid-row.current")
    net = numbers.amount(Decimal(trade["net"]), trade["quote"], sign=True)
    expect(current.locator(".c-net")).to_have_text(net)
    expect(current.locator(".c-closed_at")).to_contain_text(trade["closed_at"][:10])


def test_keys_reach_both_ends_and_little_is_in_the_page(page: Page, many: LongList) -> None:
    expect(page.locator(".sum")).to_contain_text(f"{len(many.trades):,} trades")
    for key, at in (("End", -1), ("Home", 0), ("PageDown", None), ("G", -1), ("k", -2)):
        page.keyboard.press(key)
        if at is not None:
            shows(page, many.trades[at])
        assert page.evaluate(DRAWN) < MOST_DRAWN


def test_a_list_that_is_scrolled_anywhere_shows_what_stands_there(
    page: Page, many: LongList
) -> None:
    for share in (0.5, 0.9, 0.1):
        page.evaluate(
            """share => {
              const list = document.querySelector('.grid-body')
              list.scrollTop = list.scrollHeight * share
            }""",
            share,
        )
        place = round(len(many.trades) * share) + 5
        row = page.locator(f'.grid-body [aria-rowindex="{place + 2}"]')
        trade = many.trades[place]
        net = numbers.amount(Decimal(trade["net"]), trade["quote"], sign=True)
        expect(row.locator(".c-net")).to_have_text(net)
        assert page.evaluate(DRAWN) < MOST_DRAWN


def test_words_and_an_order_are_those_of_all_trades(page: Page, many: LongList) -> None:
    page.goto("/trades?words=loss+eth&order=net&rising=yes")
    chosen = [one for one in many.trades if one["outcome"] == "loss" and one["symbol"] == "ETH-USD"]
    expect(page.locator(".sum")).to_contain_text(f"{len(chosen):,} trades for loss eth")
    worst = min(chosen, key=lambda one: Decimal(one["net"]))
    net = numbers.amount(Decimal(worst["net"]), worst["quote"], sign=True)
    expect(page.locator(".grid-row.current .c-net")).to_have_text(net)


def test_a_long_list_fits_a_telephone(
    browser: Browser, many: LongList, complaints: Complaints
) -> None:
    with opened(browser, many.url, NARROW, "dark") as context:
        page = context.new_page()
        complaints.listen(page)
        open_screen(page, "/trades")
        page.keyboard.press("End")
        shows(page, many.trades[-1])
        assert fits(page)
    assert complaints.unmeant() == []
