"""Which sources may be asked, and why the others may not."""

import pytest

from coach.engine.market.sources import opened, sandbox_of
from coach.model.machine.secrets import Secret
from coach.model.market import KNOWN_SOURCES, SourceWishes

REAL = "https://api.coinbase.com"
SANDBOX = "http://127.0.0.1:8765"


def off(wishes: SourceWishes, **base_urls: str) -> dict[str, str]:
    with opened(wishes, base_urls) as listed:
        assert [one.name for one in listed] == list(KNOWN_SOURCES)
        assert [bool(one.off) for one in listed] == [one.adapter is None for one in listed]
        return {one.name: one.off for one in listed}


def test_by_default_the_free_ones_and_no_vendor() -> None:
    found = off(SourceWishes())
    assert [name for name, reason in found.items() if not reason] == ["coinbase", "binance"]


def test_a_vendor_takes_its_name_and_its_key() -> None:
    keys = {"coinapi": Secret("k"), "alphavantage": Secret("")}
    found = off(SourceWishes(("alphavantage", "coinapi"), keys=keys))
    assert not found["coinapi"]
    assert "COACH_ALPHAVANTAGE_KEY" in found["alphavantage"]
    assert "candle_sources" in found["coinbase"]
    assert off(SourceWishes(("coinbase",), keys=keys))["coinapi"]


def test_beside_a_sandbox_only_what_it_speaks() -> None:
    wishes = SourceWishes(KNOWN_SOURCES, keys={"coinapi": Secret("k"), "alphavantage": Secret("k")})
    found = off(wishes, sandbox=SANDBOX)
    assert [name for name, reason in found.items() if not reason] == ["coinbase", "binance"]
    assert not any(off(wishes, sandbox=SANDBOX, mine=REAL).values())


@pytest.mark.parametrize(
    ("urls", "found"),
    [((), ""), ((REAL,), ""), ((f"{REAL}/",), ""), ((SANDBOX,), SANDBOX), ((SANDBOX, REAL), "")],
)
def test_it_is_a_sandbox_while_nothing_real_is_connected(urls: tuple[str, ...], found: str) -> None:
    assert sandbox_of({str(number): url for number, url in enumerate(urls)}) == found


def test_the_list_of_the_user_is_the_order_of_the_places() -> None:
    with opened(SourceWishes(("binance", "coinbase")), {}) as listed:
        places = {one.name: one.place for one in listed}
    assert places["binance"] < places["coinbase"] < places["coinapi"]
