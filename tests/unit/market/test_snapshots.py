"""Objects in a folder, and snapshots that are what their name says."""

import gzip
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from coach.engine.market import snapshots
from coach.engine.market.address import Folder, S3Bucket
from coach.engine.market.objects import Objects, open_objects
from coach.errors import ObjectTrouble, Refused, SnapshotLost

TEXT = b"coach-candles 1\n" * 100


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    return open_objects(Folder(tmp_path / "data" / "objects"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "objects"


def test_what_was_stored_is_fetched(objects: Objects) -> None:
    assert snapshots.fetch(objects, snapshots.store(objects, [TEXT])[0]) == TEXT


def test_storing_twice_leaves_one_object(objects: Objects) -> None:
    [name] = snapshots.store(objects, [TEXT])
    assert snapshots.store(objects, [TEXT]) == [name]
    assert [one.key for one in objects.listed("candles")] == [f"candles/sha256/{name[:2]}/{name}"]


def test_an_object_can_be_read_with_zcat(objects: Objects, folder: Path) -> None:
    [name] = snapshots.store(objects, [TEXT])
    packed = (folder / snapshots.key_of(name)).read_bytes()
    assert gzip.decompress(packed) == TEXT
    assert len(packed) < len(TEXT)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda packed: gzip.compress(gzip.decompress(packed) + b"x"),
        lambda packed: packed[:-20],
        lambda packed: packed[:0],
        lambda packed: b"no gzip" + packed,
        lambda packed: packed[:40] + bytes([packed[40] ^ 1]) + packed[41:],
    ],
)
def test_an_object_that_was_changed_is_an_error(
    objects: Objects, folder: Path, spoil: Callable[[bytes], bytes]
) -> None:
    [name] = snapshots.store(objects, [TEXT])
    file = folder / snapshots.key_of(name)
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(SnapshotLost, match=name[:12]):
        snapshots.fetch(objects, name)


def test_an_object_that_is_gone_is_an_error(objects: Objects) -> None:
    with pytest.raises(SnapshotLost, match="gone"):
        snapshots.fetch(objects, "0" * 64)


def test_storing_again_mends_what_was_spoiled(objects: Objects, folder: Path) -> None:
    [name] = snapshots.store(objects, [TEXT])
    (folder / snapshots.key_of(name)).write_bytes(b"")
    snapshots.store(objects, [TEXT])
    assert snapshots.fetch(objects, name) == TEXT


def test_a_packed_bomb_is_not_unpacked(objects: Objects) -> None:
    objects.put(snapshots.key_of("0" * 64), gzip.compress(bytes(1 << 26)))
    with pytest.raises(SnapshotLost, match="not what was stored"):
        snapshots.fetch(objects, "0" * 64)


def test_a_week_that_is_too_large_is_refused(objects: Objects) -> None:
    text = b"coach-candles 1\tBTC-USD\t1\tmine\t2026-03-30\n"
    with pytest.raises(Refused, match=r"a week of BTC-USD bars of 1 s takes .* MB \(limit"):
        snapshots.store(objects, [text + bytes(snapshots.LARGEST_TEXT)])


def test_a_name_is_read_from_its_key_and_from_no_other() -> None:
    name = "ab" * 32
    assert snapshots.name_of(snapshots.key_of(name)) == name
    for key in (f"candles/sha256/aa/{name}", f"x/{name}", "candles/sha256/ab/abc", "owners/x"):
        assert snapshots.name_of(key) is None


def test_the_folder_is_the_owners_alone(objects: Objects, folder: Path) -> None:
    snapshots.store(objects, [TEXT])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_deleting_what_is_gone_is_no_error(objects: Objects) -> None:
    objects.put("a/b", b"x")
    objects.delete(["a/b", "a/b", "never"])
    assert objects.get("a/b") is None


def test_an_empty_folder_lists_nothing(objects: Objects) -> None:
    assert list(objects.listed("candles/sha256/")) == []


def test_a_mark_is_written_once(objects: Objects, folder: Path) -> None:
    objects.put_once("owners/x", b"")
    (folder / "owners/x").unlink()
    objects.put_once("owners/x", b"")
    assert objects.get("owners/x") is None


def test_a_folder_that_cannot_be_written_is_named(objects: Objects, folder: Path) -> None:
    (folder / "candles").write_text("in the way")
    with pytest.raises(ObjectTrouble, match=str(folder)):
        snapshots.store(objects, [TEXT])


def test_a_bucket_without_keys_says_what_to_set() -> None:
    with pytest.raises(ObjectTrouble, match="no keys") as caught:
        open_objects(S3Bucket("bars", "p", "", "us-east-1", allow_http=False))
    assert "AWS_ACCESS_KEY_ID" in caught.value.hint


def test_several_texts_are_kept_together_under_their_own_names(objects: Objects) -> None:
    texts = [TEXT, TEXT * 2, TEXT]
    names = snapshots.store(objects, texts)
    assert snapshots.fetch_all(objects, names) == texts
    assert len(list(objects.listed("candles"))) == 2
