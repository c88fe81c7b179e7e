"""From answers to a proposal, to a revision, and back."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coach.engine.api.events import every
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.promises import calibration as api
from coach.engine.api.promises import labels, revisions, rules
from coach.engine.api.session import Session
from coach.engine.rules.calibration.stored import decision_bytes, read_decision
from coach.engine.rules.draft import Terms
from coach.engine.store import trades
from coach.errors import Conflict, NotFound, UsageError
from tests.recomputed import recomputed

HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
RULE = "max_size_vs_median"
SIZES = (1.0, 1.0, 1.1, 0.9, 2.1, 1.0, 1.0, 2.9, 0.9, 1.1, 1.0, 2.2, 1.0, 1.0, 3.4, 1.0)
DAYS = 80


class Clock:
    """A clock that stands where it was put."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, days: float) -> None:
        self.now += timedelta(days=days)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def at(session: Session, clock: Clock, tmp_path: Path) -> Session:
    """Return a session with two trades a day, some of them twice and some thrice the usual size."""
    at = replace(session, clock=clock)
    lines = [HEADER]
    for number in range(2 * DAYS):
        opened = FIRST + timedelta(days=number // 2, hours=3 * (number % 2))
        size = SIZES[number % len(SIZES)]
        closed = opened + timedelta(minutes=30)
        lines += [
            f"{opened:%Y-%m-%dT%H:%M:%SZ},BTC-USD,buy,{size},100,0,,o{number}",
            f"{closed:%Y-%m-%dT%H:%M:%SZ},BTC-USD,sell,{size},{100 + number % 3 - 1},0,,c{number}",
        ]
    file = tmp_path / "trades.csv"
    file.write_text("\n".join(lines) + "\n")
    import_statement(at, file, ImportRequest(account="main"))
    return at


Answerer = Callable[..., None]


@pytest.fixture
def answer() -> Answerer:
    """Answer for every trade at least so large; from `yes_from` on it was impulsive."""

    def say(session: Session, *, least: float, yes_from: float) -> None:
        with session.connection.transaction():
            trips = list(trades.trips(session.connection, session.user.id))
        for trip in trips:
            size = float(trip.quantity)
            if size >= least:
                said = "yes" if size >= yes_from else "no"
                labels.label(session, trip.id, "size_after_loss", said)

    return say


def kinds(session: Session) -> list[str]:
    return [one.type for one in every(session) if one.type.startswith("rule.")]


def look(session: Session) -> api.Calibration:
    [found] = api.calibrate(session, RULE)
    asked = "select state, result->>'rules' from run where kind = 'calibrate.rules'"
    assert set(session.connection.execute(asked)) == {("done", "1")}
    return found


def reason(session: Session) -> str:
    evidence = look(session).evidence
    assert evidence is not None
    return evidence.decision.reason


def test_answers_become_a_proposal_that_waits_for_the_trader(at: Session, answer: Answerer) -> None:
    rules.add(at, RULE, {"ratio": 2})
    answer(at, least=2, yes_from=2.5)
    found = look(at)
    assert found.proposal is not None
    assert (found.proposal.was, found.proposal.now) == (2, 2.25)
    assert "39 labelled and 60 judged by outcome" in found.sentence
    assert "at 2 right" in found.sentence
    assert found.sentence.endswith("sure that 2.25 is better")
    assert api.proposals(at) == [found.proposal]
    assert rules.view(at, RULE).rule.params["ratio"] == 2
    assert kinds(at)[-1] == "rule.proposed"


def test_accepting_is_a_revision_with_its_evidence(at: Session, answer: Answerer) -> None:
    rules.add(at, RULE, {"ratio": 2})
    answer(at, least=2, yes_from=2.5)
    proposal = look(at).proposal
    assert proposal is not None
    done = api.accept(at, proposal.id[:4])
    assert (done.state, done.actor, done.waits) == ("accepted", "user", False)
    newest = revisions.history(at, RULE)[-1]
    assert newest.rule.params == {"ratio": 2.25, "window": 20}
    assert (newest.actor, newest.parent, newest.reason) == ("user", 1, proposal.sentence)
    assert newest.evidence["proposal"] == proposal.id
    assert newest.input_sha256 == read_decision(proposal.answered.encode()).input_sha256
    assert rules.view(at, RULE).badge is not None
    assert "rule.moved" in kinds(at)
    with pytest.raises(UsageError, match="accepted"):
        api.accept(at, proposal.id)
    assert api.proposals(at) == []
    assert reason(at) == "cooling"


def test_taken_back_a_rule_says_what_it_said_to_the_byte_and_stays(
    at: Session, clock: Clock, answer: Answerer
) -> None:
    rules.add(at, RULE, {"ratio": 2})
    answer(at, least=2, yes_from=2.5)
    proposal = look(at).proposal
    assert proposal is not None
    before = json.dumps(dict(rules.view(at, RULE).rule.params), sort_keys=True)
    api.accept(at, proposal.id)
    revisions.rollback(at, RULE)
    assert json.dumps(dict(rules.view(at, RULE).rule.params), sort_keys=True) == before
    for days in (1, 28):
        clock.later(days)
        assert reason(at) == "pinned"
    clock.later(2)
    assert reason(at) == "cooling"
    answer(at, least=2, yes_from=2.5)
    assert look(at).proposal is not None


def test_a_manual_edit_wins_and_pins(at: Session, answer: Answerer) -> None:
    rules.add(at, RULE, {"ratio": 2})
    answer(at, least=2, yes_from=2.5)
    proposal = look(at).proposal
    assert proposal is not None
    rules.edit(at, RULE, {"ratio": 6}, Terms())
    with pytest.raises(UsageError, match="has changed"):
        api.accept(at, proposal.id)
    found = look(at)
    assert reason(at) == "pinned"
    assert found.evidence is not None
    assert [step.value for step in found.evidence.steps][4] == 6


def test_a_dismissed_proposal_comes_back_after_two_weeks_at_the_earliest(
    at: Session, clock: Clock, answer: Answerer
) -> None:
    rules.add(at, RULE, {"ratio": 2})
    answer(at, least=2, yes_from=2.5)
    proposal = look(at).proposal
    assert proposal is not None
    assert api.dismiss(at, proposal.id).state == "dismissed"
    clock.later(13)
    assert reason(at) == "cooling"
    clock.later(1.5)
    assert reason(at) == "better"
    assert look(at).proposal is not None


def test_a_dismissal_that_is_taken_back_leaves_nothing_behind(
    at: Session, clock: Clock, answer: Answerer
) -> None:
    rules.add(at, RULE, {"ratio": 2})
    answer(at, least=2, yes_from=2.5)
    proposal = look(at).proposal
    assert proposal is not None
    api.dismiss(at, proposal.id)
    assert api.reopen(at, proposal.id) == proposal
    assert api.proposals(at) == [proposal]
    clock.later(8)
    assert reason(at) == "better"
    with pytest.raises(Conflict):
        api.reopen(at, proposal.id)
    with pytest.raises(NotFound):
        api.reopen(at, "none")


def test_whoever_asks_twice_in_a_week_gets_the_same_unless_something_is_new(
    at: Session, clock: Clock, answer: Answerer
) -> None:
    rules.add(at, RULE, {"ratio": 2})
    first = look(at)
    clock.later(0.1)
    assert look(at) == first
    answer(at, least=2, yes_from=2.5)
    told = len(list(every(at)))
    assert look(at).proposal is not None
    again = look(at)
    assert len(list(every(at))) == told + 1
    clock.later(7)
    assert look(at).proposal != again.proposal
    assert [one.state for one in api.proposals(at, every=True)] == ["expired", "open"]


def test_an_import_asks_once_a_week(
    at: Session, clock: Clock, answer: Answerer, tmp_path: Path
) -> None:
    rules.add(at, RULE, {"ratio": 2})
    answer(at, least=2, yes_from=2.5)
    for number, days in enumerate((0, 1, 7)):
        clock.later(days)
        file = tmp_path / f"more-{number}.csv"
        file.write_text(f"{HEADER}\n2026-03-28T0{number}:00:00Z,BTC-USD,buy,1,100,0,,x{number}\n")
        import_statement(at, file, ImportRequest(account="main"))
        assert kinds(at).count("rule.proposed") == (2 if number == 2 else 1)


def test_who_opted_in_needs_not_be_asked(at: Session, answer: Answerer) -> None:
    rules.add(at, RULE, {"ratio": 2})
    answer(at, least=2, yes_from=2.5)
    [found] = api.calibrate(at, RULE, auto=True)
    assert found.auto
    assert found.proposal is not None
    assert (found.proposal.state, found.proposal.actor) == ("accepted", "system")
    newest = revisions.history(at, RULE)[-1]
    assert (newest.actor, newest.rule.params["ratio"]) == ("system", 2.25)


def test_a_move_that_the_labels_turn_against_is_taken_back(
    at: Session, clock: Clock, answer: Answerer
) -> None:
    rules.add(at, RULE, {"ratio": 2})
    answer(at, least=2, yes_from=2.5)
    proposal = look(at).proposal
    assert proposal is not None
    api.accept(at, proposal.id)
    clock.later(10)
    answer(at, least=0, yes_from=2.0)
    found = look(at)
    assert found.proposal is not None
    assert (found.proposal.kind, found.proposal.state) == ("rollback", "accepted")
    newest = revisions.history(at, RULE)[-1]
    assert (newest.actor, newest.rule.params) == ("system", {"ratio": 2, "window": 20})
    assert "rule.rolled_back" in kinds(at)


def test_what_loosens_a_locked_rule_waits(at: Session, clock: Clock, answer: Answerer) -> None:
    rules.add(at, RULE, {"ratio": 2}, Terms(lock_hours=48))
    answer(at, least=2, yes_from=2.5)
    proposal = look(at).proposal
    assert proposal is not None
    done = api.accept(at, proposal.id)
    assert done.waits
    assert api.waits_until(at, done) == datetime(2026, 4, 3, 12, tzinfo=UTC)
    assert rules.view(at, RULE).rule.params["ratio"] == 2
    assert look(at).proposal == done
    clock.later(2.1)
    rules.apply_ended_locks(at)
    newest = revisions.history(at, RULE)[-1]
    assert newest.rule.params["ratio"] == 2.25
    assert (newest.evidence["proposal"], newest.actor) == (proposal.id, "user")
    assert newest.reason == f"{proposal.sentence}; its lock has ended"
    assert reason(at) == "cooling"


def test_what_is_kept_is_enough_to_compute_it_again(at: Session, answer: Answerer) -> None:
    rules.add(at, RULE, {"ratio": 2})
    answer(at, least=2, yes_from=2.5)
    look(at)
    [proposal] = api.proposals(at)
    again = recomputed(proposal.asked.encode())
    assert decision_bytes(again).decode() == proposal.answered


def test_labels_without_any_order_mute_after_eight_weeks(
    at: Session, clock: Clock, answer: Answerer
) -> None:
    rules.add(at, RULE, {"ratio": 2})
    answer(at, least=0, yes_from=9)
    for _ in range(10):
        clock.later(7)
        found = look(at)
        if found.proposal is not None and found.proposal.kind == "mute":
            break
        if found.proposal is not None:
            api.accept(at, found.proposal.id)
    assert found.proposal is not None
    assert found.proposal.kind == "mute"
    api.accept(at, found.proposal.id)
    assert not rules.view(at, RULE).rule.active
    assert kinds(at).count("rule.muted") == 1


def test_rules_that_cannot_learn_say_why(at: Session) -> None:
    rules.add(at, "symbol_lock", {"symbols": ["DOGE-USD"]})
    [found] = api.calibrate(at)
    assert found.why_not == "it has no threshold"
    with pytest.raises(UsageError, match="no threshold"):
        api.calibrate(at, "symbol_lock")
    with pytest.raises(NotFound):
        api.accept(at, "abcdef")
    with pytest.raises(UsageError, match="proposal takes the first"):
        api.dismiss(at, "ab")


def test_a_rule_made_anew_begins_anew(at: Session, answer: Answerer) -> None:
    rules.add(at, RULE, {"ratio": 2})
    answer(at, least=2, yes_from=2.5)
    api.calibrate(at, RULE, auto=True)
    rules.remove(at, RULE)
    rules.add(at, RULE, {"ratio": 2})
    found = look(at)
    assert not found.auto
    assert found.proposal is not None
    assert found.proposal.state == "open"


def test_two_at_once_ask_a_rule_once(at: Session, answer: Answerer) -> None:
    rules.add(at, RULE, {"ratio": 2})
    answer(at, least=2, yes_from=2.5)

    def look_in_a_thread(_: int) -> api.Calibration:
        with at.connect() as own:
            [found] = api.calibrate(replace(at, opened=own), RULE)
            return found

    with ThreadPoolExecutor(max_workers=2) as both:
        first, second = both.map(look_in_a_thread, range(2))
    assert first == second
    assert kinds(at).count("rule.proposed") == 1


def test_outcomes_alone_are_marked_and_move_no_further_than_one_step(
    at: Session, clock: Clock
) -> None:
    rules.add(at, RULE, {"ratio": 2})
    api.calibrate(at, RULE, auto=True)
    for _ in range(10):
        evidence = look(at).evidence
        assert evidence is not None
        assert (evidence.decision.mix.yes, evidence.decision.mix.no) == (0, 0)
        assert evidence.decision.mix.proxy_yes + evidence.decision.mix.proxy_no <= 60
        assert rules.view(at, RULE).rule.params["ratio"] in (1.75, 2, 2.25)
        clock.later(7)
