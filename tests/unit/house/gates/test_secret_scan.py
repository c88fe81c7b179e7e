"""No secret stands in the tree: keys of age, PEM, clouds, code hosts, and of coach itself.

Tests need keys that are none, or that were made to be public; they are named here, with the reason.
"""

from pathlib import Path

import pytest

from tests.secret_forms import PLANTED, kinds_of_secrets

KNOWN = {
    "tests/e2e/cli/backup/test_backup.py": "another's key, for which nothing is sealed",
}
"""Files that hold a key that opens nothing, each with why it is there."""


def test_no_file_of_the_tree_holds_a_secret(root: Path, own_files: list[Path]) -> None:
    holders = {}
    for path in own_files:
        kinds = kinds_of_secrets(path.read_bytes())
        if kinds:
            holders[path.relative_to(root).as_posix()] = kinds
    assert holders.keys() == KNOWN.keys(), holders


@pytest.mark.parametrize(("kind", "planted"), PLANTED.items())
def test_a_planted_secret_is_found(kind: str, planted: str) -> None:
    assert kinds_of_secrets(f"key = {planted}\n".encode()) == [kind]


def test_ciphertext_and_public_keys_are_no_secrets() -> None:
    sealed = "ENC[AES256_GCM,data:abcd,iv:abcd,tag:abcd,type:str] age1" + "q" * 58
    assert kinds_of_secrets(sealed.encode()) == []
