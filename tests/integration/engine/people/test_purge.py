"""Nothing of a person remains, wherever it was; everything of everybody else does."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.engine.api import digests, notes, users
from coach.engine.api.keys import audit, keys
from coach.engine.api.people import accounts as sign_in
from coach.engine.api.people import purge as purging
from coach.engine.api.people.place import SignInPlace
from coach.engine.api.people.purge import PurgedPerson, PurgePlace
from coach.engine.api.service import keys as service_keys
from coach.engine.api.service import pki
from coach.engine.api.session import Session
from coach.engine.hot.in_postgres import PostgresHotStore
from coach.engine.jobs import queue
from coach.engine.jobs.run import JobOrder
from coach.engine.keyring.secrets import seal_secret
from coach.engine.market import snapshots
from coach.engine.market.address import Folder
from coach.engine.market.objects import Objects, open_objects
from coach.engine.store import accounts
from coach.engine.store.backup.databases import databases
from coach.engine.store.connect import CoachConnection, connect
from coach.engine.store.vault import deks
from coach.engine.store.vault.sealed_secrets import SecretPlace, account_owner
from coach.errors import KekUnavailable, NotFound
from coach.model.accounts import User, UserId
from coach.model.machine.engine_service import EngineWishes
from coach.model.machine.secrets import Secret
from tests.integration.engine.conftest import NOW, Importer
from tests.integration.engine.people.conftest import PASSWORD

NAME = "zebediah"
ALL_TABLES = """
select relname from pg_class where relnamespace = current_schema()::regnamespace
   and relkind in ('r', 'p') and not relispartition order by 1
"""
HERS, OURS = b"candles of hers", b"candles of both"
LEFT = ("cache/exports/csv.tmp/notes.csv", "cache/upload-0123456789abcdef.csv")
"""What killed processes left: a download that was put together, and an upload that was read."""


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return open_objects(Folder(tmp_path / "objects"))


@pytest.fixture
def theirs(
    session: Session, place: SignInPlace, imported: Importer, objects: Objects, tmp_path: Path
) -> Session:
    """A person of whom there is something in every place; so is of the user `local`."""
    imported("09:00 buy BTC-USD 1 @ 100", "10:00 sell BTC-USD 1 @ 90", account="mine")
    sign_in.make(place, sign_in.NewAccount(NAME, PASSWORD, "UTC"))
    user = users.find(session.connection, NAME)
    assert user is not None
    hers = replace(session, user=user)
    fill_tables(hers)
    keep_candles(session, user.id, objects)
    hot = PostgresHotStore(session.connect)
    for key in ("model|answer|{id}|x", "limit|user|{id}", "login|account|y"):
        hot.put(key.format(id=user.id), b"x", 600)
    hot.close()
    for left in LEFT:
        (tmp_path / left).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / left).write_text(NAME)
    (tmp_path / "serve.log").write_text(f'{{"user":"{user.id}"}}\n{{"name":"{NAME}"}}\nother\n')
    return hers


def fill_tables(hers: Session) -> None:
    """Put a row of hers into tables of every kind."""
    connection, user = hers.connection, hers.user
    made = accounts.ensure_account(connection, user.id, "main", "coinbase", shorts=False)
    notes.add(hers, datetime(2026, 3, 2, tzinfo=UTC).date(), f"{NAME} was here")
    digests.digest(hers, "2026-W10")
    queue.enqueue(connection, user.id, JobOrder("score.bias", {"n": 1}, "one"), NOW)
    assert hers.keyring is not None
    secret = SecretPlace(user.id, account_owner(made.id), "key", "coinbase")
    with connection.transaction():
        seal_secret(hers.keyring(), connection, secret, Secret("made up"))


def keep_candles(session: Session, user_id: UserId, objects: Objects) -> None:
    """Keep a week of candles that is hers alone, and one that both use."""
    [hers, ours] = snapshots.store(objects, [HERS, OURS])
    for name, whose in ((hers, user_id), (ours, user_id), (ours, session.user.id)):
        session.connection.execute(
            "insert into candle_use (user_id, sha256, used_by) values (%s, %s, 'digest|x')",
            [whose, name],
        )


def engine_in(folder: Path) -> EngineWishes:
    return EngineWishes("", folder / "engine-keys.json", certificates=folder / "pki")


@pytest.fixture
def purge(
    session: Session, database_url: str, objects: Objects, tmp_path: Path
) -> Callable[[], PurgedPerson]:
    assert session.keyring is not None
    place = PurgePlace(
        session.connection,
        database_url,
        lambda: objects,
        lambda: PostgresHotStore(session.connect),
        [tmp_path / "serve.log", tmp_path / "none.log"],
        tmp_path / "keys" / "vault",
        session.keyring,
        keys.sealed_beside(engine_in(tmp_path)),
        tmp_path / "cache",
    )
    return lambda: purging.purge(place, NAME, NOW)


def mentions(connection: CoachConnection, user: User) -> dict[str, int]:
    """Return in how many rows of each table a user is named, by id or by name."""
    tables = [str(name) for (name,) in connection.execute(ALL_TABLES)]
    assert len(tables) > 60
    found = {}
    for table in tables:
        row = connection.execute(
            f"select count(*) from {table} t where t::text like %s or t::text like %s",  # noqa: S608 -- the catalogue's own
            [f"%{user.id}%", f"%{user.name}%"],
        ).fetchone()
        assert row is not None
        found[table] = int(row[0])
    return {table: count for table, count in found.items() if count}


def test_nothing_of_a_person_remains(
    theirs: Session, purge: Callable[[], PurgedPerson], objects: Objects, tmp_path: Path
) -> None:
    connection, user = theirs.connection, theirs.user
    before = mentions(connection, user)
    local = users.find(connection, "local")
    assert local is not None
    kept = mentions(connection, local)
    assert {"dek", "sealed_secret", "audit_event", "procrastinate_jobs", "hot_value", "note"} <= {
        *before
    }
    found = purge()
    assert mentions(connection, user) == {}
    assert mentions(connection, local) == kept
    assert found.rows >= len(before)
    assert (found.candle_weeks, found.log_lines) == (1, 2)
    assert [objects.get(snapshots.key_of(snapshots.name_of_text(one))) for one in (HERS,)] == [None]
    assert objects.get(snapshots.key_of(snapshots.name_of_text(OURS))) is not None
    assert (tmp_path / "serve.log").read_text() == "other\n"
    assert [left for left in LEFT if (tmp_path / left).exists()] == []
    [tombstone] = connection.execute("select t::text from audit_tombstone t").fetchall()
    assert not re.search(f"{user.id}|{NAME}", tombstone[0])
    with pytest.raises(NotFound):
        purge()


def test_what_a_backup_has_of_their_keys_opens_no_more(
    theirs: Session, purge: Callable[[], PurgedPerson]
) -> None:
    """The rows of `dek` as an older backup has them: hers, and those of somebody who stays."""
    connection, keyring = theirs.connection, theirs.keyring
    assert keyring is not None
    stays = users.find(connection, "local")
    assert stays is not None
    with connection.transaction():
        kept = bytes(keyring().active_key(connection, stays.id).key)
    [hers] = [one for one in deks.every_wrapped(connection) if one.user_id == theirs.user.id]
    assert len(keyring().unwrap(connection, hers)) == len(kept)
    assert purge().keys_destroyed
    fresh = replace(keyring(), _keks={}, _keys={})
    with pytest.raises(KekUnavailable):
        fresh.unwrap(connection, hers)
    with connection.transaction():
        assert bytes(fresh.active_key(connection, stays.id).key) == kept


def test_the_keys_of_services_open_with_the_new_key_of_keys(
    theirs: Session, purge: Callable[[], PurgedPerson], tmp_path: Path
) -> None:
    assert theirs.keyring is not None
    engine = engine_in(tmp_path)
    folder = pki.folder_of(engine.certificates)
    former = theirs.keyring().kek(theirs.connection)
    made = service_keys.make(engine, former, NOW)
    pki.init(folder, former, NOW, 100)
    assert purge().keys_destroyed
    kek = replace(theirs.keyring(), _keks={}, _keys={}).kek(theirs.connection)
    assert kek.current != former.current
    assert service_keys.KeysOfFile(engine.keys_file, lambda: kek).known(made.id, NOW)
    assert pki.issue(folder, kek, "api", NOW).state == "counts"


def test_a_person_who_acted_for_others_is_an_id_in_their_chains(
    theirs: Session, place: SignInPlace, purge: Callable[[], PurgedPerson]
) -> None:
    place.connection.actor = audit.actor(place.connection, NAME)
    sign_in.make(place, sign_in.NewAccount("other", PASSWORD, "UTC"))
    sign_in.change_password(place, "other", PASSWORD)
    other = users.find(theirs.connection, "other")
    assert other is not None
    found = audit.events(replace(theirs, user=other))
    assert {*audit.actor_names(theirs, found).values()} == {NAME}
    purge()
    assert audit.actor_names(theirs, found) == {}
    assert mentions(theirs.connection, replace(theirs.user, id=UserId("no id"))) == {}
    assert not audit.verify(replace(theirs, user=other)).fault


class Killed(BaseException):
    """What ends a process at once."""


@pytest.mark.parametrize(
    "step", ["destroy_keys", "_remove_candles", "_clean_logs", "_purge_beside", "purge_rows"]
)
def test_a_purge_that_was_killed_is_done_by_the_next_one(
    theirs: Session,
    purge: Callable[[], PurgedPerson],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    done = getattr(purging, step)

    before = [one for one in deks.every_wrapped(theirs.connection) if one.wrapped]

    def killed(*given: object) -> None:
        done(*given)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(purging, step, killed)
        with pytest.raises(Killed):
            purge()
    assert users.find(theirs.connection, NAME) == theirs.user
    assert purge().keys_destroyed
    assert theirs.keyring is not None
    fresh = replace(theirs.keyring(), _keks={}, _keys={})
    for one in before:
        with pytest.raises(KekUnavailable):
            fresh.unwrap(theirs.connection, one)
    assert mentions(theirs.connection, theirs.user) == {}


@pytest.fixture
def copy_beside(theirs: Session, database_url: str) -> Iterator[str]:
    """A database that holds what was there before a restore."""
    with databases(database_url) as beside:
        beside.make_empty(beside.before)
        url = beside.url_of(beside.before)
        with connect(url) as connection:
            connection.execute("create table procrastinate_jobs (args jsonb)")
            connection.execute("create table note (user_id text, body text)")
            connection.execute("create table audit_head (user_id text, n bigint, hash bytea)")
            connection.execute("create table audit_event (user_id text)")
            connection.execute("create table audit_tombstone (head bytea, events int)")
            connection.execute("create table app_user (id text, name text)")
            for table in ("note", "app_user"):
                connection.execute(
                    f"insert into {table} values (%s, %s), ('other', 'other')",  # noqa: S608 -- constant
                    [theirs.user.id, NAME],
                )
        yield url
        beside.drop(beside.before)


def test_what_was_kept_before_a_restore_is_purged_as_well(
    copy_beside: str, purge: Callable[[], PurgedPerson]
) -> None:
    assert len(purge().databases) == 1
    with connect(copy_beside) as connection:
        assert connection.execute("select id from app_user").fetchall() == [("other",)]
        assert connection.execute("select body from note").fetchall() == [("other",)]


@pytest.mark.usefixtures("theirs")
def test_a_copy_that_was_never_finished_is_dropped(
    database_url: str, purge: Callable[[], PurgedPerson]
) -> None:
    with databases(database_url) as beside:
        beside.make_empty(beside.upgrading)
        assert purge().databases == (beside.upgrading,)
        assert not beside.exists(beside.upgrading)
