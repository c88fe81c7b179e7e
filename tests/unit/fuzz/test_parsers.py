"""No parser of what comes from outside does anything but read or refuse, whatever it is fed."""

import pytest

from tests.unit.fuzz.changes import changed
from tests.unit.fuzz.parsers import CORPUS, PARSERS

SHORT, LONG = 150, 20_000
COUNTS = [SHORT, pytest.param(LONG, marks=pytest.mark.slow)]
COSTLY = {"keymap", "sops-rules", "sops-yaml", "statement"}
"""Parsers that take milliseconds for a file: a twentieth of the long run is theirs."""


def corpus(name: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_reads_or_refuses(name: str, count: int) -> None:
    count = count // 20 if name in COSTLY and count == LONG else count
    for number, content in enumerate(changed(corpus(name), seed=1, count=count)):
        try:
            PARSERS[name](content)
        except Exception as fault:
            raise AssertionError(f"{name}, file {number}: {content[:2000]!r}") from fault


def test_every_parser_begins_with_files_of_its_own() -> None:
    assert {path.name for path in CORPUS.iterdir()} == PARSERS.keys()


def test_changes_are_the_same_for_the_same_seed() -> None:
    before = [b"a,b,c", b"1,2,3"]
    assert [*changed(before, 7, 50)] == [*changed(before, 7, 50)]
    assert [*changed(before, 7, 50)] != [*changed(before, 8, 50)]
