"""`.sops.yaml`: the first rule that fits says who shall open a new file."""

from pathlib import Path

import pytest

from coach.errors import CoachError, MalformedFile, UnsupportedSecrets
from coach.sops.age import AgeKeys
from coach.sops.creation_rules import recipients_for


def rules(folder: Path, text: str) -> None:
    (folder / ".sops.yaml").write_text(text)


def test_the_first_rule_that_fits_counts(tmp_path: Path, keys: AgeKeys, others: AgeKeys) -> None:
    (mine,), (theirs,) = keys.recipients, others.recipients
    rules(
        tmp_path,
        "creation_rules:\n"
        f"  - path_regex: ^deep/.*\\.env$\n    age: {mine}\n"
        f"  - age:\n      - {theirs}\n      - {mine}\n",
    )
    (tmp_path / "deep").mkdir()
    assert recipients_for(tmp_path / "deep" / "my.env") == (mine,)
    assert recipients_for(tmp_path / "my.env") == (theirs, mine)


def test_several_recipients_may_stand_on_a_line(
    tmp_path: Path, keys: AgeKeys, others: AgeKeys
) -> None:
    both = (*keys.recipients, *others.recipients)
    rules(tmp_path, f"creation_rules:\n  - age: {', '.join(both)}\n")
    assert recipients_for(tmp_path / "my.env") == both


def test_the_nearest_file_counts(tmp_path: Path, keys: AgeKeys, others: AgeKeys) -> None:
    (tmp_path / "deep").mkdir()
    rules(tmp_path, f"creation_rules:\n  - age: {keys.recipients[0]}\n")
    rules(tmp_path / "deep", f"creation_rules:\n  - age: {others.recipients[0]}\n")
    assert recipients_for(tmp_path / "deep" / "my.env") == others.recipients


def test_a_file_that_no_rule_fits_has_no_recipients(tmp_path: Path) -> None:
    rules(tmp_path, "creation_rules:\n  - path_regex: nothing\n    age: age1x\n")
    assert recipients_for(tmp_path / "my.env") == ()


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("creation_rules:\n  - pgp: 35C1\n", UnsupportedSecrets, "pgp"),
        ("creation_rules:\n  - key_groups: []\n", UnsupportedSecrets, "key_groups"),
        ("creation_rules:\n  - encrypted_regex: x\n    age: y\n", UnsupportedSecrets, "encrypted"),
        ("creation_rules:\n  - age: age1pq1x\n", UnsupportedSecrets, "post-quantum"),
        ("creation_rules:\n  - age: ann\n", MalformedFile, "ann"),
        ("creation_rules: 3\n", MalformedFile, "creation_rules"),
        ("creation_rules:\n  - path_regex: '['\n", MalformedFile, "regular expression"),
        ("creation_rules: [\n", MalformedFile, "not YAML"),
    ],
)
def test_rules_that_coach_does_not_take_are_named(
    tmp_path: Path, text: str, error: type[CoachError], words: str
) -> None:
    rules(tmp_path, text)
    with pytest.raises(error, match=words):
        recipients_for(tmp_path / "my.env")


def test_the_template_of_the_repository_holds_no_recipient_yet() -> None:
    """Whoever seals for a key that everybody has seals for nobody."""
    with pytest.raises(MalformedFile, match="age1-put-your-own-recipient-here"):
        recipients_for(Path(__file__).parents[3] / "sops" / "coach.env")
