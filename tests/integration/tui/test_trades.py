"""Trades: found, sorted, labelled, noted, by keys alone."""

import re
from functools import partial
from typing import TYPE_CHECKING

from coach import wiring
from coach.engine.api import notes, trades
from coach.engine.api.browse.trade_labels import trade_labels
from coach.engine.api.promises import labels
from coach.settings.values import Settings
from coach.tui.widgets.row_table import RowTable
from tests.integration.tui.conftest import Driver, drive

if TYPE_CHECKING:
    from coach.model.trades import TradeId


def table(panel: Driver) -> RowTable:
    return panel.app.panel.query_one(RowTable)


def current(panel: Driver) -> "TradeId":
    row = table(panel).current
    assert row is not None
    return row["id"]  # type: ignore[return-value]


def another_is_current(panel: Driver, before: str) -> bool:
    row = table(panel).current
    return row is not None and row["id"] != before


def test_every_trade_can_be_reached_and_none_is_drawn_before(traded: Settings) -> None:
    with wiring.open_session(traded) as session:
        expected = [view.trip.id for view in trades.round_trips(session)][::-1]

    async def body(panel: Driver) -> None:
        assert current(panel) == expected[0]
        await panel.press("G")
        assert current(panel) == expected[-1]
        await panel.press("home", "down", "down", "k")
        assert current(panel) == expected[1]

    drive(traded, body, "trades")


def test_the_bar_says_where_in_the_list_one_is(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        bar = table(panel).vertical_scrollbar
        for key in ("G", "home", "pagedown", "pagedown", "end"):
            await panel.press(key)
            step = len(table(panel).source) / (8 * (table(panel).size.height - 1))
            assert abs(bar.position - table(panel).scroll_y) < step
        assert bar.position == table(panel).max_scroll_y

    drive(traded, body, "trades")


def test_words_narrow_the_list_and_escape_brings_all_back(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("slash")
        await panel.type("btc loss")
        await panel.shows("trades for btc loss")
        await panel.press("enter")
        shown = [line for line in panel.lines() if line.startswith("BTC-USD")]
        assert shown
        assert all(" -" in line for line in shown)
        await panel.press("escape")
        await panel.shows("90 trades, by closed, falling")

    drive(traded, body, "trades")


def test_a_word_that_makes_no_sense_is_named(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("slash")
        await panel.type(">much")
        await panel.shows("'>much' names no amount")

    drive(traded, body, "trades")


def test_sorting_by_net_puts_the_worst_first_the_other_way(traded: Settings) -> None:
    with wiring.open_session(traded) as session:
        worst = min(trades.round_trips(session), key=lambda view: view.trip.net)

    async def body(panel: Driver) -> None:
        await panel.press("s")
        await panel.shows("by net, falling")
        await panel.press("S")
        await panel.shows("by net, rising")
        row = table(panel).current
        assert row is not None
        assert row["net"] == str(worst.trip.net)

    drive(traded, body, "trades")


def test_one_key_labels_a_flagged_trade_and_z_takes_it_back(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("f")
        await panel.shows("for flagged")
        trade = current(panel)
        await panel.press("Y")
        await panel.shows(": yes (z undoes it)")
        with wiring.open_session(traded) as session:
            given = trade_labels(session, trade).answers
        assert [one.answer for one in given.values()] == ["yes"]
        await panel.press("z")
        await panel.shows("undone:")
        with wiring.open_session(traded) as session:
            assert labels.labels(session) == []

    drive(traded, body, "trades")


def test_a_second_answer_is_undone_to_the_first(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        trade, bias = current(panel), "revenge"
        with wiring.open_session(traded) as session:
            labels.label(session, trade, bias, "no")
        await panel.press("L")
        await panel.shows("Which habit?")
        letter = re.search(rf"(\w)  {bias}\b", panel.text())
        assert letter is not None
        await panel.press(letter[1])
        await panel.shows(f"Was it {bias}?")
        await panel.press("u")
        await panel.shows("unsure (z undoes it)")
        await panel.press("z")
        await panel.shows("undone:")
        with wiring.open_session(traded) as session:
            assert trade_labels(session, trade).answer(bias) == "no"
            labels.remove(session, trade, bias)

    drive(traded, body, "trades")


def test_what_was_said_of_a_trade_is_taken_back_and_said_again(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        trade = current(panel)
        with wiring.open_session(traded) as session:
            labels.label(session, trade, "revenge", "no", "it was planned")
        await panel.press("X")
        await panel.shows("taken back: revenge no (z undoes it)")
        with wiring.open_session(traded) as session:
            assert labels.labels(session) == []
        await panel.press("z")
        await panel.shows("undone:")
        with wiring.open_session(traded) as session:
            [again] = labels.labels(session)
            assert (again.answer, again.reason) == ("no", "it was planned")
            labels.remove(session, trade, "revenge")

    drive(traded, body, "trades")


def test_a_note_is_written_and_undone(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.press("m")
        await panel.type("too early")
        await panel.press("enter")
        await panel.shows("noted (z undoes it)")
        await panel.press("enter")
        await panel.press("G")
        await panel.shows("too early")
        await panel.press("z")
        await panel.shows("undone: noted")
        with wiring.open_session(traded) as session:
            assert list(notes.notes(session, notes.NoteFilter(), "UTC")) == []

    drive(traded, body, "trades")


def test_a_drawer_says_what_coach_why_says(traded: Settings) -> None:
    async def body(panel: Driver) -> None:
        trade = current(panel)
        await panel.press("enter")
        await panel.shows(f"trade {trade}, account main")
        await panel.press("y")
        await panel.shows(f"copied: coach why {trade[:8]}")
        await panel.press("escape")
        await panel.press("y")
        await panel.shows("copied: coach trades")

    drive(traded, body, "trades")


def test_flagged_trades_of_a_week_take_at_most_three_keys_each(traded: Settings) -> None:
    """A scripted walk: a key per tag answers, and the next trade is the current one by itself."""

    async def body(panel: Driver) -> None:
        await panel.press("f")
        await panel.shows("for flagged")
        keys, labelled = 0, set[str]()
        for _ in range(5):
            trade = current(panel)
            with wiring.open_session(traded) as session:
                tags = len(trade_labels(session, trade).unlabelled)
            for _ in range(tags):
                await panel.press("N")
                keys += 1
            await panel.until(partial(another_is_current, panel, trade))
            labelled.add(trade)
        assert len(labelled) == 5
        assert keys <= 3 * 5
        for _ in range(keys):
            await panel.press("z")
            await panel.shows("undone:")
        with wiring.open_session(traded) as session:
            assert labels.labels(session) == []

    drive(traded, body, "trades")
