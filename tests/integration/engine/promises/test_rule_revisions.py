"""Every change of a rule is kept; a lock holds back what loosens it, whatever the clocks say."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coach.engine.api.promises import revisions, rules
from coach.engine.api.promises.rules import Terms
from coach.engine.api.session import Session
from coach.engine.promises import revise
from coach.errors import NotFound, UsageError
from coach.model.machine.clock import Ticks
from coach.model.times import HOUR_US

HOUR = timedelta(hours=1)
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
ON = {"limit": 3}
LOCKED = Terms(note="Walk first.", lock_hours=24)

At = Callable[..., Session]


@pytest.fixture
def at(session: Session) -> At:
    """Return the session at so many hours after noon by the wall, and by the ticks of a boot."""

    def made(wall: float, ticks: float | None = None, boot: str = "one") -> Session:
        up = Ticks(boot, round((wall if ticks is None else ticks) * HOUR_US))
        return replace(session, clock=lambda: NOON + wall * HOUR, ticks=lambda: up)

    return made


def limit(session: Session) -> object:
    return rules.view(session, "max_trades_per_day").rule.params["limit"]


def test_a_rule_is_never_overwritten(session: Session) -> None:
    rules.add(session, "max_trades_per_day", ON)
    rules.edit(session, "max_trades_per_day", {"limit": 5}, Terms(), "three was too few")
    rules.set_active(session, "max_trades_per_day", active=False)
    rules.remove(session, "max_trades_per_day")
    told = [
        (one.rule.revision, one.parent, one.state, one.rule.params["limit"], one.reason)
        for one in revisions.history(session, "max_trades_per_day")
    ]
    assert told == [
        (1, None, "active", 3, "made"),
        (2, 1, "active", 5, "three was too few"),
        (3, 2, "paused", 5, "paused"),
        (4, 3, "removed", 5, "removed"),
    ]


def test_each_revision_hashes_what_it_was_made_from(session: Session) -> None:
    rules.add(session, "max_trades_per_day", ON)
    rules.edit(session, "max_trades_per_day", {"limit": 5}, Terms())
    rules.edit(session, "max_trades_per_day", {"limit": 3}, Terms())
    hashes = [one.input_sha256 for one in revisions.history(session)]
    assert len(set(hashes)) == 3
    assert all(len(sha) == 64 for sha in hashes)


def test_a_rollback_restores_what_the_rule_said_and_is_a_revision(session: Session) -> None:
    rules.add(session, "max_size_vs_median", {"ratio": 2.5}, Terms(note="Small."))
    before = rules.view(session, "max_size_vs_median").rule
    rules.edit(session, "max_size_vs_median", {"ratio": 3}, Terms(note="Larger."))
    after = revisions.rollback(session, "max_size_vs_median").rule
    assert after == replace(before, revision=3)
    assert revisions.history(session)[-1].reason == "back to revision 1"


def test_a_removed_rule_can_be_brought_back(session: Session) -> None:
    rules.add(session, "max_trades_per_day", ON)
    rules.remove(session, "max_trades_per_day")
    assert revisions.rollback(session, "max_trades_per_day").rule.active
    with pytest.raises(UsageError):
        revisions.rollback(session, "max_trades_per_day", 2)


def test_a_diff_tells_the_fields_that_changed(session: Session) -> None:
    rules.add(session, "max_trades_per_day", ON)
    rules.edit(session, "max_trades_per_day", {"limit": 5}, Terms(lock_hours=2))
    told = {(one.field, one.was, one.now) for one in revisions.diff(session, "max_trades_per_day")}
    assert told == {("params.limit", 3, 5), ("lock_hours", None, 2.0)}
    assert revisions.diff(session, "max_trades_per_day", 2, 2) == []
    with pytest.raises(NotFound):
        revisions.diff(session, "max_trades_per_day", 7)


def test_a_badge_says_that_a_threshold_moved_and_why(session: Session) -> None:
    assert rules.add(session, "max_trades_per_day", ON).badge is None
    moved = rules.edit(session, "max_trades_per_day", {"limit": 5}, Terms(), "calmer now").badge
    assert moved is not None
    assert (moved.was, moved.now, moved.reason, moved.actor) == (
        ON,
        {"limit": 5},
        "calmer now",
        "user",
    )
    kept = rules.set_active(session, "max_trades_per_day", active=False).badge
    assert kept == moved
    rules.remove(session, "max_trades_per_day")
    assert rules.add(session, "max_trades_per_day", ON).badge is None


def test_the_system_moves_a_threshold_with_its_evidence(session: Session) -> None:
    view = rules.add(session, "max_trades_per_day", ON)
    moved = replace(view.rule, params={"limit": 4})
    change = revise.Change(moved, "active", "better", "system", {"p": 0.94}, "ab" * 32)
    badge = rules.change(session, change, "changed").badge
    assert badge is not None
    assert (badge.actor, badge.now) == ("system", {"limit": 4})
    newest = revisions.history(session)[-1]
    assert (newest.evidence, newest.input_sha256) == ({"p": 0.94}, "ab" * 32)


def test_loosening_waits_and_tightening_does_not(at: At) -> None:
    rules.add(at(0), "max_trades_per_day", ON, LOCKED)
    waits = rules.edit(at(1), "max_trades_per_day", {"limit": 9}, Terms())
    assert waits.rule.params == ON
    assert waits.waiting is not None
    assert waits.waiting.due_at == NOON + 25 * HOUR
    assert rules.edit(at(2), "max_trades_per_day", {"limit": 2}, Terms()).rule.params == {
        "limit": 2
    }
    rules.apply_ended_locks(at(48))
    assert limit(at(48)) == 2


def test_what_waits_is_made_when_the_lock_ends_and_not_before(at: At) -> None:
    rules.add(at(0), "max_trades_per_day", ON, LOCKED)
    rules.edit(at(1), "max_trades_per_day", {"limit": 9}, Terms(), "holiday")
    rules.apply_ended_locks(at(24.9))
    assert limit(at(24.9)) == 3
    rules.apply_ended_locks(at(25))
    assert limit(at(25)) == 9
    assert revisions.history(at(25))[-1].reason == "holiday; its lock has ended"
    assert rules.view(at(25), "max_trades_per_day").waiting is None


@pytest.mark.parametrize("what", ["pause", "remove", "unlock", "silence", "expire"])
def test_there_is_no_way_round_a_lock(at: At, what: str) -> None:
    rules.add(at(0), "max_trades_per_day", ON, LOCKED)
    name = "max_trades_per_day"
    ways: dict[str, Callable[[], rules.RuleView]] = {
        "pause": lambda: rules.set_active(at(1), name, active=False),
        "remove": lambda: rules.remove(at(1), name),
        "unlock": lambda: rules.edit(at(1), name, {}, Terms(lock_hours=0)),
        "silence": lambda: rules.edit(at(1), name, {}, Terms(note="")),
        "expire": lambda: rules.edit(at(1), name, {}, Terms(expires_at=NOON + 30 * HOUR)),
    }
    assert ways[what]().waiting is not None
    kept = rules.view(at(1), name).rule
    assert (kept.active, kept.note, kept.lock_s, kept.expires_at) == (
        True,
        "Walk first.",
        86_400,
        None,
    )


def test_a_rollback_that_loosens_waits_too(at: At) -> None:
    rules.add(at(0), "max_trades_per_day", {"limit": 9}, LOCKED)
    rules.edit(at(1), "max_trades_per_day", ON, Terms())
    assert revisions.rollback(at(2), "max_trades_per_day").waiting is not None
    assert limit(at(2)) == 3


@pytest.mark.parametrize(
    ("wall", "ticks", "boot", "ended"),
    [
        (100, 2, "one", False),  # the clock was set forward
        (-100, 26, "one", True),  # it was set back, and the day has passed
        (-100, 2, "two", False),  # set back, over a restart
        (26, 1, "two", True),  # a restart, and the day has passed
    ],
)
def test_setting_the_clock_or_restarting_does_not_end_a_lock(
    at: At, wall: float, ticks: float, boot: str, ended: bool
) -> None:
    rules.add(at(0), "max_trades_per_day", ON, LOCKED)
    rules.edit(at(1), "max_trades_per_day", {"limit": 9}, Terms())
    later = at(wall, ticks, boot)
    rules.apply_ended_locks(later)
    assert (limit(later) == 9) is ended


def test_a_clock_that_jumped_is_not_believed_after_a_restart(at: At) -> None:
    rules.add(at(0), "max_trades_per_day", ON, LOCKED)
    rules.edit(at(1), "max_trades_per_day", {"limit": 9}, Terms())
    rules.apply_ended_locks(at(100, 2))
    rules.apply_ended_locks(at(101, 0, "two"))
    assert limit(at(101, 0, "two")) == 3


def test_asking_while_the_clock_is_set_back_wins_nothing(at: At) -> None:
    rules.add(at(0), "max_trades_per_day", ON, LOCKED)
    rules.apply_ended_locks(at(240, 240))
    rules.edit(at(-1_000, 0, "two"), "max_trades_per_day", {"limit": 9}, Terms())
    rules.apply_ended_locks(at(241, 0, "three"))
    assert limit(at(241, 0, "three")) == 3
    rules.apply_ended_locks(at(265, 24, "three"))
    assert limit(at(265, 24, "three")) == 9


def test_an_expired_rule_says_so_and_catches_no_more(
    session: Session, imported: Callable[..., object]
) -> None:
    ends = datetime(2026, 3, 2, 9, 10, tzinfo=UTC)
    early = replace(session, clock=lambda: ends - HOUR)
    rules.add(early, "max_trades_per_day", {"limit": 1}, Terms(expires_at=ends))
    imported("09:00 buy BTC-USD 1 @ 100", "09:05 sell BTC-USD 1 @ 99", "09:10 buy BTC-USD 1 @ 99")
    view = rules.view(session, "max_trades_per_day")
    assert (view.expired, view.breaches) == (True, 0)
    note = rules.edit(session, "max_trades_per_day", {}, Terms(note="An old expiry may stay."))
    assert note.expired
    view = rules.edit(session, "max_trades_per_day", {}, Terms(forever=True))
    assert (view.expired, view.breaches) == (False, 1)


def test_a_breach_names_the_revision_that_was_broken(
    session: Session, imported: Callable[..., object]
) -> None:
    rules.add(session, "max_trades_per_day", {"limit": 2})
    rules.edit(session, "max_trades_per_day", {"limit": 1}, Terms())
    imported("09:00 buy BTC-USD 1 @ 100", "09:05 sell BTC-USD 1 @ 99", "09:10 buy BTC-USD 1 @ 99")
    [breach] = rules.breaches(session)
    assert breach.revision == 2


def test_several_rules_are_made_together_or_not_at_all(session: Session) -> None:
    mild = {"kind": "no_averaging_down", "params": {"below": 5}}
    wanted = [*rules.preset("day"), *rules.drafts(mild)]
    made = rules.add_all(session, wanted)
    assert made[-1].rule.id == "no_averaging_down-2"
    with pytest.raises(UsageError):
        rules.add_all(session, [*rules.preset("day"), rules.Draft("max_trades_per_day", {})])
    assert len(rules.rules(session)) == len(made)
    told = session.connection.execute("select count(*) from event_outbox").fetchone()
    assert told == (len(made),)


@pytest.mark.parametrize("ends", [NOON, NOON - HOUR, datetime(1970, 1, 1, tzinfo=UTC)])
def test_an_expiry_in_the_past_is_refused_and_loses_nothing(
    at: At, imported: Callable[..., object], ends: datetime
) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:05 sell BTC-USD 1 @ 99", "09:10 buy BTC-USD 1 @ 99")
    now = at(0)
    rules.add(now, "max_trades_per_day", {"limit": 1})
    with pytest.raises(UsageError, match=r"expires takes a time that lies ahead, not .* is past"):
        rules.edit(now, "max_trades_per_day", {}, Terms(expires_at=ends))
    with pytest.raises(UsageError, match="lies ahead"):
        rules.add(now, "cooldown_after_loss", {"minutes": 5}, Terms(expires_at=ends))
    assert [one.breaches for one in rules.rules(now)] == [1]


def test_an_expiry_that_the_lock_would_outlast_is_refused(at: At) -> None:
    rules.add(at(0), "max_trades_per_day", ON, LOCKED)
    with pytest.raises(UsageError, match="a time after the lock, 2026-04-02 13:00 UTC"):
        rules.edit(at(1), "max_trades_per_day", {}, Terms(expires_at=NOON + 24 * HOUR))


def test_a_wall_clock_that_was_set_back_lets_no_rule_expire_within_its_lock(at: At) -> None:
    """The change would wait for the lock, and then have ended the rule before that."""
    rules.add(at(0), "max_trades_per_day", ON, LOCKED)
    berlin = replace(at(-30, 1), user=replace(at(0).user, zone="Europe/Berlin"))
    with pytest.raises(UsageError, match="after the lock, 2026-04-02 15:00 Europe/Berlin"):
        rules.edit(berlin, "max_trades_per_day", {}, Terms(expires_at=NOON + 20 * HOUR))


def test_a_rollback_does_not_bring_an_expiry_back_that_has_passed(at: At) -> None:
    rules.add(at(0), "max_trades_per_day", ON, Terms(expires_at=NOON + HOUR))
    rules.edit(at(0), "max_trades_per_day", {}, Terms(forever=True))
    with pytest.raises(UsageError, match="lies ahead"):
        revisions.rollback(at(2), "max_trades_per_day", 1)
    assert not revisions.rollback(at(0), "max_trades_per_day", 1).expired
