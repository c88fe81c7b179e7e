"""Pieces that are sealed come out as they went in, or not at all."""

import io
import os
import tarfile
from collections.abc import Iterator
from errno import ENOSPC

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.backup.envelope import Piece, seal, unseal
from coach.errors import DatabaseTrouble, NoAgeKey, TamperedSecrets
from coach.sops.age import AgeKeys

MINE, THEIRS = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
RECIPIENT = str(MINE.to_public())
PIECES = [("manifest.json", b"{}"), ("object.000000", bytes(1000)), ("database.sql.gz.000001", b"")]


def sealed(pieces: list[Piece]) -> bytes:
    into = io.BytesIO()
    seal(iter(pieces), into, [RECIPIENT])
    return into.getvalue()


def opened(file: bytes, identity: pyrage.x25519.Identity = MINE) -> list[Piece]:
    found: list[Piece] = []
    unseal(io.BytesIO(file), AgeKeys((identity,)), [RECIPIENT], "a.coachbackup", found.append)
    return found


@given(st.lists(st.binary(max_size=3000), max_size=5))
def test_what_goes_in_comes_out(contents: list[bytes]) -> None:
    pieces = [(f"object.{number:06}", data) for number, data in enumerate(contents)]
    assert opened(sealed(pieces)) == pieces


def test_a_piece_may_be_larger_than_what_is_read_at_once() -> None:
    pieces = [("database.sql.gz.000001", bytes(range(256)) * 20_000)]
    assert opened(sealed(pieces)) == pieces


def test_age_and_tar_open_it_without_coach() -> None:
    plain = pyrage.decrypt(sealed(PIECES), [MINE])
    with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
        found = [(one.name, archive.extractfile(one)) for one in archive]
        assert [(name, file.read()) for name, file in found if file is not None] == PIECES


def test_a_file_that_is_cut_off_anywhere_is_told() -> None:
    file = sealed(PIECES)
    for length in range(0, len(file), 97):
        with pytest.raises(TamperedSecrets, match="changed or cut off"):
            opened(file[:length])


def test_a_file_in_which_one_byte_was_changed_is_told() -> None:
    file = sealed(PIECES)
    for place in range(0, len(file), 89):
        changed = bytearray(file)
        changed[place] ^= 1
        with pytest.raises(TamperedSecrets):
            opened(bytes(changed))


def test_another_key_is_named_beside_the_one_that_is_needed() -> None:
    with pytest.raises(NoAgeKey) as told:
        opened(sealed(PIECES), THEIRS)
    assert RECIPIENT in str(told.value)
    assert str(THEIRS.to_public()) in str(told.value)


def test_what_takes_the_pieces_may_refuse_one() -> None:
    def take(piece: Piece) -> None:
        raise KeyError(piece[0])

    with pytest.raises(KeyError, match=r"manifest\.json"):
        unseal(io.BytesIO(sealed(PIECES)), AgeKeys((MINE,)), [RECIPIENT], "a", take)


class FullDisk(io.BytesIO):
    """A file on a disk that is full."""

    def write(self, data: object) -> int:
        raise OSError(ENOSPC, os.strerror(ENOSPC), repr(data)[:9])


def test_a_full_disk_and_a_lost_database_are_told_as_they_are() -> None:
    def lost() -> Iterator[Piece]:
        yield PIECES[0]
        raise DatabaseTrouble(what="pg_dump: the server is gone")

    with pytest.raises(OSError, match="No space left"):
        seal(iter(PIECES), FullDisk(), [RECIPIENT])
    with pytest.raises(DatabaseTrouble, match="gone"):
        seal(lost(), io.BytesIO(), [RECIPIENT])
