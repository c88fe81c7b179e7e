"""Checks are kept, matched with what came after them, and told of; so are commitments."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

import pytest

from coach.engine.api import digests, events, imports, trades, users, why
from coach.engine.api.promises import check, check_history, commitments, confidence, rules
from coach.engine.api.promises.check_history import CheckFilter, CheckHistory
from coach.engine.api.promises.commitments import CommitmentFilter
from coach.engine.api.session import Session
from coach.engine.store.vault import audit
from coach.errors import Conflict, Invalid, NotFound
from coach.model.accounts import Run
from coach.model.promises.commitments import LONGEST_COMMITMENT
from tests.databases import rows_of

Importer = Callable[..., Run]
WEEK = "2026-W10"
NINE = datetime(2026, 3, 4, 9, tzinfo=UTC)
RULE = "max_size_vs_median"
FIVE = [
    f"0{hour}:0{minute} {side} BTC-USD 1 @ 100"
    for hour in range(1, 6)
    for minute, side in ((0, "buy"), (5, "sell"))
]


def at(session: Session, minutes: float) -> Session:
    moment = NINE + timedelta(minutes=minutes)
    return replace(session, clock=lambda: moment)


def ask(session: Session, minutes: float, quantity: str = "1", sure: int | None = None) -> str:
    wanted = check.CheckRequest("BTC-USD", "buy", Decimal(quantity), Decimal(100), sure)
    return check.check(at(session, minutes), wanted).id


def history(session: Session) -> CheckHistory:
    return check_history.history(session, CheckFilter())


@pytest.fixture
def trader(session: Session, imported: Importer) -> Session:
    """Somebody with five entries of 100 USD and a limit of twice that."""
    imported(*FIVE, day="2026-03-03")
    rules.add(session, RULE, {"ratio": 2})
    return session


def test_a_check_is_kept_with_what_each_rule_answered(trader: Session) -> None:
    rules.add(trader, "no_entry_after_spike", {"z": 2})
    rules.add(trader, "max_trades_per_day", {"limit": 9})
    number = ask(trader, 0, "2.5", 70)
    [kept] = [one.check for one in history(trader).orders]
    assert (kept.id, kept.asked_at, kept.quantity) == (number, NINE, Decimal("2.5"))
    assert (kept.action, kept.broken, kept.confidence) == ("opens", (RULE,), 70)
    assert {one.rule_id: one.state for one in kept.answers} == {
        RULE: "broken",
        "max_trades_per_day": "kept",
        "no_entry_after_spike": "not judged",
    }
    assert (kept.largest.quantity, kept.largest.limited_by) == (Decimal(2), (RULE,))
    [told] = [one for one in events.every(trader) if one.type == "check.asked"]
    assert (told.payload["check_id"], told.payload["broken"]) == (number, [RULE])


def test_a_later_import_matches_and_an_undo_unmatches(trader: Session, imported: Importer) -> None:
    ask(trader, 0, "3")
    ask(trader, 120, "1")
    assert [one.outcome for one in history(trader).orders] == ["pending", "pending"]
    run = imported("09:30 buy BTC-USD 3 @ 100", "13:00 sell BTC-USD 3 @ 100", day="2026-03-04")
    found = history(trader)
    assert [one.outcome for one in found.orders] == ["not followed", "not traded"]
    assert (found.tally.trades, found.tally.asked_before, found.tally.not_followed) == (1, 1, 1)
    imports.undo(trader, run.id)
    assert [one.outcome for one in history(trader).orders] == ["pending", "pending"]


def test_a_history_is_read_in_parts(trader: Session) -> None:
    first, second, third = ask(trader, 0), ask(trader, 100), ask(trader, 200)
    wanted = CheckFilter(since=NINE + timedelta(minutes=100))
    assert [one.check.id for one in check_history.history(trader, wanted).orders] == [second, third]
    until = CheckFilter(until=NINE + timedelta(minutes=100))
    assert [one.check.id for one in check_history.history(trader, until).orders] == [first]
    other = check_history.history(trader, CheckFilter(symbol="ETH-USD"))
    assert (other.orders, other.tally.asked, other.first_at) == ([], 0, None)


def test_the_digest_tells_of_a_week_as_it_was_known_at_its_end(
    trader: Session, imported: Importer
) -> None:
    late = replace(trader, clock=lambda: NINE + timedelta(days=20))
    imported("09:30 buy BTC-USD 3 @ 100", "13:00 sell BTC-USD 3 @ 110", day="2026-03-04")
    before = digests.digest(late, WEEK)
    assert "asked" not in before.pack
    ask(trader, 0, "3", 80)
    ask(trader, 600, "3")
    commitments.sign(at(trader, 1), "Small is beautiful.", RULE)
    commitments.sign(at(trader, 1), "Breathe first.")
    told = digests.digest(late, WEEK)
    text = " ".join(re.sub(r" \[e\d+\]", "", told.text).split())
    for line in (
        "2 checks; of 6 trades that were opened 1 came after one.",
        "Followed 1 of 2 answers that named a broken rule.",
        "Confidence was given for 1 closed trade so far;",
        "Signed on 2026-03-04",
        "Small is beautiful.",
        "Breathe first.",
    ):
        assert line in text
    ask(trader, 60 * 24 * 9, "3", 80)
    commitments.remove(replace(trader, clock=lambda: NINE + timedelta(days=8)), 1)
    imported("09:30 buy BTC-USD 3 @ 100", day="2026-03-13")
    assert digests.digest(late, WEEK).sha256 == told.sha256
    assert digests.verify(late, WEEK).ok
    commitments.restore(replace(trader, clock=lambda: NINE + timedelta(days=9)), 1)
    assert digests.verify(late, WEEK).ok


def test_a_digest_of_a_week_that_goes_on_waits_for_the_hour_and_is_made_again_after_it(
    trader: Session,
) -> None:
    ask(trader, 0, "3")
    midweek = digests.digest(at(trader, 10), WEEK)
    assert "What was done after 1 answer" in midweek.text
    late = replace(trader, clock=lambda: NINE + timedelta(days=20))
    assert digests.verify(late, WEEK).ok
    assert "Followed 1" in digests.digest(late, WEEK).text
    assert digests.verify(late, WEEK).ok


def test_commitments_are_read_by_who_breaks_their_rule(trader: Session, imported: Importer) -> None:
    commitments.sign(trader, "Small is beautiful.", RULE)
    commitments.sign(trader, "Breathe first.")
    rules.add(trader, "max_trades_per_day", {"limit": 9})
    commitments.sign(trader, "Count them.", "max_trades_per_day")
    wanted = check.CheckRequest("BTC-USD", "buy", Decimal(3), Decimal(100))
    shown = check.check(at(trader, 0), wanted).commitments
    assert [one.text for one in shown] == ["Small is beautiful.", "Breathe first."]
    fine = check.CheckRequest("BTC-USD", "buy", Decimal(1), Decimal(100))
    assert check.check(at(trader, 0), fine).commitments == ()
    commitments.remove(trader, 2)
    imported("09:30 buy BTC-USD 3 @ 100", day="2026-03-04")
    [broken] = [one for one in events.every(trader) if one.type == "rule.breached"]
    assert broken.payload["commitments"] == ["Small is beautiful."]
    [still] = trades.open_round_trips(trader)
    shown = why.of_trade(trader, still.trip.id).commitments
    assert [one.text for one in shown] == ["Small is beautiful."]
    [size, count] = rules.rules(trader)
    assert [one.text for one in size.commitments] == ["Small is beautiful."]
    assert [one.text for one in count.commitments] == ["Count them."]


def test_commitments_are_found_removed_and_restored(trader: Session) -> None:
    assert commitments.sign(trader, " Walk to the café. \r\n").changed
    assert not commitments.sign(trader, "Walk to the café.").changed
    assert commitments.sign(trader, "Walk to the café.", RULE).changed

    def found(*phrases: str, **more: bool | str) -> list[int]:
        return [
            one.id
            for one in commitments.commitments(trader, CommitmentFilter(phrases, **more))  # type: ignore[arg-type]
        ]

    assert found("CAFE", "walk") == [1, 2]
    assert found("tea") == []
    assert found(rule_id=RULE) == [1, 2]
    assert commitments.remove(trader, 1).commitment.removed_at is not None
    assert not commitments.remove(trader, 1).changed
    assert (found(), found(removed=True)) == ([2], [1])
    assert commitments.restore(trader, 1).changed
    assert not commitments.restore(trader, 1).changed
    for text in ("  \n", "x" * (LONGEST_COMMITMENT + 1), "no\0"):
        with pytest.raises(Invalid):
            commitments.sign(trader, text)
    with pytest.raises(NotFound):
        commitments.sign(trader, "Never.", "no_such_rule")
    with pytest.raises(NotFound):
        commitments.commitment_named(trader, 7)


def test_who_is_purged_leaves_no_check_commitment_or_confidence(
    trader: Session, imported: Importer
) -> None:
    imported("08:00 buy BTC-USD 2 @ 100", day="2026-03-04")
    [still] = trades.open_round_trips(trader)
    ask(trader, 0)
    commitments.sign(trader, "Walk first.")
    confidence.give(trader, still.trip.id, 60)
    tables = ("trade_check", "commitment", "trade_confidence")
    assert [len(rows_of(trader.connection, table)) for table in tables] == [1, 1, 1]
    users.add(trader.connection, "other", "UTC")
    users.remove(trader.connection, trader.user.name, NINE)
    assert [rows_of(trader.connection, table) for table in tables] == [[], [], []]


def test_what_is_signed_stands_in_the_audit_by_its_hash(trader: Session) -> None:
    commitments.sign(trader, "Walk first.")
    commitments.remove(trader, 1)
    chain = list(audit.in_order(trader.connection, trader.user.id))
    found = [(one.kind, one.details) for one in chain if one.kind.startswith("commitment.")]
    said = f'{{"text_sha256":"{sha256(b"Walk first.").hexdigest()}"}}'
    assert found == [("commitment.signed", said), ("commitment.removed", said)]


def test_confidence_is_given_before_a_close_and_never_after(
    trader: Session, imported: Importer
) -> None:
    imported("08:00 buy BTC-USD 2 @ 100", day="2026-03-04")
    [still] = trades.open_round_trips(trader)
    confidence.give(at(trader, 0), still.trip.id, 60)
    with pytest.raises(Conflict, match="60 % on 2026-03-04 09:00 UTC"):
        confidence.give(at(trader, 5), still.trip.id, 90)
    imported("10:00 sell BTC-USD 2 @ 110", day="2026-03-04")
    found = history(trader).confidence
    assert (found.given, found.scored, found.right, found.score) == (1, 1, 1, None)
    closed = next(iter(trades.round_trips(trader))).trip.id
    with pytest.raises(Conflict, match="never afterwards"):
        confidence.give(trader, closed, 60)


def test_a_close_that_was_not_imported_yet_makes_a_confidence_too_late(
    trader: Session, imported: Importer
) -> None:
    imported("08:00 buy BTC-USD 2 @ 100", day="2026-03-04")
    [still] = trades.open_round_trips(trader)
    confidence.give(at(trader, 0), still.trip.id, 100)
    imported("08:30 sell BTC-USD 2 @ 110", day="2026-03-04")
    found = history(trader).confidence
    assert (found.given, found.scored) == (1, 0)


def test_confidence_is_a_whole_percent_of_an_order_that_opens(
    trader: Session, imported: Importer
) -> None:
    imported("08:00 buy BTC-USD 2 @ 100", day="2026-03-04")
    for sure in (-1, 101):
        with pytest.raises(Invalid):
            ask(trader, 0, "1", sure)
    with pytest.raises(Invalid, match="opens a trade or adds to it"):
        check.check(at(trader, 0), check.CheckRequest("BTC-USD", "sell", Decimal(1), None, 70))
    assert history(trader).orders == []
