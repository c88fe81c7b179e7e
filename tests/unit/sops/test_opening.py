"""A sealed file that somebody changed does not open, nor does what sops would let through."""

import re
from collections.abc import Callable

import pytest

from coach.errors import (
    CoachError,
    NoAgeKey,
    NotASecretsFile,
    TamperedSecrets,
    UnsupportedSecrets,
)
from coach.sops.age import AgeKeys
from coach.sops.formats import read_document
from coach.sops.opening import open_sealed
from tests.unit.sops.conftest import Open, Seal

DOTENV = "FIRST=canary1\nSECOND=canary2\nTHIRD=canary3\nNOTE_unencrypted=plain\n# remark\n"
YAML = 'first: one\nsecond: "2"\nlisted:\n  - a\n  - b\ninner:\n  note_unencrypted: plain\n'
NESTED = "first: one\n# remark\ninner:\n  # another\n  second: two\n"
JSON = '{\n  "first": "one",\n  "second": 2.5,\n  "listed": ["a", "b"]\n}\n'

Change = Callable[[str], str]


def put(pattern: str, by: str) -> Change:
    """Return the change of the first text that a pattern finds."""

    def change(text: str) -> str:
        changed = re.sub(pattern, by, text, count=1, flags=re.MULTILINE)
        assert changed != text
        return changed

    return change


def flip(name: str, part: str) -> Change:
    """Return the change of one letter of a part (data, iv, tag) of a sealed value."""
    return lambda text: re.sub(
        rf"({name}.*?{part}:)(.)",
        lambda found: found[1] + ("B" if found[2] == "A" else "A"),
        text,
        count=1,
    )


CHANGES_OF_DOTENV: dict[str, Change] = {
    "the MAC is gone": put(r"^sops_mac=.*\n", ""),
    "the MAC is empty": put(r"^sops_mac=.*$", "sops_mac="),
    "the time is gone": put(r"^sops_lastmodified=.*\n", ""),
    "another time": put(r"^sops_lastmodified=2026", "sops_lastmodified=2027"),
    "a line is gone": put(r"^SECOND=.*\n", ""),
    "the last line is gone": put(r"^NOTE_unencrypted=.*\n", ""),
    "two lines in another order": put(r"^(FIRST=.*\n)(SECOND=.*\n)", r"\2\1"),
    "two values under each other's name": put(
        r"^FIRST=(.*)\nSECOND=(.*)\n", r"FIRST=\2\nSECOND=\1\n"
    ),
    "another name": put(r"^FIRST=", "FOURTH="),
    "a plain line is added": put(r"^FIRST", "MORE_unencrypted=x\nFIRST"),
    "a plain value is changed": put(r"=plain$", "=other"),
    "a value is plain where it should be sealed": put(r"^FIRST=.*$", "FIRST=mine"),
    "another rule for what is sealed": put(r"suffix=_unencrypted", "suffix=FIRST"),
    "a rule that seals nothing": put(r"^sops_unencrypted_suffix=.*$", "sops_encrypted_suffix=_no"),
    "a rule that would leave the next value plain": lambda text: put(
        r"suffix=_unencrypted", "suffix=_KEY"
    )(put(r"^NOTE_unencrypted=.*\n", "")(text)),
    "two rules": put(r"^sops_version", "sops_encrypted_regex=.\nsops_version"),
    "a MAC of the sealed values alone": put(
        r"^sops_version", "sops_mac_only_encrypted=true\nsops_version"
    ),
    "an empty value is added": put(r"^FIRST", "EVIL=\nFIRST"),
    "an empty value with a name that is there": put(r"^sops_age", "FIRST=\nsops_age"),
    "a name that stands twice": put(r"^(FIRST=.*\n)", r"\1\1"),
    "a field of sops that stands twice": put(r"^(sops_version=.*\n)", r"\1\1"),
    "a letter of the data": flip("FIRST", "data"),
    "a letter of the IV": flip("FIRST", "iv"),
    "a letter of the tag": flip("FIRST", "tag"),
    "a letter of the MAC": flip("sops_mac", "data"),
    "another kind": put(r"^(FIRST=.*)type:str", r"\1type:comment"),
    "something behind a value": put(r"^(FIRST=.*)$", r"\1x"),
    "a comment in the place of a value": put(r"^FIRST=.*\n(?s:.*)#(.*)$", r"FIRST=\1"),
    "a letter of a comment": flip("#ENC", "data"),
    "a data key that is damaged": put(r"BEGIN AGE ENCRYPTED FILE-----\\n....", "BEGIN X"),
}
CHANGES_OF_YAML: dict[str, Change] = {
    "an empty value": put(r"^first", 'evil: ""\nfirst'),
    "a null": put(r"^first", "evil:\nfirst"),
    "an empty list": put(r"^first", "evil: []\nfirst"),
    "an empty mapping": put(r"^first", "evil: {}\nfirst"),
    "a name that stands twice": put(r"^(first: .*\n)", r"\1\1"),
    "a name that stands twice further in": put(r"^inner:\n", "inner:\n  note_unencrypted: x\n"),
    "sops twice": put(r"\Z", "sops: {}\n"),
    "two items of a list in another order": put(r"^(  - .*\n)(  - .*\n)", r"\2\1"),
    "an item is gone": put(r"^  - .*\n", ""),
    "an item in a list of its own": put(r"^  - (.*)$", r"  - \n    - \1"),
    "a mapping under another name": put(r"^listed:", "others:"),
    "an anchor": put(r"^first: ", "first: &a "),
    "a tag": put(r"^first: ", "first: !!str "),
    "another plain value": put(r"unencrypted: plain", "unencrypted: other"),
}
CHANGES_OF_JSON: dict[str, Change] = {
    "an empty value": put(r'^  "first"', '  "evil": "",\n  "first"'),
    "a null": put(r'^  "first"', '  "evil": null,\n  "first"'),
    "an empty list": put(r'^  "first"', '  "evil": [],\n  "first"'),
    "an empty object": put(r'^  "first"', '  "evil": {},\n  "first"'),
    "a name that stands twice": put(r'^(  "first": .*\n)', r"\1\1"),
    "sops twice": put(r'^  "sops"', '  "sops": {},\n  "sops"'),
    "another name": put(r'^  "first"', '  "fourth"'),
}


@pytest.mark.parametrize("change", CHANGES_OF_DOTENV)
def test_a_changed_dotenv_file_is_refused(seal: Seal, opened: Open, change: str) -> None:
    changed = CHANGES_OF_DOTENV[change](seal(DOTENV, "my.env"))
    with pytest.raises(TamperedSecrets) as refused:
        opened(changed, "my.env")
    assert not [text for text in (str(refused.value), refused.value.hint) if "canary" in text]


@pytest.mark.parametrize("change", CHANGES_OF_YAML)
def test_a_changed_yaml_file_is_refused(seal: Seal, opened: Open, change: str) -> None:
    with pytest.raises(TamperedSecrets):
        opened(CHANGES_OF_YAML[change](seal(YAML, "my.yaml")), "my.yaml")


@pytest.mark.parametrize("change", CHANGES_OF_JSON)
def test_a_changed_json_file_is_refused(seal: Seal, opened: Open, change: str) -> None:
    with pytest.raises(TamperedSecrets):
        opened(CHANGES_OF_JSON[change](seal(JSON, "my.json")), "my.json")


@pytest.mark.parametrize(
    ("text", "name"), [(DOTENV, "my.env"), (YAML, "my.yaml"), (JSON, "my.json")]
)
def test_a_file_that_nobody_changed_opens(seal: Seal, opened: Open, text: str, name: str) -> None:
    again = opened(seal(text, name), name)
    assert [leaf.text for leaf in again.leaves] == [
        leaf.text for leaf in read_document(text, name).leaves
    ]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("sops_pgp__list_0__map_fp=35C1", "PGP"),
        ("sops_kms__list_0__map_arn=arn:aws:kms", "AWS KMS"),
        ("sops_gcp_kms__list_0__map_resource_id=x", "Google Cloud KMS"),
        ("sops_azure_kv__list_0__map_name=x", "Azure Key Vault"),
        ("sops_hc_vault__list_0__map_key_name=x", "HashiCorp Vault"),
        ("sops_shamir_threshold=2\nsops_age__list_0__map_recipient=age1x", "Shamir"),
        ("sops_key_groups__list_0__map_age__list_0__map_enc=x", "Shamir"),
        ("sops_encrypted_comment_regex=x\nsops_age__list_0__map_enc=x", "comments"),
        ("sops_novelty=x", "novelty"),
    ],
)
def test_what_is_not_supported_is_named(opened: Open, line: str, named: str) -> None:
    text = f"FIRST=x\n{line}\nsops_mac=x\nsops_lastmodified=2026-03-02T09:00:00Z\n"
    with pytest.raises(UnsupportedSecrets, match=named):
        opened(text, "my.env")


def test_a_file_that_pgp_can_open_too_is_read(seal: Seal, opened: Open) -> None:
    text = seal(DOTENV, "my.env") + "sops_pgp__list_0__map_fp=35C1\n"
    assert opened(text, "my.env").metadata.services == ("PGP",)


def test_post_quantum_recipients_are_named(opened: Open) -> None:
    text = (
        "FIRST=ENC[x]\nsops_age__list_0__map_recipient=age1pq1abc\nsops_age__list_0__map_enc=x\n"
        "sops_mac=x\nsops_lastmodified=2026-03-02T09:00:00Z\n"
    )
    with pytest.raises(UnsupportedSecrets, match="post-quantum"):
        opened(text, "my.env")


def test_a_file_without_metadata_is_not_sealed(opened: Open) -> None:
    with pytest.raises(NotASecretsFile):
        opened("FIRST=one\n", "my.env")


def test_a_key_of_somebody_else_opens_nothing(seal: Seal, others: AgeKeys) -> None:
    document = read_document(seal(DOTENV, "my.env"), "my.env")
    for keys in (others, AgeKeys()):
        with pytest.raises(NoAgeKey):
            open_sealed(document, keys)


def test_the_recipient_of_a_file_is_no_proof_of_who_wrote_it(seal: Seal, opened: Open) -> None:
    """Whoever knows the recipient can make a file: the documentation says so."""
    assert opened(seal("FIRST=forged\n", "my.env"), "my.env").leaves[0].text == "forged"


def test_a_comment_that_was_never_sealed_is_left_as_it_is(seal: Seal, opened: Open) -> None:
    text = seal("FIRST=one\n", "my.env") + "# of an older sops\n"
    assert opened(text, "my.env").plain_text() == "FIRST=one\n# of an older sops\n"


@pytest.mark.parametrize("name", ["my.env", "my.yaml", "my.json"])
def test_no_letter_of_a_file_can_be_changed_unnoticed(seal: Seal, opened: Open, name: str) -> None:
    """Each 7th letter of the values is another one; nothing binds the name of a plain value."""
    plain = {"my.env": "FIRST=one\nSECOND=two\n", "my.yaml": NESTED, "my.json": JSON}[name]
    text = seal(plain, name)
    before = [(leaf.path, leaf.text) for leaf in opened(text, name).leaves]
    for place in range(0, text.index("sops"), 7):
        letter = "x" if text[place] != "x" else "y"
        changed = text[:place] + letter + text[place + 1 :]
        try:
            after = [(leaf.path, leaf.text) for leaf in opened(changed, name).leaves]
        except CoachError:
            continue
        assert after == before, place
