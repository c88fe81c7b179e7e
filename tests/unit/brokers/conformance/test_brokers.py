"""What every adapter keeps to, whichever broker it reads: one suite over all of them."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import get_args

import pytest

from coach.brokers.adapter import OpenBroker, refuse_if_too_strong
from coach.brokers.base import Other, Row
from coach.brokers.entries import EntryMark, TransactionPage
from coach.brokers.market.base import Ask, FetchedBars
from coach.brokers.oauth.grant import read_grant
from coach.brokers.sandbox.faults import AnswerFault, SandboxPlan
from coach.brokers.sandbox.transactions import LIVED
from coach.brokers.sandbox.world import SandboxWorld
from coach.errors import BrokerTrouble, CoachError, Invalid, KeyCanDoTooMuch, TryLater
from coach.model.candles import Granularity
from coach.model.fills import Fill, Symbol
from coach.model.times import microseconds
from tests.unit.brokers.conformance.conftest import BrokerCase, Deal, Opened

FOREVER: tuple[AnswerFault, ...] = ("banned", "restricted", "internal_error", "html", "malformed")
PASSING: tuple[AnswerFault, ...] = tuple(
    fault for fault in get_args(AnswerFault) if fault not in {"banned", "restricted"}
)
LONG = timedelta(days=45)


def truth(case: BrokerCase, world: SandboxWorld) -> list[Deal]:
    return sorted(map(case.deal, world.executions))


def deals(rows: list[Row]) -> list[Deal]:
    return sorted(
        Deal(row.at, row.symbol, row.side, row.quantity, row.price, row.fee, row.fee_currency)
        for row in rows
        if isinstance(row, Fill)
    )


def everything(broker: OpenBroker, world: SandboxWorld) -> list[Row]:
    return list(broker.fills(None, world.end).rows())


def test_every_fill_arrives_once_with_its_money_and_a_name_of_its_own(
    opened: Opened, case: BrokerCase, world: SandboxWorld
) -> None:
    rows = everything(opened(), world)
    assert deals(rows) == truth(case, world)
    assert len({row.native_id for row in rows if isinstance(row, Fill)}) == len(world.executions)
    assert [row.line for row in rows] == [*range(1, len(rows) + 1)]


class NothingKnown:
    """A place where no wallet is known, and nothing is kept."""

    brief = False

    def mark(self, _wallet: str) -> EntryMark | None:
        return None

    def pages(self, _wallet: str) -> Iterable[TransactionPage]:
        return ()

    def keep(self, _wallet: str, _page: TransactionPage) -> None:
        """Keep nothing."""


def test_what_moved_coins_beside_fills_comes_from_coinbase_in_lists_of_its_own(
    opened: Opened, case: BrokerCase
) -> None:
    """By a key as by a grant; others tell it with their fills, or not at all."""
    found = opened().entries(NothingKnown(), None)
    assert (found is None) == (case.name != "coinbase")
    if found is not None:
        rows = [row for row in found.rows() if isinstance(row, Other)]
        assert (len(rows), found.unread, list(found.notes())) == (len(LIVED), "", [])
        moved = [row.movements[0] for row in rows]
        assert len({one.reference for one in moved}) == len(LIVED)


def test_fills_come_newest_first(opened: Opened, world: SandboxWorld) -> None:
    times = [row.at for row in everything(opened(), world) if isinstance(row, Fill)]
    assert times == sorted(times, reverse=True)


def test_a_second_pass_reads_the_same(opened: Opened, world: SandboxWorld) -> None:
    reading = opened().fills(world.end - LONG, world.end)
    first, counts = list(reading.rows()), dict(reading.counts)
    assert (list(reading.rows()), dict(reading.counts)) == (first, counts)


def test_windows_that_touch_lose_nothing_and_share_nothing(
    opened: Opened, case: BrokerCase, world: SandboxWorld
) -> None:
    """The edge lies on a fill: it belongs to the newer window alone."""
    broker, edge = opened(), case.deal(world.executions[200]).at
    older = list(broker.fills(None, edge - timedelta(microseconds=1)).rows())
    newer = list(broker.fills(edge, world.end).rows())
    assert deals([*older, *newer]) == truth(case, world)
    assert min(row.at for row in newer if isinstance(row, Fill)) == edge


def test_the_newest_fill_up_to_a_moment_is_found(
    opened: Opened, case: BrokerCase, world: SandboxWorld
) -> None:
    broker = opened()
    first, middle, last = (case.deal(world.executions[place]).at for place in (0, 150, -1))
    assert broker.newest_fill(world.end) == last
    assert broker.newest_fill(middle) == middle
    assert broker.newest_fill(first) == first
    assert broker.newest_fill(first - timedelta(microseconds=1)) is None


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_here_and_there_costs_nothing_but_time(
    opened: Opened, case: BrokerCase, world: SandboxWorld, fault: AnswerFault
) -> None:
    plan = SandboxPlan(chance={fault: 0.25}, path=case.fills_path, seed=3, slow_s=0, per_second=0)
    assert deals(everything(opened(plan), world)) == truth(case, world)


@pytest.mark.parametrize("fault", FOREVER)
def test_a_fault_that_stays_is_an_error_and_never_an_empty_account(
    opened: Opened, case: BrokerCase, world: SandboxWorld, fault: AnswerFault
) -> None:
    plan = SandboxPlan(chance={fault: 1.0}, path=case.fills_path, per_second=0)
    with pytest.raises((BrokerTrouble, TryLater)):
        everything(opened(plan), world)


def test_a_view_only_key_is_taken(opened: Opened, case: BrokerCase) -> None:
    scopes = opened().scopes()
    refuse_if_too_strong(scopes, case.adapter)
    assert (scopes.view, scopes.trade, scopes.transfer) == (True, False, False)
    assert scopes.names


@pytest.mark.parametrize("power", ["can_trade", "can_transfer"])
def test_a_key_that_can_do_more_is_refused(
    opened: Opened, case: BrokerCase, world: SandboxWorld, power: str
) -> None:
    broker = opened(key=case.issue(world, **{power: True}))
    with pytest.raises(KeyCanDoTooMuch, match=r"can trade|move money"):
        refuse_if_too_strong(broker.scopes(), case.adapter)


def test_a_key_that_the_broker_does_not_know_reads_nothing(
    opened: Opened, case: BrokerCase, world: SandboxWorld
) -> None:
    stranger = case.issue(SandboxWorld(world.end, (), {}, (), ()))
    with pytest.raises(CoachError, match="does not let coach in"):
        opened(key=stranger).scopes()


@pytest.mark.parametrize("text", ["", "hunter2", "{}", '{"name": 5}', "a\nb\nc\nd", "\ud800"])
def test_a_text_that_holds_no_key_is_refused_without_repeating_it(
    keyed_case: BrokerCase, text: str
) -> None:
    with pytest.raises(Invalid) as refused:
        keyed_case.adapter.key_name(text)
    assert "hunter2" not in f"{refused.value!s} {refused.value.hint} {refused.value.facts}"


def test_the_name_of_a_key_is_public_and_its_secret_stays_inside(
    opened: Opened, case: BrokerCase, world: SandboxWorld
) -> None:
    key = case.issue(world)
    broker = opened(key=key)
    if (grant := read_grant(key)) is None:
        name = case.adapter.key_name(key)
        assert name in key
        secrets = [key.replace(name, "").split('"')[-2] if '"' in key else key.splitlines()[-1]]
    else:
        secrets = [grant.access.reveal(), grant.refresh.reveal()]
    assert all(len(secret) > 20 for secret in secrets)
    assert not [one for one in secrets if one in f"{broker!r} {vars(broker)!r}"]


def test_wallets_hold_what_the_books_say(
    opened: Opened, case: BrokerCase, world: SandboxWorld
) -> None:
    held = {wallet.coin: wallet.quantity for wallet in opened().wallets().wallets}
    books = {
        str(one["currency"]): Decimal(str(one["available_balance"]["value"]))  # type: ignore[index, call-overload]
        for one in world.accounts
    }
    books[case.money] = books.pop("USD")
    assert held == {coin: quantity for coin, quantity in books.items() if quantity}


def test_candles_are_those_of_the_market(
    opened: Opened, case: BrokerCase, world: SandboxWorld
) -> None:
    """Of the last two hours but one; the hour that goes on is left out."""
    hour = 3_600_000_000
    now_us = microseconds(world.end)
    end = now_us - now_us % hour
    ask = Ask(Symbol(f"BTC-{case.money}"), Granularity(3600), end - 3 * hour, end, now_us)
    source = opened().candles()
    assert source.unfit(ask) == ""
    found = source.fetch(ask)
    assert isinstance(found, FetchedBars)
    tape = world.tapes["BTC-USD"]
    bars = tape.bars(3600, (end - 3 * hour) // 10**6, end // 10**6)
    closes = [tape.price(one.close) for one in reversed(bars)]
    assert [candle.close for candle in found.candles] == closes


def test_leaving_says_how_to_make_sure_at_the_broker(opened: Opened) -> None:
    left = opened().revoke()
    assert left.how_to_check.startswith(("delete the key", "see in the settings"))
    assert left.revoked == left.how_to_check.startswith("see")
