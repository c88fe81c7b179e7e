"""Conclusions follow from the data: orders and plans beside the trades, traits told once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from coach.engine.api import events, imports
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.session import Session
from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.features.bars import NO_MARKET, Market
from coach.engine.features.orders import ADD, CLOSE, ENTRY, PARTIAL
from coach.engine.history.inputs import AnalysisInputs, CandleReach
from coach.engine.history.known import known
from coach.engine.imports.derive import conclude_anew
from coach.engine.store import health, insights, traits
from coach.errors import ObjectTrouble
from coach.model.accounts import Run
from coach.model.fills import FillKey
from coach.model.insights import Tag
from coach.model.times import instant
from coach.model.trades import TradeId

Importer = Callable[..., Run]
HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
FIRST = datetime(2026, 1, 1, 8)  # noqa: DTZ001 -- written with a Z


def revenge_rows(days: int) -> list[str]:
    """Three trades a day; after a loss back within minutes and three times as large."""
    rows, lost = [], False
    for number in range(days * 3):
        opened = FIRST + timedelta(days=number // 3, hours=number % 3 * 3)
        if lost:
            opened = FIRST + timedelta(days=number // 3, hours=number % 3 * 3 - 2, minutes=-50)
        size = 3 if lost else 1
        lost = number * 7 % 5 in {0, 2} and number % 3 < 2
        price = 90 if lost else 108
        closed = opened + timedelta(minutes=5)
        rows.append(f"{opened.isoformat()}Z,BTC-USD,buy,{size},100,0.1,,a{number}")
        rows.append(f"{closed.isoformat()}Z,BTC-USD,sell,{size},{price},0.1,,b{number}")
    return rows


@pytest.fixture
def avenger(session: Session, tmp_path: Path) -> Callable[[int], Run]:
    """Import so many days of a trader who takes revenge."""

    def bring(days: int) -> Run:
        file = tmp_path / f"{days}.csv"
        file.write_text("\n".join([HEADER, *revenge_rows(days)]) + "\n")
        return import_statement(session, file, ImportRequest(account="main"))

    return bring


def told(session: Session, kind: str, bias: str = "revenge") -> list[dict[str, object]]:
    every = [event for event in events.every(session) if event.type == kind]
    return [dict(event.payload) for event in every if event.payload["bias"] == bias]


def test_every_order_of_a_trade_is_known(session: Session, imported: Importer) -> None:
    imported(
        "09:00 buy BTC-USD 1 @ 100",
        "10:00 buy BTC-USD 1 @ 90",
        "11:00 sell BTC-USD 0.5 @ 95",
        "12:00 sell BTC-USD 1.5 @ 99",
    )
    with session.connection.transaction():
        past, trouble = known(session.connection, session.user)
    assert past.orders.kind.tolist() == [ENTRY, ADD, PARTIAL, CLOSE]
    assert past.orders.average.tolist() == [0, 100, 95, 95]
    assert trouble is None


def test_orders_reach_back_to_the_opening_of_a_trade_that_is_still_open(
    session: Session, imported: Importer
) -> None:
    """The Ether was bought two years before the newest fill; the Bitcoin trade is over."""
    imported("09:00 buy ETH-USD 1 @ 100", "09:00 buy BTC-USD 1 @ 9", day="2024-03-01")
    imported("09:00 sell BTC-USD 1 @ 9", day="2024-03-02")
    imported("09:00 buy BTC-USD 1 @ 9", day="2026-03-01")
    with session.connection.transaction():
        past, _ = known(session.connection, session.user)
    assert [past.trips[row].symbol for row in past.orders.trip.tolist()] == ["ETH-USD", "BTC-USD"]


def test_nothing_is_known_of_orders_after_a_moment(session: Session, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", day="2026-03-02")
    imported("09:00 sell BTC-USD 1 @ 100", day="2026-03-20")
    moment = round(datetime.fromisoformat("2026-03-10T00:00:00Z").timestamp() * 1e6)
    with session.connection.transaction():
        past, _ = known(session.connection, session.user, end_us=moment)
    assert past.orders.kind.tolist() == [ENTRY]


def test_a_trait_is_announced_once_and_by_the_time_of_the_data(
    session: Session, avenger: Callable[[int], Run]
) -> None:
    avenger(60)
    [announced] = told(session, "trait.announced")
    assert announced["as_of"] == "2026-03-01T14:05:00.000001Z"
    avenger(66)
    assert len(told(session, "trait.announced")) == 1
    standing = traits.standing(session.connection, session.user.id)["revenge"]
    assert standing.as_of > standing.announced_at


def test_a_trait_whose_trades_are_undone_is_withdrawn(
    session: Session, avenger: Callable[[int], Run]
) -> None:
    run = avenger(60)
    imports.undo(session, run.id)
    [withdrawn] = told(session, "trait.withdrawn")
    assert withdrawn["reason"] == "its trades are gone"
    assert traits.standing(session.connection, session.user.id) == {}
    avenger(60)
    assert len(told(session, "trait.announced")) == 2


def test_only_tags_that_differ_are_written(session: Session) -> None:
    """Of three tags one changes, one goes and one stays as it was written."""
    at = datetime.fromisoformat("2026-03-02T09:00:00Z")
    keys = [FillKey(bytes([number]) * 16) for number in range(3)]
    first, second, third = (
        Tag("revenge", TradeId("t"), at, (key,), {"size_ratio": 1.5}, "f@1", (key,)) for key in keys
    )
    connection, user = session.connection, session.user.id
    insights.replace_tags(connection, user, [first, second, third])
    written = "select xmin::text from tag where event_key = %s"
    before = connection.execute(written, [keys[0]]).fetchone()
    changed = replace(second, facts={"size_ratio": 2.5})
    assert insights.replace_tags(connection, user, [first, changed]) == []
    assert insights.tags(connection, user) == [first, changed]
    assert connection.execute(written, [keys[0]]).fetchone() == before


def test_a_trade_may_carry_several_tags_of_one_bias(session: Session) -> None:
    """Each is new once; a tag from before events were kept stands for any of its trade."""
    at = datetime.fromisoformat("2026-03-02T09:00:00Z")
    keys = [FillKey(bytes([number]) * 16) for number in range(3)]
    tags = [Tag("averaging_down", TradeId("t"), at, (key,), {}, "f@1", (key,)) for key in keys]
    connection, user = session.connection, session.user.id
    assert insights.replace_tags(connection, user, tags[:2]) == tags[:2]
    assert insights.replace_tags(connection, user, tags) == tags[2:]
    assert insights.tags(connection, user) == tags
    assert insights.tagged(connection, user) == {"t": ("averaging_down",)}
    connection.execute("delete from tag")
    connection.execute(
        "insert into tag (user_id, bias, trade_id, at, fill_keys, facts, formula)"
        " values (%s, 'averaging_down', 't', now(), '', '{}', 'f@1')",
        [user],
    )
    assert insights.replace_tags(connection, user, tags) == []


def test_candles_that_cannot_be_read_change_nothing_that_was_found_with_them(
    session: Session, avenger: Callable[[int], Run]
) -> None:
    avenger(60)
    connection, user = session.connection, session.user
    connection.execute(
        "update finding set body = jsonb_set(body, '{evidence,0,sample,candles}', '\"file\"'),"
        " level = 'strong' where bias = 'size_after_win'"
    )

    def dead(_reach: CandleReach) -> Market:
        raise ObjectTrouble("", what="nobody answers")

    with connection.transaction():
        scored = conclude_anew(connection, user, AnalysisInputs(dead))
    assert health.levels(connection, user.id)["size_after_win"] == "strong"
    assert "size_after_win" not in {finding.bias for finding in scored.findings}
    assert "nobody answers" in scored.warnings[0]


def asked_for(session: Session) -> CandleReach:
    asked: list[CandleReach] = []

    def noted(reach: CandleReach) -> Market:
        asked.append(reach)
        return NO_MARKET

    with session.connection.transaction():
        known(session.connection, session.user, noted)
    [reach] = asked
    return reach


def test_candles_are_asked_for_as_far_as_the_windows_reach(
    session: Session, imported: Importer
) -> None:
    """The first trade is of this year, and 171 days are what the windows and the warm-up take."""
    imported("09:00 buy NEW-USD 1 @ 1", day="2026-03-02")
    reach = asked_for(session)
    assert reach.end_us - reach.start_us == timedelta(days=171) / timedelta(microseconds=1)
    assert reach.judged_us == reach.start_us


def test_candles_are_asked_for_as_far_as_the_trading_years_that_count(
    session: Session, imported: Importer
) -> None:
    """The third trading year is under way; the second counts too, and ten days before it."""
    imported("09:00 buy OLD-USD 1 @ 1", "09:30 sell OLD-USD 1 @ 1", day="2024-01-02")
    imported("09:00 buy MID-USD 1 @ 1", "09:30 sell MID-USD 1 @ 1", day="2025-03-02")
    imported("09:00 buy NEW-USD 1 @ 1", day="2026-03-02")
    reach = asked_for(session)
    assert reach.symbols == ("MID-USD", "NEW-USD")
    assert instant(reach.start_us).isoformat() == "2024-12-23T09:00:00+00:00"
    assert reach.judged_us is not None
    assert reach.end_us - reach.judged_us == timedelta(days=171) / timedelta(microseconds=1)


def test_a_tag_from_before_the_candles_that_were_read_stays_a_fact(
    session: Session, imported: Importer
) -> None:
    """It was made with candles once; the trade of the other one is gone."""
    imported("09:00 buy BTC-USD 1 @ 1", "09:30 sell BTC-USD 1 @ 1", day="2025-03-02")
    imported("09:00 buy BTC-USD 1 @ 1", day="2026-03-02")
    connection, user = session.connection, session.user
    trade = connection.execute("select id from trade order by opened_at limit 1").fetchone()
    assert trade is not None
    formula = HABITS["averaging_down"].formula
    at, key = datetime.fromisoformat("2025-03-02T09:00:00Z"), FillKey(b"k" * 16)
    old = [
        Tag("averaging_down", TradeId(name), at, (key,), {}, formula, (key,))
        for name in (trade[0], "gone")
    ]
    insights.replace_tags(connection, user.id, old)
    with connection.transaction():
        scored = conclude_anew(connection, user)
    assert insights.tags(connection, user.id, "averaging_down") == old[:1]
    assert scored.new_tags == []
