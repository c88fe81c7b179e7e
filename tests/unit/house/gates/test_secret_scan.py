"""No secret stands in the tree: keys of age, PEM, clouds, code hosts, and of coach itself.

Tests need keys that are none, or that were made to be public; they are named here, with the reason.
A key in ciphertext is no finding, and a word such as "password" is none either: what is looked for
is the form in which each kind of secret is handed out.
"""

import re
from pathlib import Path

import pytest

FORMS = {
    "age": r"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{50,}",
    "pem": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*[A-Za-z0-9+/=\\n]{40,}",
    "aws": r"\b(?:AKIA|ASIA)(?!IOSFODNN7EXAMPL)[0-9A-Z]{16}\b",  # the one of the manuals
    "github": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,})",
    "google": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "slack": r"\bxox[abprs]-[0-9A-Za-z-]{20,}",
    "coach": r"\bcoach_pat_[0-9a-z]{8}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}\b",
    "hook": r"https://hooks\.slack\.com/services/T\w+/B\w+/\w+",
}
KNOWN = {
    "tests/e2e/cli/backup/test_backup.py": "another's key, for which nothing is sealed",
}
"""Files that hold a key that opens nothing, each with why it is there."""


def found(text: str) -> list[str]:
    return [kind for kind, form in FORMS.items() if re.search(form, text)]


def test_no_file_of_the_tree_holds_a_secret(root: Path, own_files: list[Path]) -> None:
    holders = {}
    for path in own_files:
        kinds = found(path.read_bytes().decode("utf-8", "replace"))
        if kinds:
            holders[path.relative_to(root).as_posix()] = kinds
    assert holders.keys() == KNOWN.keys(), holders


@pytest.mark.parametrize(
    ("kind", "planted"),
    [
        ("age", "AGE-SECRET-KEY-1" + "Q" * 58),
        ("pem", "-----BEGIN EC PRIVATE KEY-----\n" + "A" * 64),
        ("aws", "AKIA" + "A" * 16),
        ("github", "ghp_" + "a" * 36),
        ("google", "AIza" + "a" * 35),
        ("slack", "xoxb-" + "1" * 24),
        ("coach", "coach_pat_" + "a" * 8 + "_" + "b" * 43 + "_" + "c" * 6),
        ("hook", "https://hooks.slack.com/services/" + "T1/B2/c3"),
    ],
)
def test_a_planted_secret_is_found(kind: str, planted: str) -> None:
    assert found(f"key = {planted}\n") == [kind]


def test_ciphertext_and_public_keys_are_no_secrets() -> None:
    sealed = "ENC[AES256_GCM,data:abcd,iv:abcd,tag:abcd,type:str] age1" + "q" * 58
    assert found(sealed) == []
