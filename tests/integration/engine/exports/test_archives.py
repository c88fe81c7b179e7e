"""An archive is a home again, with the same rows, findings and digests, or changes nothing."""

import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coach.advice.exports.nouns import exported_nouns
from coach.engine.api import digests, insights, notes, trades
from coach.engine.api.exports import exports
from coach.engine.api.exports.exports import Export
from coach.engine.api.session import Session
from coach.engine.exports import archive_import
from coach.engine.exports.archive_import import import_archive
from coach.engine.exports.sealed_archive import ArchiveSource
from coach.engine.outbox.epochs import epochs
from coach.engine.store import users
from coach.engine.store.backup.databases import Databases, databases
from coach.engine.store.connect import connect
from coach.engine.store.exports import user_rows
from coach.errors import Conflict, Invalid, NoAgeKey, Refused, TamperedSecrets
from coach.sops.age import AgeKeys, new_identity, read_age_keys
from tests.integration.engine.conftest import Importer

if TYPE_CHECKING:
    from coach.engine.keyring.keyring import Keyring

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
DAY = (
    "09:00 buy BTC-USD 1 @ 100 fee 0.1",
    "09:10 sell BTC-USD 1 @ 90.000000000000000001 fee 0.1",
    "09:12 buy BTC-USD 3 @ 91",
    "09:40 sell BTC-USD 3 @ 92",
    "10:00 buy ETH-USD 2 @ 10",
)


def no_keyring() -> "Keyring":
    raise AssertionError("nothing is sealed here")


def keep_nothing(_key: str, _data: bytes) -> None:
    """Keep no candles."""


def plain(path: Path) -> ArchiveSource:
    return ArchiveSource(path, AgeKeys, path.parent)


@pytest.fixture
def lived_in(session: Session, imported: Importer) -> Session:
    imported(*DAY)
    notes.add(session, datetime(2026, 3, 2, tzinfo=UTC).date(), 'a note, with "quotes"\nand lines')
    return session


@pytest.fixture
def fresh(empty_database_url: str) -> Iterator[str]:
    yield empty_database_url
    with databases(empty_database_url) as beside:
        for name in (beside.restoring, beside.before):
            beside.drop(name)


def exported(session: Session, folder: Path, form: str = "archive") -> Export:
    return exports.write(session, folder, [form], exported_nouns)


def archive_of(session: Session, folder: Path) -> Path:
    return folder / exported(session, folder).manifest.files[0].name


def rows_of(session: Session) -> dict[str, bytes]:
    """Return the rows of every table of an archive, but for the epoch that changes."""
    with user_rows.one_moment(session.connection):
        return {
            table.name: b"".join(user_rows.rows_as_csv(session.connection, table, session.user.id))
            for table in user_rows.tables(session.connection)
            if table.name != "user_stream"
        }


def moved_to(url: str, session: Session) -> Session:
    """Return the same user's session in another database."""
    connection = connect(url)
    user = users.find(connection, session.user.name)
    assert user == session.user
    return Session(connection, lambda: connect(url), user, session.clock, session.home)


def test_a_home_of_an_archive_has_the_same_rows_findings_and_digest(
    lived_in: Session, fresh: str, tmp_path: Path
) -> None:
    digest = digests.digest(lived_in, "2026-W10").sha256
    found = insights.findings(lived_in)
    path = archive_of(lived_in, tmp_path / "out")
    before = rows_of(lived_in)
    assert import_archive(fresh, plain(path), keep_nothing, no_keyring, NOW).reconnect == ()
    there = moved_to(fresh, lived_in)
    assert rows_of(there) == before
    assert list(trades.round_trips(there)) == list(trades.round_trips(lived_in))
    assert insights.findings(there) == found
    assert digests.digest(there, "2026-W10").sha256 == digest
    assert digests.verify(there, "2026-W10").ok
    assert epochs(there.connection) != epochs(lived_in.connection)
    there.connection.close()


def test_a_sealed_archive_opens_with_its_key_alone(
    lived_in: Session, fresh: str, tmp_path: Path
) -> None:
    (secret, recipient), (wrong, _) = new_identity(), new_identity()
    with pytest.raises(Invalid, match="sealed"):
        exports.write(lived_in, tmp_path / "x", ["csv", "archive"], exported_nouns, [recipient])
    made = exports.write(lived_in, tmp_path / "out", ["archive"], exported_nouns, [recipient])
    path = made.folder / made.manifest.files[0].name
    before, whole = rows_of(lived_in), path.read_bytes()
    assert b"fill" not in whole.partition(b"\n")[2]
    room = tmp_path / "room"

    def import_with(key: str) -> None:
        source = ArchiveSource(path, lambda: read_age_keys(key, "typed"), room)
        import_archive(fresh, source, keep_nothing, no_keyring, NOW)

    with pytest.raises(NoAgeKey, match=recipient):
        import_with(wrong)
    path.write_bytes(whole[:-100])
    with pytest.raises(TamperedSecrets):
        import_with(secret)
    path.write_bytes(whole)
    import_with(secret)
    there = moved_to(fresh, lived_in)
    assert rows_of(there) == before
    assert [*room.iterdir()] == []
    there.connection.close()


def test_what_comes_after_an_import_has_numbers_of_its_own(
    lived_in: Session, fresh: str, tmp_path: Path
) -> None:
    path = archive_of(lived_in, tmp_path / "out")
    import_archive(fresh, plain(path), keep_nothing, no_keyring, NOW)
    there = moved_to(fresh, lived_in)
    for asked in (
        "select nextval('account_id_seq') > (select max(id) from account)",
        "select nextval('fill_n') > (select max(n) from fill)",
    ):
        assert there.connection.execute(asked).fetchone() == (True,)
    there.connection.close()


def test_the_same_rows_are_the_same_archive(lived_in: Session, tmp_path: Path) -> None:
    one, two = (archive_of(lived_in, tmp_path / name) for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_a_home_in_use_is_refused_and_nothing_changes(
    lived_in: Session, database_url: str, tmp_path: Path
) -> None:
    path = archive_of(lived_in, tmp_path / "out")
    before = rows_of(lived_in)
    with pytest.raises(Refused, match="this home is not empty"):
        import_archive(database_url, plain(path), keep_nothing, no_keyring, NOW)
    assert rows_of(lived_in) == before


@pytest.mark.parametrize("change", ["table", "cut", "another", "path"])
def test_an_archive_that_was_changed_is_refused_before_anything_is_read(
    lived_in: Session, fresh: str, tmp_path: Path, change: str
) -> None:
    path = archive_of(lived_in, tmp_path / "out")
    if change == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif change == "path":
        rename_in_manifest(path, "tables/fill.csv", "candles/../../../fill")
    else:
        rewrite(path, "tables/fill.csv" if change == "table" else "tables/more.csv")
    with pytest.raises((TamperedSecrets, Refused)):
        import_archive(fresh, plain(path), keep_nothing, no_keyring, NOW)
    with connect(fresh) as connection:
        assert connection.execute("select to_regclass('app_user')").fetchone() == (None,)


def rename_in_manifest(path: Path, name: str, other: str) -> None:
    """Give a file another name, in the archive and in its manifest."""
    with zipfile.ZipFile(path) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    files["manifest.json"] = files["manifest.json"].replace(name.encode(), other.encode())
    files[other] = files.pop(name)
    with zipfile.ZipFile(path, "w") as archive:
        for one, data in files.items():
            archive.writestr(one, data)


def rewrite(path: Path, name: str) -> None:
    """Change a file in an archive, or add one."""
    with zipfile.ZipFile(path) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    files[name] = files.get(name, b"").replace(b"91", b"19")
    with zipfile.ZipFile(path, "w") as archive:
        for one, data in files.items():
            archive.writestr(one, data)


class KilledError(BaseException):
    """Stands for a kill: nothing catches it."""


@pytest.mark.parametrize("step", ["_read_in", "_finish", "_keep_candles"])
def test_an_import_that_was_killed_leaves_a_new_home_and_the_next_one_works(
    lived_in: Session, fresh: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = archive_of(lived_in, tmp_path / "out")

    def killed(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(archive_import, step, killed)
        patched.setattr(Databases, "drop", lambda *_: None)  # a kill cleans nothing up
        with pytest.raises(KilledError):
            import_archive(fresh, plain(path), keep_nothing, no_keyring, NOW)
    import_archive(fresh, plain(path), keep_nothing, no_keyring, NOW)
    there = moved_to(fresh, lived_in)
    assert rows_of(there) == rows_of(lived_in)
    there.connection.close()


def test_no_secret_is_in_an_archive(lived_in: Session) -> None:
    tables = {table.name for table in user_rows.tables(lived_in.connection)}
    assert {"fill", "trade", "digest", "audit_event"} <= tables
    assert not tables & {"dek", "sealed_secret", "user_password", "api_token", "user_session"}


def test_a_folder_that_is_there_is_not_written_over(lived_in: Session, tmp_path: Path) -> None:
    exported(lived_in, tmp_path / "out", "csv")
    with pytest.raises(Conflict, match="there is"):
        exported(lived_in, tmp_path / "out", "csv")


def test_an_export_that_was_killed_leaves_a_draft_that_the_next_one_removes(
    lived_in: Session, tmp_path: Path
) -> None:
    draft = tmp_path / "out.tmp"
    draft.mkdir()
    (draft / "fills.csv").write_text("half a li")
    made = exported(lived_in, tmp_path / "out", "csv")
    assert not draft.exists()
    names = {one.name for one in made.manifest.files}
    assert {path.name for path in made.folder.iterdir()} == {*names, "manifest.json"}
    assert {path.stat().st_mode & 0o777 for path in made.folder.iterdir()} == {0o600}


def test_an_unknown_format_is_named_with_those_that_are_known(lived_in: Session) -> None:
    with pytest.raises(Invalid, match="beancount"):
        exports.write(lived_in, Path("nowhere"), ["doc"], exported_nouns)
