"""A backup is one moment, whole or not there; a restore puts it in place, or changes nothing."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pyrage
import pytest

from coach.engine.api.backup import backups
from coach.engine.backup import making, restoring
from coach.engine.backup.envelope import seal, unseal
from coach.engine.backup.errors import UnwritableFile
from coach.engine.backup.header import read_header
from coach.engine.backup.manifest import MANIFEST
from coach.engine.backup.restoring import RestoreHome, restore, undo, verify
from coach.engine.keyring.secrets import seal_secret
from coach.engine.market.address import Folder
from coach.engine.market.objects import Objects, open_objects
from coach.engine.outbox.epochs import epochs
from coach.engine.store import accounts, migrate
from coach.engine.store.accounts import BrokerConnection
from coach.engine.store.backup import databases as stored
from coach.engine.store.backup.databases import databases, name_of
from coach.engine.store.connect import connect
from coach.engine.store.vault.sealed_secrets import SecretPlace, account_owner
from coach.engine.vault.purged import PurgedPeople
from coach.errors import (
    AuthenticationFailed,
    DatabaseTrouble,
    Locked,
    NotFound,
    NotInitialised,
    Refused,
    TamperedSecrets,
    UnreadableFile,
)
from coach.model.accounts import UserId
from coach.model.machine.secrets import Secret
from coach.sops.age import AgeKeys
from tests.keyrings import keyring_in

if TYPE_CHECKING:
    from coach.engine.keyring.keyring import Keyring

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
IDENTITY = pyrage.x25519.Identity.generate()
KEYS = AgeKeys((IDENTITY,))
RECIPIENTS = [str(IDENTITY.to_public())]
NOTE = "SET transaction_timeout = 0;"


def no_keyring() -> "Keyring":
    raise AssertionError("nothing is sealed here")


def keep_nothing(_key: str, _data: bytes) -> None:
    """Keep no candles."""


def home_with(
    keep: Callable[[str, bytes], None] = keep_nothing,
    keyring: "Callable[[], Keyring]" = no_keyring,
    vault: Path = Path("/nowhere"),
) -> RestoreHome:
    return RestoreHome(keep, keyring, PurgedPeople(vault))


HOME = home_with()


def add_user(url: str, name: str) -> None:
    with connect(url) as connection:
        connection.execute(
            "insert into app_user (id, name, zone) values (%s, %s, 'UTC')", [name, name]
        )
        connection.execute("insert into user_stream (user_id, epoch) values (%s, 'first')", [name])


def users(url: str) -> list[str]:
    with connect(url) as connection:
        return [str(name) for (name,) in connection.execute("select name from app_user order by 1")]


@pytest.fixture
def url(empty_database_url: str) -> Iterator[str]:
    """Return the URL of a database with two users; what a restore leaves beside it is dropped."""
    migrate.upgrade(empty_database_url)
    add_user(empty_database_url, "ann")
    add_user(empty_database_url, NOTE)
    yield empty_database_url
    with databases(empty_database_url) as beside:
        beside.drop(beside.before)
        beside.drop(beside.restoring)


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    found = open_objects(Folder(tmp_path / "objects"))
    found.put("weeks/one", b"candles")
    return found


def made(url: str, folder: Path, objects: Objects | None = None, keep: int = 14) -> Path:
    return making.make(url, objects, folder, RECIPIENTS, NOW, keep).file.path


def test_a_backup_holds_every_table_and_the_candles(
    url: str, tmp_path: Path, objects: Objects
) -> None:
    found = making.make(url, objects, tmp_path / "backups", RECIPIENTS, NOW, 14)
    assert {one.table: one.rows for one in found.manifest.tables}["app_user"] == 2
    assert found.manifest.objects == ("weeks/one",)
    assert "hot_value" not in {one.table for one in found.manifest.tables}
    assert found.file.header is not None
    assert found.file.header.schema == migrate.HEAD
    assert verify(url, found.file.path, KEYS).manifest == found.manifest


def test_nothing_plain_stands_in_the_file(url: str, tmp_path: Path) -> None:
    assert b"ann" not in made(url, tmp_path).read_bytes().partition(b"\n")[2]


def test_a_restore_brings_back_what_was_there_and_keeps_what_is(
    url: str, tmp_path: Path, objects: Objects
) -> None:
    file = made(url, tmp_path / "backups", objects)
    objects.delete(["weeks/one"])
    add_user(url, "bob")
    restored = restore(url, file, KEYS, home_with(objects.put_once), NOW)
    assert users(url) == [NOTE, "ann"]
    assert objects.get("weeks/one") == b"candles"
    assert restored.kept.endswith("_before_restore")
    with connect(url) as connection:
        assert migrate.is_current(connection)
        assert "first" not in {one.epoch for one in epochs(connection)}
    undo(url)
    assert users(url) == [NOTE, "ann", "bob"]
    undo(url)
    assert users(url) == [NOTE, "ann"]


def test_a_restore_fills_a_database_without_tables(
    url: str, another_empty_database_url: str, tmp_path: Path
) -> None:
    file = made(url, tmp_path)
    restored = restore(another_empty_database_url, file, KEYS, HOME, NOW)
    assert users(another_empty_database_url) == [NOTE, "ann"]
    assert restored.kept == ""
    with pytest.raises(NotFound):
        undo(another_empty_database_url)


def test_a_backup_of_older_tables_is_brought_to_those_of_this_coach(
    url: str, another_empty_database_url: str, tmp_path: Path
) -> None:
    """And whoever was purged since is removed from it, as from any other."""
    migrate.downgrade(url, "0049")
    file = made(url, tmp_path)
    PurgedPeople(tmp_path / "vault").add(UserId("ann"))
    home = home_with(vault=tmp_path / "vault")
    assert restore(another_empty_database_url, file, KEYS, home, NOW).purged == 1
    assert users(another_empty_database_url) == [NOTE]
    with connect(another_empty_database_url) as connection:
        assert migrate.is_current(connection)


def test_whoever_was_signed_in_when_it_was_made_signs_in_again(url: str, tmp_path: Path) -> None:
    with connect(url) as connection:
        connection.execute(
            "insert into user_session values"
            " ('ann', 's', 'x', '', '', now(), now(), now() + interval '1 day', now())"
        )
    restore(url, made(url, tmp_path), KEYS, HOME, NOW)
    with connect(url) as connection:
        assert connection.execute("select count(*) from user_session").fetchone() == (0,)


def test_a_table_that_is_not_what_the_manifest_says_is_refused_and_nothing_changes(
    url: str, tmp_path: Path
) -> None:
    file = made(url, tmp_path)
    with file.open("rb") as sealed:
        header, line = read_header(sealed, "a")
        pieces: list[tuple[str, bytes]] = []
        unseal(sealed, KEYS, RECIPIENTS, "a", pieces.append)
    lying = [
        (name, data.replace(b'"rows":2', b'"rows":3') if name == MANIFEST else data)
        for name, data in pieces
    ]
    with file.open("wb") as into:
        into.write(line)
        seal(iter(lying), into, header.recipients)
    with pytest.raises(Refused, match="app_user: 3 rows"):
        restore(url, file, KEYS, HOME, NOW)
    assert_untouched(url)


def test_a_backup_that_was_cut_off_changes_nothing(url: str, tmp_path: Path) -> None:
    file = made(url, tmp_path)
    whole = file.read_bytes()
    for length in (len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises((TamperedSecrets, DatabaseTrouble)):
            restore(url, file, KEYS, HOME, NOW)
        assert_untouched(url)


def test_a_first_line_that_was_changed_is_told(url: str, tmp_path: Path) -> None:
    file = made(url, tmp_path)
    file.write_bytes(file.read_bytes().replace(b'"coach":"', b'"coach":"9', 1))
    with pytest.raises(TamperedSecrets, match="first line was changed"):
        verify(url, file, KEYS)


def test_a_backup_with_newer_tables_is_refused_before_anything_is_read(
    url: str, tmp_path: Path
) -> None:
    file = made(url, tmp_path)
    newer = file.read_bytes().replace(f'"schema":"{migrate.HEAD}"'.encode(), b'"schema":"9999"', 1)
    file.write_bytes(newer)
    with pytest.raises(Refused, match="newer tables"):
        restore(url, file, KEYS, HOME, NOW)
    assert_untouched(url)


def test_a_restore_that_was_killed_leaves_what_was_there_and_the_next_one_works(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = made(url, tmp_path)
    add_user(url, "bob")
    for step in ("read_back", "close_unopened", "_kept"):
        with monkeypatch.context() as killing:
            killing.setattr(restoring, step, killed_after(getattr(restoring, step)))
            with pytest.raises(Killed):
                restore(url, file, KEYS, HOME, NOW)
        there = [NOTE, "ann"] if step == "_kept" else [NOTE, "ann", "bob"]
        assert users(url) == there
    restore(url, file, KEYS, HOME, NOW)
    assert users(url) == [NOTE, "ann"]


def test_the_place_of_a_coach_that_was_killed_is_waited_for(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = made(url, tmp_path)
    monkeypatch.setattr(stored, "LOCK_TRIES", 3)
    with ExitStack() as killed:
        killed.enter_context(databases(url))
        monkeypatch.setattr(stored, "sleep", lambda _: None)
        with pytest.raises(Locked):
            verify(url, file, KEYS)
        monkeypatch.setattr(stored, "LOCK_TRIES", 1_000_000)
        monkeypatch.setattr(stored, "sleep", lambda _: killed.close())
        verify(url, file, KEYS)


def test_an_account_whose_key_does_not_open_here_is_to_be_connected_again(
    url: str, tmp_path: Path
) -> None:
    keyring = keyring_in(tmp_path / "keys", lambda: NOW)
    with connect(url) as connection:
        whose = UserId("ann")
        account = accounts.ensure_account(connection, whose, "main", "coinbase", shorts=False)
        accounts.connect_broker(
            connection,
            whose,
            BrokerConnection(
                account.id, "main", "coinbase", "http://127.0.0.1:1", "k", "", {}, NOW
            ),
        )
        place = SecretPlace(whose, account_owner(account.id), "key", "coinbase")
        with connection.transaction():
            seal_secret(keyring, connection, place, Secret("made up"))
    file = made(url, tmp_path / "backups")
    assert restore(url, file, KEYS, home_with(keyring=lambda: keyring), NOW).reconnect == ()
    elsewhere = keyring_in(tmp_path / "other keys", lambda: NOW)
    found = restore(url, file, KEYS, home_with(keyring=lambda: elsewhere), NOW)
    assert found.reconnect == (("ann", "main"),)
    with connect(url) as connection:
        [one] = accounts.connected(connection, whose)
    assert one.trouble_code == AuthenticationFailed.code


def test_whoever_was_purged_is_not_brought_back_by_an_older_backup(
    url: str, tmp_path: Path
) -> None:
    """Ann is purged, and another Ann comes; the backup is from before both."""
    file = made(url, tmp_path)
    vault = tmp_path / "vault"
    PurgedPeople(vault).add(UserId("ann"))
    restored = restore(url, file, KEYS, home_with(vault=vault), NOW)
    assert (users(url), restored.purged) == ([NOTE], 1)
    with connect(url) as connection:
        connection.execute("insert into app_user (id, name, zone) values ('second', 'ann', 'UTC')")
    later = made(url, tmp_path / "later")
    restored = restore(url, later, KEYS, home_with(vault=vault), NOW)
    assert (users(url), restored.purged) == ([NOTE, "ann"], 0)


def test_a_damaged_list_of_the_purged_restores_nothing(url: str, tmp_path: Path) -> None:
    file = made(url, tmp_path)
    (tmp_path / "purged.json").write_text("{")
    with pytest.raises(UnreadableFile, match="no list"):
        restore(url, file, KEYS, home_with(vault=tmp_path), NOW)
    assert_untouched(url)


class Killed(BaseException):
    """What ends a process at once."""


def killed_after(step: Callable[..., object]) -> Callable[..., object]:
    def killed(*given: object) -> object:
        step(*given)
        raise Killed

    return killed


def test_a_place_that_cannot_be_written_is_told_as_such(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(UnwritableFile, match=r"file.* cannot be written: (Not a dir|File exists)"):
        made(url, tmp_path / "file")


def test_the_newest_are_kept_and_what_was_broken_off_goes(url: str, tmp_path: Path) -> None:
    broken = tmp_path / "coach-20260101T000000Z-0.1.0-pg18.4.coachbackup.tmp"
    broken.write_bytes(b"half")
    [found] = making.list_backups(tmp_path)
    assert (found.header, found.fault) == (None, "broken off")
    for day in range(3):
        making.make(url, None, tmp_path, RECIPIENTS, NOW + timedelta(days=day), 2)
    names = [one.path.name[:15] for one in making.list_backups(tmp_path)]
    assert names == ["coach-20260316T", "coach-20260317T"]


def test_a_backup_counts_as_verified_until_its_file_is_another_one(
    url: str, tmp_path: Path
) -> None:
    file = made(url, tmp_path)
    [fresh] = backups.backups(tmp_path)
    assert fresh.verified_at is None
    backups.verify(url, file, backups.keys_in(str(IDENTITY)), NOW)
    assert backups.in_folder(tmp_path, file.name).verified_at == NOW
    file.write_bytes(file.read_bytes() + b"more")
    assert backups.in_folder(tmp_path, file.name).verified_at is None
    with pytest.raises(NotFound):
        backups.in_folder(tmp_path, "../" + file.name)


def test_a_place_without_tables_has_nothing_to_back_up(
    empty_database_url: str, tmp_path: Path
) -> None:
    with pytest.raises(NotInitialised):
        made(empty_database_url, tmp_path)
    assert making.list_backups(tmp_path) == []


def assert_untouched(url: str) -> None:
    """The two users are there, and no database that a restore made."""
    assert users(url) == [NOTE, "ann"]
    with connect(url) as connection:
        left = connection.execute(
            "select datname from pg_database where datname like %s", [f"{name_of(url)}\\_%"]
        ).fetchall()
    assert [name for (name,) in left if name.endswith(("_restoring", "_changing"))] == []
