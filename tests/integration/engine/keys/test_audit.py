"""The audit: written with what it tells, one chain for each user, and nothing of it changes."""

from dataclasses import replace
from datetime import UTC, datetime

import psycopg
import pytest

from coach.brokers.sandbox.server import serve
from coach.brokers.sandbox.world import demo_world, issue_key
from coach.engine.api import accounts, imports, sight
from coach.engine.api import users as users_api
from coach.engine.api.broker.sync import sync
from coach.engine.api.keys import audit, keys
from coach.engine.api.pages import ListPage
from coach.engine.api.promises import rules
from coach.engine.api.session import Session
from coach.engine.keyring.keyring import Keyring
from coach.engine.keyring.secrets import open_secret
from coach.engine.store import users
from coach.errors import AuthenticationFailed, Conflict, Invalid, KeyCanDoTooMuch, SealBroken
from coach.model.machine.audit import AuditEntry, AuditHead
from tests.databases import rows_of
from tests.integration.engine.conftest import Importer
from tests.integration.engine.keys.conftest import Sealer

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)


def told(session: Session) -> list[tuple[str, str]]:
    return [(one.kind, one.subject) for one in reversed(audit.events(session, ListPage(limit=100)))]


def write(session: Session, *subjects: str) -> None:
    with session.connection.transaction():
        sight.audit(
            session, *(AuditEntry("label.given", one, {"answer": "yes"}) for one in subjects)
        )


def test_a_chain_is_whole_and_says_who_when_and_from_where(session: Session) -> None:
    session.connection.actor, session.connection.origin = "ann", "ann@desk"
    write(session, "a", "b")
    write(session, "c")
    found = audit.verify(session)
    assert (found.events, found.fault) == (3, "")
    newest = audit.events(session, ListPage(limit=1))[0]
    assert (newest.n, newest.actor, newest.origin, newest.at) == (3, "ann", "ann@desk", NOON)


def test_each_user_has_a_chain_of_their_own(session: Session) -> None:
    other = users.add(session.connection, "other", "UTC")
    assert other is not None
    theirs = replace(session, user=other)
    write(session, "a")
    write(theirs, "b")
    write(session, "c")
    assert (told(session), told(theirs)) == (
        [("label.given", "a"), ("label.given", "c")],
        [("label.given", "b")],
    )
    assert [audit.verify(one).fault for one in (session, theirs)] == ["", ""]


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_event set subject = 'x'",
        "delete from audit_event",
        "truncate audit_event",
    ],
)
def test_no_event_can_be_changed_or_removed(session: Session, statement: str) -> None:
    write(session, "a")
    with pytest.raises(psycopg.errors.RaiseException, match="never changed"):
        session.connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("update audit_event set subject = 'x' where n = 2", "event 2 was changed"),
        ("update audit_event set at = at + interval '1 us' where n = 1", "event 1 was changed"),
        ("update audit_event set details = '{}' where n = 3", "event 3 was changed"),
        ("update audit_event set hash = sha256('x') where n = 1", "event 1 was changed"),
        ("delete from audit_event where n = 2", "event 2 is missing"),
        ("delete from audit_event where n = 3", "its head names event 3"),
        ("update audit_event set n = 5 where n = 3", "event 3 is missing"),
        ("delete from audit_event", "ends with event 0"),
    ],
)
def test_who_goes_round_the_triggers_is_found(session: Session, statement: str, fault: str) -> None:
    write(session, "a", "b", "c")
    session.connection.execute("set session_replication_role = replica")
    session.connection.execute(statement)
    session.connection.execute("reset session_replication_role")
    assert fault in audit.verify(session).fault


def test_a_chain_that_was_written_anew_does_not_hold_the_head_that_was_kept(
    session: Session,
) -> None:
    write(session, "a", "b")
    kept = audit.head(session)
    write(session, "c")
    assert audit.verify(session, kept).fault == ""
    session.connection.execute("set session_replication_role = replica")
    session.connection.execute("delete from audit_event")
    session.connection.execute("delete from audit_head")
    session.connection.execute("reset session_replication_role")
    write(session, "a", "x", "c")
    assert audit.verify(session).fault == ""
    assert "event 2 is not the one" in audit.verify(session, kept).fault


@pytest.mark.parametrize("text", ["", "1", "x:00", "1:00", "-1:", "1:zz", "0:00"])
def test_a_head_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        audit.parse_head(text)


def test_a_head_is_read_as_it_is_shown() -> None:
    assert audit.parse_head(f"7:{'ab' * 32}\n") == AuditHead(7, b"\xab" * 32)
    assert audit.parse_head("0:") == AuditHead(0, b"")


def test_what_is_rolled_back_is_not_audited(session: Session) -> None:
    with sight.change(session, force_rollback=True):
        sight.audit(session, AuditEntry("label.given", "a"))
    assert told(session) == []


def test_rules_undone_imports_and_answers_are_audited(session: Session, imported: Importer) -> None:
    run = imported("09:00 buy BTC-USD 1 @ 100", "09:10 sell BTC-USD 1 @ 90")
    rules.add(session, "max_trades_per_day", {"limit": 2})
    imports.undo(session, run.id)
    assert told(session) == [
        ("rule.changed", "max_trades_per_day"),
        ("import.undone", run.id),
    ]


def test_connections_refusals_and_their_end_are_audited_without_a_secret(
    session: Session,
) -> None:
    world = demo_world(NOON, seed=4)
    view, bold = issue_key(world), issue_key(world, can_trade=True)
    with serve(world, lambda: NOON) as server:
        with pytest.raises(KeyCanDoTooMuch):
            accounts.connect(session, "coinbase", bold, "bold", server.url)
        made = accounts.connect(session, "coinbase", view, "mine", server.url)
        world.keys.pop(made.connected)
        with pytest.raises(AuthenticationFailed):
            sync(session, "mine")
    accounts.remove(session, "mine")
    assert told(session) == [
        ("key.refused", "bold"),
        ("account.connected", "mine"),
        ("refresh.failed", "mine"),
        ("account.removed", "mine"),
    ]
    rows = session.connection.execute("select t::text from audit_event t").fetchall()
    assert "PRIVATE" not in str(rows)


def test_rotations_and_broken_seals_are_audited(
    session: Session, keyring: Keyring, sealed: Sealer
) -> None:
    place = sealed("main", "text")
    keys.replace_data_key(session, incident=True)
    session.connection.execute("update sealed_secret set sealed = sealed || '\\x00'")
    for _ in range(2):
        with pytest.raises(SealBroken):
            open_secret(keyring, session.connection, place)
    assert told(session) == [("key.rotated", "data key"), ("key.unreadable", place.owner)]


def test_a_purged_person_leaves_a_tombstone_without_a_name(
    session: Session, sealed: Sealer
) -> None:
    other = users.add(session.connection, "other", "UTC")
    assert other is not None
    theirs = replace(session, user=other)
    sealed("main", "text", other.id)
    write(session, "a")
    write(theirs, "b", "c")
    end = audit.head(theirs)
    users_api.remove(session.connection, "other", NOON)
    stone = session.connection.execute("select * from audit_tombstone").fetchall()
    assert stone == [(end.hash, 2, NOON)]
    assert told(theirs) == []
    assert audit.verify(session).fault == ""
    tables = session.connection.execute(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    ).fetchall()
    everything = [rows_of(session.connection, table) for (table,) in tables]
    assert other.id not in str(everything)


def test_the_last_user_is_not_purged(session: Session) -> None:
    with pytest.raises(Conflict, match="the only user"):
        users_api.remove(session.connection, "local", NOON)
