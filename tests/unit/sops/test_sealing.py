"""What is sealed opens to the same, and only what was changed gets other bytes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.errors import Conflict, Invalid, MalformedFile, UnsupportedSecrets
from coach.sops import yaml_text
from coach.sops.age import AgeKeys, check_recipients
from coach.sops.document import Layout
from coach.sops.formats import read_document
from coach.sops.metadata import Metadata, WrappedKey
from coach.sops.opening import reopen
from coach.sops.sealing import SealingOrder, seal_changed, seal_for_others, seal_new, sealed_text
from tests.sealed_values import iv_of
from tests.unit.sops.conftest import NOW, Open, Seal

TEXT = "FIRST=one\nSECOND=a=b #c\\nd\n# remark\nNOTE_unencrypted=plain\n"
KEY = bytes(range(32))
values = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), min_size=1
).filter(lambda text: not text.startswith("ENC["))


@given(st.lists(values, min_size=1, max_size=5))
def test_any_dotenv_value_comes_back(found: list[str]) -> None:
    text = "".join(f"N{place}={value}\n" for place, value in enumerate(found))
    assert through(text, "my.env") == text


@given(st.lists(values, min_size=1, max_size=5))
def test_any_yaml_value_comes_back(found: list[str]) -> None:
    lines = (f"n{place}: {yaml_text.write_value(text, 'str')}" for place, text in enumerate(found))
    text = "\n".join(lines) + "\n"
    again = read_document(through(text, "my.yaml"), "my.yaml")
    assert [leaf.text for leaf in again.leaves] == found


def through(text: str, name: str) -> str:
    """Return the plain text of a sealed text."""
    metadata = Metadata((WrappedKey("age1x", "sealed"),), "2026-03-02T09:00:00Z")
    order = SealingOrder(metadata, KEY, Layout("    "))
    return sealed_text(read_document(text, name), order).opened.plain_text()


def test_a_long_value_comes_back(seal: Seal, opened: Open) -> None:
    text = f"LONG={'x' * 100_000}\n"
    assert opened(seal(text, "my.env"), "my.env").plain_text() == text


def test_a_change_of_one_value_changes_one_line_the_time_and_the_mac(
    seal: Seal, opened: Open
) -> None:
    before = seal(TEXT, "my.env")
    changed = seal_changed(
        opened(before, "my.env"), TEXT.replace("one", "uno"), NOW + timedelta(1)
    ).text
    lines = zip(before.splitlines(), changed.splitlines(), strict=True)
    assert [old.partition("=")[0] for old, new in lines if old != new] == [
        "FIRST",
        "sops_lastmodified",
        "sops_mac",
    ]
    assert opened(changed, "my.env").plain_text() == TEXT.replace("one", "uno")


def test_values_may_be_added_dropped_and_moved(seal: Seal, opened: Open) -> None:
    other = "NEW=x\nSECOND=again\nFIRST=one\n"
    changed = seal_changed(opened(seal(TEXT, "my.env"), "my.env"), other, NOW).text
    assert opened(changed, "my.env").plain_text() == other


def test_after_a_rotation_only_the_new_recipients_open_a_file(
    seal: Seal, opened: Open, others: AgeKeys
) -> None:
    before = opened(seal(TEXT, "my.env"), "my.env")
    after = seal_for_others(before, others.recipients, NOW).opened
    assert after.metadata.recipients == others.recipients
    assert after.plain_text() == TEXT
    assert after.key != before.key


def test_a_rotation_seals_no_value_as_it_was(seal: Seal, opened: Open, others: AgeKeys) -> None:
    """Who has the old key must not read a value that did not change."""
    before = opened(seal(TEXT, "my.env"), "my.env")
    after = seal_for_others(before, others.recipients, NOW).opened
    tokens = [{leaf.text for leaf in one.document.leaves} for one in (before, after)]
    assert tokens[0] & tokens[1] == {"plain"}


def test_each_sealed_value_has_an_iv_of_its_own(seal: Seal) -> None:
    document = read_document(seal("A=same\nB=same\nC=same\n", "my.env"), "my.env")
    assert len({iv_of(leaf.text) for leaf in document.leaves}) == 3


def test_a_file_that_pgp_can_open_too_is_not_changed(seal: Seal, opened: Open) -> None:
    text = seal(TEXT, "my.env") + "sops_pgp__list_0__map_fp=35C1\n"
    with pytest.raises(UnsupportedSecrets, match="PGP"):
        seal_changed(opened(text, "my.env"), TEXT, NOW)


def test_a_sealed_file_is_not_sealed_twice(seal: Seal) -> None:
    sealed = seal(TEXT, "my.env")
    with pytest.raises(Conflict, match="sealed already"):
        seal(sealed, "my.env")


@pytest.mark.parametrize(
    ("name", "text", "line", "reason"),
    [
        ("my.env", "A=1\nB=\n", 2, "empty"),
        ("my.env", "A=1\nA=2\n", 2, "twice"),
        ("my.env", "A=1\nexport\n", 2, "equals sign"),
        ("my.env", "A=1\r\n", 1, "carriage return"),
        ("my.env", "A=ENC[x\n", 1, "begins with ENC["),
        ("my.env", "A_unencrypted=1\n", None, "no value to seal"),
        ("my.env", "", None, "no value to seal"),
        ("my.yaml", "a: 1\nb:\n", 2, "empty"),
        ("my.yaml", "a: 1\nb: ~\n", 2, "empty"),
        ("my.yaml", "a: 1\na: 2\n", 2, "twice"),
        ("my.yaml", "a: 0123\n", 1, "put it into quotes"),
        ("my.yaml", "a: 2026-01-31\n", 1, "put it into quotes"),
        ("my.yaml", "a: b\n...\n", 2, "end of a document"),
        ("my.yaml", "%YAML 1.2\n---\na: b\n", 1, "directive"),
        ("my.yaml", "a: 1.50\n", 1, "put it into quotes"),
        ("my.yaml", "a: {b: c}\n", 1, "braces"),
        ("my.yaml", "a: b # c\n", 1, "comment behind"),
        ("my.yaml", "a: &x b\nc: *x\n", 1, "anchor"),
        ("my.yaml", "1: b\n", 1, "name"),
        ("my.yaml", "a: b\n---\na: c\n", 2, "document"),
        ("my.yaml", '"a:b": c\n', 1, "colon"),
        ("my.yaml", "a:\n  - - b\n", 2, "list in a list"),
        ("my.json", '{"a": [["b"]]}', 1, "list in a list"),
        ("my.env", "a:b=c\n", 1, "colon"),
        ("my.yaml", "- a\n", None, "mapping"),
        ("my.yaml", "a: [\n", 2, "not YAML"),
        ("my.json", '{"a": ""}', 1, "empty"),
        ("my.json", '{"a": null}', 1, "empty"),
        ("my.json", '{"a": 1, "a": 2}', 1, "twice"),
        ("my.json", '{"a": 12345678901234567890}', 1, "round"),
        ("my.json", '{"a": 1e999}', 1, "round"),
        ("my.json", '{"a": ' + "1" * 5000 + "}", 1, "round"),
        ("my.json", '{"a": NaN}', None, "number"),
        ("my.json", '{"a": "\\ud800"}', None, "surrogates"),
        ("my.json", '["a"]', None, "object"),
        ("my.json", '{\n"a": 1\n"b": 2}', 3, "not JSON"),
    ],
)
def test_a_plain_file_with_a_mistake_is_refused_by_its_line_and_not_quoted(
    seal: Seal, name: str, text: str, line: int | None, reason: str
) -> None:
    with pytest.raises(MalformedFile, match=reason.replace("[", r"\[")) as refused:
        seal(text, name)
    assert refused.value.line == line


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("my.json", '{"a":"x","b":[1,2,{"c":true}]}'),
        ("my.json", '  {"a": "\\u0001\\"/"}\n'),
        ("my.json", '{\r\n  "a": {"b": 0.1}\r\n}\r\n'),
        ("my.yaml", "a: |\n  # text\n  more\n\nb: >\n  folded\n  text\n"),
        ("my.yaml", "---\na: 'it''s'\nb: several\n  lines\nc: d"),
        ("my.yaml", "a: b\r\nc: d\r\n"),
        ("my.yaml", "a:\n- x\n- y\nb: -3\nc: TRUE\nd: yes\n"),
        ("my.yaml", '"two words": "x: y # z"\nurl: postgresql://me:p@h/db?x=1#f\n'),
        ("my.yaml", "# top\na: b\n# mid\nc:\n  # in\n  d: e\n  # after\nf: g\n# end\n"),
        ("my.env", 'A="quoted"\nexport B= x \n\n#\nC==\n'),
    ],
)
def test_a_file_of_any_layout_comes_back(seal: Seal, opened: Open, name: str, text: str) -> None:
    again = read_document(opened(seal(text, name), name).plain_text(), name)
    before = read_document(text, name)
    kinds = [[(leaf.path, leaf.text, leaf.kind) for leaf in one.leaves] for one in (before, again)]
    assert kinds[0] == kinds[1]
    assert len(before.leaves) > 0


def test_comments_are_sealed_too(seal: Seal) -> None:
    for name, text in (("my.env", "# canary\nA=b\n"), ("my.yaml", "a:\n  # canary\n  b: c\n")):
        assert "canary" not in seal(text, name)


def test_a_deep_file_is_refused(seal: Seal) -> None:
    for name, text in (
        ("my.json", '{"a":' * 5000 + "1" + "}" * 5000),
        ("my.yaml", "".join(f"{' ' * depth}a:\n" for depth in range(60)) + " " * 60 + "a: b\n"),
        ("my.yaml", "a: " + "[" * 5000 + "]" * 5000),
    ):
        with pytest.raises(MalformedFile, match=r"deep \(limit\)"):
            seal(text, name)


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("age1pq1abcdef", UnsupportedSecrets, "post-quantum"),
        ("ssh-ed25519 AAAA", UnsupportedSecrets, "SSH"),
        ("age1yubikey1qwe", UnsupportedSecrets, "plugin"),
        ("age1-put-your-own-recipient-here", Invalid, "age1-put"),
        ("ann", Invalid, "an age recipient"),
    ],
)
def test_a_recipient_of_another_kind_is_named(
    name: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        check_recipients([name], "--age")


def test_a_secret_key_in_the_place_of_a_recipient_is_not_repeated() -> None:
    with pytest.raises(Invalid) as refused:
        check_recipients(["AGE-SECRET-KEY-1CANARY"], "--age")
    assert "CANARY" not in str(refused.value)


def test_a_new_file_is_written_as_sops_writes_one(keys: AgeKeys) -> None:
    text = seal_new(read_document("a: 1\nb:\n  c: x\n", "my.yaml"), keys.recipients, NOW).text
    names = [line.partition(":")[0] for line in text.splitlines() if "----" not in line]
    assert names[:6] == ["a", "b", "  c", "sops", "    age", "        - recipient"]
    assert [name for name in names if name.startswith("    ") and name[4] != " "][1:] == [
        "    lastmodified",
        "    mac",
        "    unencrypted_suffix",
        "    version",
    ]


def test_the_same_key_and_ivs_make_the_same_bytes() -> None:
    """These bytes were sealed once; every later version opens them and makes them again."""
    metadata = Metadata((WrappedKey("age1x", "sealed"),), "2026-03-02T09:00:00Z")
    ivs = iter([b"\1" * 32, b"\2" * 32, b"\3" * 32])
    order = SealingOrder(metadata, KEY, Layout(""), lambda: next(ivs))
    sealed = sealed_text(read_document("FIRST=one\n# remark\n", "my.env"), order)
    assert sealed.text == FROZEN
    assert reopen(read_document(FROZEN, "my.env"), KEY).plain_text() == "FIRST=one\n# remark\n"


FROZEN = """\
FIRST=ENC[AES256_GCM,data:1srM,iv:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,tag:Ep6vb\
yjZVLGhnTB6+QsWkg==,type:str]
#ENC[AES256_GCM,data:TwmcKCuwXA==,iv:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=,tag:Fh\
QhWevEvFdNonJzcj2/pQ==,type:comment]
sops_age__list_0__map_enc=sealed
sops_age__list_0__map_recipient=age1x
sops_lastmodified=2026-03-02T09:00:00Z
sops_mac=ENC[AES256_GCM,data:WkEFWzNLUCwV2/DeAXN60nn+q+SVECk+3ewD5nntrV8jKPXw+b7+BZPovWN\
MgtXoyKbEfWY934VlEE4Nzw0KYvLk6ObTJkyJdo8tzZVIwmYaDvwYoJa0i7ib4oNBgXN5/ANo7ZGqtHJpUkIpuK4\
1xbYisVBrk0emt9/VKHHjWVM=,iv:AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=,tag:be5NOLQ+89\
3Zchb6dbL9bA==,type:str]
sops_unencrypted_suffix=_unencrypted
sops_version=3.10.2
"""
