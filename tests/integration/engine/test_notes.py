"""Notes on trades and days: they outlive their trades, and are found again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from coach.engine.api import events, imports, notes, trades, why
from coach.engine.api.notes import NoteFilter
from coach.engine.api.pages import ListPage
from coach.engine.api.session import Session
from coach.errors import Conflict, Invalid, NotFound
from coach.model.accounts import Run
from coach.model.journal.notes import LONGEST_NOTE, NotedTrade

Importer = Callable[..., Run]
DAY = date(2026, 3, 4)
TRADE = ("09:00 buy BTC-USD 1 @ 100", "10:00 sell BTC-USD 1 @ 90")


def trade_ids(session: Session) -> list[str]:
    return [view.trip.id for view in trades.round_trips(session)]


def noted(session: Session, text: str = "chased it") -> str:
    """Write a note on the only trade there is, and return the trade's id."""
    [trade] = trade_ids(session)
    notes.add(session, notes.subject(session, trade[:6]), text)
    return trade


def texts(session: Session, zone: str = "UTC", **wanted: object) -> list[str]:
    found = notes.notes(session, replace(NoteFilter(), **wanted), zone)  # type: ignore[arg-type]
    return [note.text for note in found]


def about(session: Session) -> NotedTrade:
    [note] = notes.notes(session, NoteFilter(), "UTC")
    assert isinstance(note.about, NotedTrade)
    return note.about


def moment(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def test_a_note_is_there_again_when_its_trade_is(session: Session, imported: Importer) -> None:
    run = imported(*TRADE)
    trade = noted(session)
    imports.undo(session, run.id)
    assert texts(session) == ["chased it"]
    assert about(session).now is None
    imported(*TRADE)
    assert about(session).now == trade
    assert [note.text for note in why.of_trade(session, trade).notes] == ["chased it"]
    assert [view.notes for view in trades.round_trips(session)] == [1]


def test_a_note_goes_to_the_trade_that_its_own_became_part_of(
    session: Session, imported: Importer
) -> None:
    """
    09:00 buy  BTC 1 @ 100   the note's trade
    10:00 sell BTC 1 @ 90
    08:00 buy  BTC 1 @ 95    from an earlier statement: now one trade from 08:00 on
    11:00 sell BTC 1 @ 99
    """
    imported(*TRADE)
    before = noted(session)
    imported("08:00 buy BTC-USD 1 @ 95", "11:00 sell BTC-USD 1 @ 99")
    [now] = trade_ids(session)
    assert now != before
    assert (about(session).id, about(session).now) == (before, now)
    assert [note.text for note in why.of_trade(session, now).notes] == ["chased it"]


def test_a_note_does_not_go_to_a_trade_of_another_book_or_time(
    session: Session, imported: Importer
) -> None:
    run = imported(*TRADE)
    noted(session)
    imports.undo(session, run.id)
    imported("08:00 buy ETH-USD 1 @ 95", "11:00 sell ETH-USD 1 @ 99")
    imported("08:00 buy BTC-USD 1 @ 95", "11:00 sell BTC-USD 1 @ 99", account="other")
    imported("09:30 buy BTC-USD 1 @ 95", "11:00 sell BTC-USD 1 @ 99")
    assert about(session).now is None
    assert [view.notes for view in trades.round_trips(session)] == [0, 0, 0]


def test_a_note_follows_the_fill_that_opens_its_trade_to_another_key(
    session: Session, imported: Importer
) -> None:
    """
    09:00 buy  SOL 10 @ 140   #900
    11:00 sell SOL 10 @ 142   #901
    13:00 buy  SOL  4 @ 150   #900: the id is shared, so it names no fill any more
    """
    imported("09:00 buy SOL-USD 10 @ 140 #900", "11:00 sell SOL-USD 10 @ 142 #901")
    before = noted(session)
    later = imported("13:00 buy SOL-USD 4 @ 150 #900")
    [renamed] = trade_ids(session)
    assert renamed != before
    assert (about(session).id, about(session).now) == (renamed, renamed)
    imports.undo(session, later.id)
    assert about(session).id == before


def test_the_same_text_is_added_once(session: Session, imported: Importer) -> None:
    imported(*TRADE)
    [trade] = trade_ids(session)
    for subject in (notes.subject(session, trade), DAY):
        first = notes.add(session, subject, "slept badly")
        again = notes.add(session, subject, "  slept badly\r\n")
        assert (first.changed, again.changed) == (True, False)
        assert again.note == first.note
    assert len(texts(session)) == 2


def test_phrases_are_found_anywhere_and_mean_what_they_say(session: Session) -> None:
    notes.add(session, DAY, "Waited for the Café target,\n100% sure")
    notes.add(session, DAY, "no target_price")
    for phrases, count in {
        ("TARGET",): 2,
        ("cafe", "sure"): 1,
        ("target, 100%",): 1,
        ("arget",): 2,
        ("%",): 1,
        ("target_",): 1,
        ("sure", "price"): 0,
    }.items():
        assert len(texts(session, phrases=phrases)) == count, phrases


def test_notes_are_chosen_by_what_they_are_about(session: Session, imported: Importer) -> None:
    """A trade of 2 March 09:00; notes on 1, 2 and 4 March, all written on 1 April."""
    imported(*TRADE)
    noted(session, "trade")
    for day in (4, 1, 2):
        notes.add(session, date(2026, 3, day), f"day {day}")
    assert texts(session) == ["day 1", "day 2", "trade", "day 4"]
    assert texts(session, since=moment(2), until=moment(3)) == ["day 2", "trade"]
    assert texts(session, since=moment(2, 12)) == ["day 2", "day 4"]
    assert texts(session, until=moment(2, 9)) == ["day 1", "day 2"]
    assert texts(session, symbol="BTC-USD") == ["trade"]
    assert texts(session, page=ListPage(newest=2)) == ["trade", "day 4"]


def test_pages_of_notes_repeat_none_and_hide_none_while_notes_arrive(session: Session) -> None:
    """Notes on 1, 2 and 4 March; one on 3 March, and one on 28 February, come between pages."""
    for day in (4, 1, 2):
        notes.add(session, date(2026, 3, day), f"day {day}")
    assert texts(session, page=ListPage(limit=2)) == ["day 1", "day 2"]
    notes.add(session, date(2026, 3, 3), "day 3")
    notes.add(session, date(2026, 2, 28), "before")
    assert texts(session, page=ListPage(after="3", limit=2)) == ["day 3", "day 4"]
    assert texts(session, page=ListPage(after="1")) == []
    with pytest.raises(NotFound, match="row"):
        texts(session, page=ListPage(after="03"))
    with pytest.raises(NotFound, match="row"):
        texts(session, since=moment(2), page=ListPage(after="2"))


def test_a_day_begins_where_the_zone_says(session: Session) -> None:
    """4 March in Auckland lasts from 3 March 11:00 UTC to 4 March 11:00 UTC."""
    notes.add(session, DAY, "day")
    assert texts(session, "Pacific/Auckland", until=moment(3, 11)) == []
    assert texts(session, "Pacific/Auckland", until=moment(3, 12)) == ["day"]
    assert texts(session, "Pacific/Auckland", since=moment(4, 11)) == []


def test_a_removed_note_can_be_brought_back(session: Session) -> None:
    note = notes.add(session, DAY, "slept badly").note
    notes.remove(session, note.id)
    assert texts(session) == []
    assert texts(session, removed=True) == ["slept badly"]
    assert not notes.remove(session, note.id).changed
    with pytest.raises(Conflict, match="note 1 is removed"):
        notes.edit(session, note.id, "slept well")
    assert notes.restore(session, note.id).note == note
    assert texts(session) == ["slept badly"]


def test_a_number_is_never_given_again(session: Session) -> None:
    notes.remove(session, notes.add(session, DAY, "first").note.id)
    assert notes.add(session, DAY, "first").note.id == 2
    for number in (0, -1, 3, 2**40):
        with pytest.raises(NotFound):
            notes.remove(session, number)


def test_an_edited_note_is_found_by_its_new_text_alone(session: Session) -> None:
    note = notes.add(session, DAY, "slept badly").note
    assert notes.edit(session, note.id, "slept well").note.edited_at == session.clock()
    assert not notes.edit(session, note.id, "slept well").changed
    assert texts(session, phrases=("badly",)) == []
    assert texts(session, phrases=("well",)) == ["slept well"]


def test_events_say_what_became_of_a_note_and_not_what_it_says(session: Session) -> None:
    note = notes.add(session, DAY, "a secret").note
    notes.add(session, DAY, "a secret")
    notes.edit(session, note.id, "another secret")
    notes.remove(session, note.id)
    notes.restore(session, note.id)
    told = list(events.every(session))
    assert [one.type for one in told] == [
        "note.added",
        "note.edited",
        "note.removed",
        "note.restored",
    ]
    named = {"note_id": 1, "trade_id": None, "day": "2026-03-04"}
    assert all(one.payload == named for one in told)


@pytest.mark.parametrize("text", ["", " \n", "x" * (LONGEST_NOTE + 1), "a\0b", "\udcff"])
def test_a_text_that_cannot_be_kept_is_refused(session: Session, text: str) -> None:
    with pytest.raises(Invalid):
        notes.add(session, DAY, text)
    assert texts(session) == []
